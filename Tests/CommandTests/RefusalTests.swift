import Foundation
import Store
import Testing

/// What is refused is refused in a sentence, and before anything is stored.
@Suite(.serialized) struct RefusalTests {
    private func sessions(_ program: Program) throws -> Int {
        try program.run("sessions", "--json").lines.count
    }

    @Test func nothingIsStoredOfAPlanThatIsRefused() throws {
        let program = try Program()
        let folder = program.folder.appending(path: "x.obj")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = program.folder.appending(path: "file").path
        try "text".write(toFile: file, atomically: true, encoding: .utf8)
        let mistakes: [([String], String)] = [
            (["duel", "steve", "--arms", ""], "No arm is named; this method has start, sft, kto"),
            (["duel", "steve", "--arms", "kot"], "did you mean 'kto'"),
            (["claim", "steve", "--seeds", ","], "No seed is named"),
            (
                ["tool", "deepmesh", "tokenise", "--set", "mesh=\(folder.path)"],
                "x.obj' is a folder; mesh takes a file."
            ),
            (
                ["run", "tulip", "--set", "data=folder", "--set", "images=\(file)"],
                "file'; it must be a folder."
            ),
            (
                ["run", "steve", "--out", "/etc/passwd"],
                "'/etc/passwd' is a file; --out takes a folder here."
            ),
            (["run", "steve", "--out", "\(file)/sub"], "cannot be made"),
            (["run", "steve", "--out", "/proc/nowhere"], "cannot be made"),
        ]
        for (arguments, sentence) in mistakes {
            let outcome = try program.run(arguments)
            #expect(outcome.status == 3 && outcome.complaint.contains(sentence), "\(outcome.complaint)")
            #expect(outcome.complaint.split(separator: "\n").count == 1, "\(outcome.complaint)")
        }
        #expect(try sessions(program) == 0)
    }

    /// Readers of files belong to the engines and speak when a trial runs; nothing of that trial is kept.
    @Test func aFileThatTheEngineRefusesLeavesNoSession() throws {
        let program = try Program()
        let steps = program.folder.appending(path: "steps.jsonl").path
        try "{\"state\": 1}".write(toFile: steps, atomically: true, encoding: .utf8)
        let mesh = program.folder.appending(path: "x.obj").path
        try "v 0 0 zero\nf 1 1 1\n".write(toFile: mesh, atomically: true, encoding: .utf8)
        let out = program.folder.appending(path: "out").path
        for arguments in [
            ["tool", "steve", "score", "--set", "steps=\(steps)", "--out", out],
            ["tool", "deepmesh", "tokenise", "--set", "mesh=\(mesh)", "--json"],
        ] {
            let outcome = try program.run(arguments)
            #expect(outcome.status == 3 && outcome.complaint.contains("line 1"), "\(outcome.complaint)")
            #expect(outcome.complaint.split(separator: "\n").count == 1, "\(outcome.complaint)")
        }
        #expect(try sessions(program) == 0)
    }

    @Test func anExportToAWrongPlaceIsRefused() throws {
        let program = try Program()
        try program.run("run", "steve", "--preset", "smoke")
        let folder = program.folder.path
        let mistakes = [
            ("csv", folder, "is a folder; --out takes a file here"),
            ("sqlite", folder, "is a folder; --out takes a file here"),
            ("jsonl", "/etc/passwd/x", "'/etc/passwd' is a file"),
            ("files", "/etc/passwd", "is a file; --out takes a folder here"),
            ("safetensors", "/proc/nowhere", "cannot be made"),
        ]
        for (format, path, sentence) in mistakes {
            let outcome = try program.run("export", "last", "--format", format, "--out", path)
            #expect(outcome.status == 3 && outcome.complaint.contains(sentence), "\(outcome.complaint)")
        }
    }

    @Test func aFolderIsNoStore() throws {
        let program = try Program()
        for arguments in [
            ["sessions", "--store", program.folder.path], ["methods", "--store", program.folder.path],
            ["show", program.folder.path + "/"], ["run", "steve", "--store", program.folder.path],
        ] {
            let outcome = try program.run(arguments)
            #expect(
                outcome.status == 5 && outcome.complaint.contains("is a folder; a store is a file."),
                "\(arguments): \(outcome.complaint)")
        }
    }

    @Test func severalSessionsAreDeletedAtOnce() throws {
        let program = try Program()
        for _ in 0..<3 { try program.run("run", "steve", "--preset", "smoke") }
        let ids = try program.run("sessions", "--json").records.compactMap { $0["session"] as? String }
        #expect(try program.run(["sessions", "delete"] + ids).status == 3)
        // One that is not there, or that is being run, and all stay.
        #expect(try program.run("sessions", "delete", ids[0], "nowhere", "--yes").status == 2)
        let store = try SessionStore(path: program.store)
        let last = try store.find(ids[1])
        try store.setOwner(.current, of: last.id)
        let running = try program.run("sessions", "delete", ids[0], ids[1], "--yes")
        #expect(running.status == 3 && running.complaint.contains(ids[1]), "\(running.complaint)")
        #expect(try sessions(program) == 3)
        try store.setOwner(nil, of: last.id)
        let deleted = try program.run("sessions", "delete", ids[0], ids[1], ids[0], "--yes", "--json")
        #expect(deleted.records.compactMap { $0["session"] as? String } == [ids[0], ids[1]])
        #expect(try sessions(program) == 1)
    }

    /// A copy of a store whose process was killed is read, not written, so nobody has marked its trials.
    @Test func whatNobodyRunsIsNotRunning() throws {
        let program = try Program()
        let killed = try program.run(
            ["run", "steve", "--preset", "full", "--set", "cloning=5000", "--json"], signalAfter: 1_500_000)
        let id = try #require(killed.session)
        let copy = program.folder.appending(path: "copy.sqlite").path
        try FileManager.default.copyItem(atPath: program.store, toPath: copy)
        try? FileManager.default.copyItem(atPath: program.store + "-wal", toPath: copy + "-wal")
        // Opened to be written and closed again, the copy is one file; nobody has looked at its owner.
        do {
            let raw = try SessionStore(path: copy)
            #expect(try raw.trials(of: raw.find(id).id).map(\.status) == [.running])
        }
        let shown = try #require(try program.run("show", copy, "--json").records.first)
        #expect((shown["trials"] as? [[String: Any]])?.first?["status"] as? String == "interrupted")
        #expect(try program.run("replay", copy, "--json").records.last?["status"] as? String == "interrupted")
    }
}
