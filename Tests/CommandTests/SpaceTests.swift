import Base
import Checkpoints
import Foundation
import MethodKit
import Store
import Testing

/// What sessions take is said, and given back.
@Suite(.serialized) struct SpaceTests {
    let program: Program

    init() throws { program = try Program() }

    private func names() throws -> [String] {
        try program.run("sessions", "--json").records.compactMap { $0["name"] as? String }
    }

    /// Sessions of these names, oldest first, each of 200 kB, which nobody runs any more.
    private func fill(_ names: [String], method: String = "steve") throws {
        let store = try SessionStore(path: program.store)
        for name in names {
            let (session, trials) = try store.create(new(method, [NewTrial(arm: "kto", seed: 1)]))
            try store.rename(session.id, to: name)
            let noise = Data((0..<200_000).map { _ in UInt8.random(in: 0...255) })
            let state = Checkpoint(
                step: 1, stage: "clone", stageStep: 1, isFinal: false, elapsed: 1, points: [], events: 0,
                edits: 0, state: noise, record: Data())
            try store.append([
                TrialBatch(trial: trials[0].id, checkpoints: [state], completed: 1, status: .stopped)
            ])
            try store.setOwner(nil, of: session.id)
        }
    }

    private func new(_ method: String, _ trials: [NewTrial]) -> NewSession {
        NewSession(
            method: method, methodVersion: 1, benchtop: "test", preset: "smoke", purpose: "run", inputs: [:],
            metrics: [], machine: [:], trials: trials)
    }

    @Test func pruningKeepsTheNewestAndSaysWhatCameBack() throws {
        try fill(["a", "b", "c", "d"])
        for arguments in [[], ["--method", "steve"], ["--dry-run"]] {
            let refused = try program.run(["sessions", "prune"] + arguments)
            #expect(refused.status == 64 && refused.complaint.contains("--keep N, --older-than 30d, or both"))
        }
        let dry = try program.run("sessions", "prune", "--keep", "3", "--dry-run")
        #expect(
            dry.lines.last?.hasPrefix("1 session would be deleted, which frees 19") == true, "\(dry.lines)")
        #expect(try names() == ["d", "c", "b", "a"])
        let pruned = try program.run("sessions", "prune", "--keep", "3")
        #expect(pruned.status == 0 && pruned.lines.count == 2 && pruned.lines[0].contains("'a', steve of"))
        let more = try program.run("sessions", "prune", "--keep", "1", "--json").records
        #expect(more.map { $0["kind"] as? String } == ["deleted", "deleted", "pruned"])
        let total = try #require(more.last)
        #expect(total["sessions"] as? Int == 2 && (total["freed"] as? Int ?? 0) >= 400_000)
        let file = try FileManager.default.attributesOfItem(atPath: program.store)[.size] as? Int
        #expect((total["size"] as? Int ?? 0) >= file ?? .max && file ?? 0 < 400_000)
        #expect(try names() == ["d"])
        let nothing = try program.run("sessions", "prune", "--keep", "1")
        #expect(nothing.status == 0 && nothing.lines.first?.hasPrefix("No session goes") == true)
    }

    @Test func pruningGoesByAgeAndMethod() throws {
        try fill(["a", "b"])
        try fill(["t", "u"], method: "tulip")
        #expect(try program.run("sessions", "prune", "--older-than", "30d").status == 0)
        #expect(try names().count == 4)
        for wrong in ["30", "d", "-1d", "30y"] {
            let refused = try program.run("sessions", "prune", "--older-than=\(wrong)")
            #expect(refused.status == 64 && refused.complaint.contains("as in 30d"), "\(refused.complaint)")
        }
        #expect(try program.run("sessions", "prune", "--keep", "1", "--method", "stev").status == 2)
        // The newest of the method, though two of another are newer.
        try program.run("sessions", "prune", "--keep", "1", "--method", "steve")
        #expect(try names() == ["u", "t", "b"])
        try program.run("sessions", "prune", "--keep", "2", "--older-than", "0m")
        #expect(try names() == ["u", "t"])
        try program.run("sessions", "prune", "--older-than", "0m")
        #expect(try names().isEmpty)
    }

    /// What runs, and what a kept session's trials begin at.
    @Test func pruningLeavesWhatIsNeeded() throws {
        try fill(["parent", "old", "child"])
        let store = try SessionStore(path: program.store)
        let trial = try #require(try store.trials(of: try store.find("parent").id).first)
        let (child, _) = try store.create(
            new("steve", [NewTrial(arm: "kto", seed: 1, parent: TrialPlace(trial: trial.id, step: 1))]))
        try store.delete(try store.find("child").id)
        try store.rename(child.id, to: "child")
        try store.append([
            TrialBatch(trial: try #require(try store.trials(of: child.id).first).id, status: .stopped)
        ])
        try store.setOwner(nil, of: child.id)
        // This process lives, and has it running.
        let (running, trials) = try store.create(new("steve", [NewTrial(arm: "kto", seed: 2)]))
        try store.rename(running.id, to: "running")
        try store.append([TrialBatch(trial: trials[0].id, status: .running)])
        // The running one is the newest: of the others the child is kept for being new, its parent for the child.
        try program.run("sessions", "prune", "--keep", "2")
        #expect(try names() == ["running", "child", "parent"])
        try program.run("sessions", "prune", "--keep", "0")
        #expect(try names() == ["running"])
    }

    @Test func compactingGivesFreeSpaceBack() throws {
        try fill(["a", "b"])
        // As a store that an earlier program made, which keeps what is freed.
        let older =
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
            + "c.execute('pragma auto_vacuum = none'); c.execute('vacuum')"
        #expect(try program.run(["-c", older, program.store], program: "python3").status == 0)
        let deleted = try program.run("sessions", "prune", "--keep", "1")
        #expect(deleted.lines.last?.contains("'benchtop sessions compact' gives them back") == true)
        let store = try #require(
            try program.run("doctor", "--json").records.first { $0["check"] as? String == "store" })
        #expect((store["found"] as? String)?.contains("free") == true, "\(store)")
        let compacted = try #require(try program.run("sessions", "compact", "--json").records.first)
        #expect(compacted["kind"] as? String == "compacted" && (compacted["freed"] as? Int ?? 0) >= 190_000)
        #expect(compacted["size"] as? Int ?? .max < 400_000)
        let text = try program.run("sessions", "compact")
        #expect(text.status == 0 && text.lines.first?.hasPrefix("The store is ") == true)
        #expect(try names() == ["b"])
    }

    /// A finished run leaves neither the pages of its old checkpoints nor SQLite's log behind.
    @Test func aRunGivesItsSpaceBack() throws {
        try program.run("run", "deepmesh", "--preset", "smoke")
        let session = try #require(try program.run("sessions", "--json").records.first)
        let sizes = ["", "-wal"].map { suffix in
            let file = try? FileManager.default.attributesOfItem(atPath: program.store + suffix)
            return file?[.size] as? Int ?? 0
        }
        let own = try #require(session["size"] as? Int)
        #expect(sizes[1] == 0 && sizes[0] < own + own / 4 + 400_000, "\(sizes), of which \(own) is used")
    }

    /// A state's frozen parts are files beside it, whatever stage it is of.
    @Test func frozenPartsAreWrittenBesideStates() throws {
        struct State: Codable {
            @Frozen var base: [Double]
            var step = 0
        }
        let store = try SessionStore(path: program.store), shelf = FrozenShelf()
        let (session, trials) = try store.create(new("steve", [NewTrial(arm: "kto", seed: 1)]))
        let bases = [[1.0, 2], [3.0, 4]]
        for (index, base) in bases.enumerated() {
            let state = try StateCoding.encode(State(base: base), on: shelf)
            let checkpoint = Checkpoint(
                step: index + 1, stage: "stage \(index)", stageStep: 1, isFinal: index == 0, elapsed: 1,
                points: [],
                events: 0, edits: 0, state: state.bytes, record: Data(), frozen: state.frozen)
            try store.append([
                TrialBatch(
                    trial: trials[0].id, checkpoints: [checkpoint], completed: index + 1, status: .stopped)
            ])
        }
        try store.setOwner(nil, of: session.id)
        let out = program.folder.appending(path: "weights")
        let export = try program.run("export", "last", "--format", "safetensors", "--out", out.path)
        #expect(export.status == 0, "\(export.complaint)")
        let files = try FileManager.default.contentsOfDirectory(atPath: out.path)
        #expect(files.count == 4 && files.allSatisfy { $0.hasSuffix(".safetensors") })
        let parts = try bases.map { Digest(of: try StateCoding.encode($0)) }
        #expect(parts.allSatisfy { files.contains("\($0.hex).safetensors") }, "\(files)")
        let first = try Data(contentsOf: out.appending(path: "\(parts[0].hex).safetensors"))
        #expect(try StateCoding.decode([Double].self, from: first) == bases[0])
    }

    @Test func listShowAndDoctorSaySizes() throws {
        try fill(["a"])
        let row = try #require(try program.run("sessions", "--json").records.first)
        let size = try #require(row["size"] as? Int)
        #expect((200_000..<210_000).contains(size))
        let list = try program.run("sessions")
        #expect(
            list.lines.first?.contains("SIZE") == true && list.lines[1].contains("196 kB"), "\(list.lines)")
        #expect(try program.run("show", "a", "--json").records.first?["size"] as? Int == size)
        #expect(try program.run("show", "a").lines.contains { $0.contains("It takes 196 kB") })
        let doctor = try program.run("doctor", "--json").records
        let store = try #require(doctor.first { $0["check"] as? String == "store" }?["found"] as? String)
        #expect(store.contains(#/1 session, \d+ kB/#), "\(store)")
    }
}
