import Foundation
import Testing

@Suite(.serialized) struct CommandTests {
    @Test func aRunSaysEverythingAsRecords() throws {
        let program = try Program()
        let run = try program.run("run", "steve", "--preset", "smoke", "--seed", "7", "--json")
        #expect(run.status == 0 && run.complaint.isEmpty)
        let kinds = run.records.compactMap { $0["kind"] as? String }
        #expect(kinds.count == run.lines.count)
        #expect(Set(kinds) == ["session", "metric", "log", "artifact", "row", "saved", "end"])
        #expect(kinds.first == "session" && kinds.last == "end")
        #expect(run.records[0]["method"] as? String == "steve" && run.records[0]["seed"] as? Int == 7)
        #expect((run.records[0]["inputs"] as? [String: String])?["concepts"] == "20")
        let end = try #require(run.records.last)
        #expect(
            end["status"] as? String == "finished" && (end["summary"] as? [String: Double])?["success"] != nil
        )
        #expect(run.saved == run.values.map(\.step).max())
        // Export and replay say the same.
        #expect(try program.run("export", "last", "--format", "jsonl").values == run.values)
        #expect(try program.run("replay", "last", "--plain", "--json").values == run.values)
        let csv = try program.run("export", "last", "--format", "csv")
        #expect(csv.lines.count == run.values.count + 1)
    }

    /// A mesh on the command line is a tool: what was merged and what is not manifold is said beside the ratio.
    @Test func aToolSaysWhatItFound() throws {
        let program = try Program()
        let mesh = program.folder.appending(path: "three.obj").path
        let vertices = ["0 0 0", "1 0 0", "0 1 0", "0 -1 0", "0 0 1", "0 0 1"].map { "v \($0)\n" }.joined()
        try (vertices + "f 1 2 3\nf 1 2 4\nf 1 2 5\n").write(toFile: mesh, atomically: true, encoding: .utf8)
        let run = try program.run("tool", "deepmesh", "tokenise", "--set", "mesh=\(mesh)")
        let text = run.lines.joined(separator: "\n")
        #expect(run.status == 0 && text.contains("vertices 1,") && text.contains("three faces or more 1,"))
        #expect(text.contains("token ratio"))
        try "v 0 0 zero\u{1B}[2J\nf 1 1 1\n".write(toFile: mesh, atomically: true, encoding: .utf8)
        let wrong = try program.run("tool", "deepmesh", "tokenise", "--set", "mesh=\(mesh)")
        #expect(
            wrong.status == 3 && wrong.complaint.contains("line 1") && !wrong.complaint.contains("\u{1B}"))
        #expect(!wrong.lines.contains { $0.hasPrefix("METRIC") })
    }

    /// What only the file names are rows of a table, each a record of its own; they are listed, replayed and proved.
    @Test func aToolsTableIsRecords() throws {
        let program = try Program()
        let file = program.folder.appending(path: "steps.jsonl")
        let line = #"{"state": "a", "action": "x, y", "label": "good", "policy_logp": -1, "ref_logp": -1.5}"#
        try Data("\(line)\n\(line)\n".utf8).write(to: file)
        let run = try program.run("tool", "steve", "score", "--set", "steps=\(file.path)", "--json")
        let rows = run.records.filter { $0["kind"] as? String == "row" && $0["table"] as? String == "steps" }
        #expect(run.status == 0 && rows.count == 2)
        let cells = try #require(rows.first?["cells"] as? [String: Any])
        #expect(cells["action"] as? String == "x, y" && cells["reward"] as? Double == 0.5)
        let replay = try program.run("export", "last", "--format", "jsonl")
        #expect(replay.records.count { $0["kind"] as? String == "row" } == 3)
        let proof = try program.run("prove", "last")
        #expect(proof.status == 0, "\(proof.lines)")
        let sessions = try program.run("sessions", "list", "--json")
        #expect(sessions.records.count == 1)
        let inputs = try program.run("inputs", "steve").lines.joined(separator: "\n")
        #expect(inputs.contains("benchtop tool steve score --set steps=…"))
    }

    /// A trained model at work on a file: one step, nothing trained again, stored beside what it goes on from.
    @Test func aTrainedModelIsAppliedToAFile() throws {
        let program = try Program()
        let mesh = program.folder.appending(path: "two.obj").path
        try "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 2 3\nf 1 2 4\n".write(
            toFile: mesh, atomically: true, encoding: .utf8)
        try program.run("run", "deepmesh", "--preset", "smoke")
        let trained = try #require(
            program.run("sessions", "list", "--json").records.first?["session"] as? String)
        let refused = try program.run("run", "deepmesh", "--from", trained, "--set", "beta=1")
        #expect(refused.status == 3 && refused.complaint.contains("is not read by 'generate'"))
        let out = program.folder.appending(path: "out").path
        let run = try program.run(
            "run", "deepmesh", "--from", trained, "--set", "cloud=\(mesh)", "--out", out, "--json")
        #expect(run.status == 0, "\(run.complaint)")
        let stages = run.records.compactMap { $0["text"] as? String }.filter { $0.hasPrefix("Stage ") }
        #expect(stages == ["Stage generate: 1 × file."])
        #expect(FileManager.default.fileExists(atPath: out + "/metrics.csv"))
        let proof = try program.run("prove", "last")
        #expect(proof.status == 0 && proof.lines.joined().contains("Proved: 2 points"), "\(proof.lines)")
        let none = try program.run(
            "run", "deepmesh", "--from", trained, "--seed", "9", "--set", "cloud=\(mesh)")
        #expect(none.status == 3 && none.complaint.contains("no trial with seed 9; it has dpo with seed 1."))
    }

    /// A model that was trained on nothing has no loss to report.
    @Test func curationThatLeavesNothingIsRefused() throws {
        let run = try Program().run(
            "run", "deepmesh", "--preset", "smoke", "--set", "damaged=1", "--set", "curates=on")
        #expect(run.status == 3 && run.complaint.contains("Curation drops all 24 meshes"))
    }

    /// What nothing would read is not recorded as if it had counted: it is refused, or makes the other input follow.
    @Test func anInputThatWouldNotBeReadIsRefusedOrLeads() throws {
        let program = try Program()
        let folder = program.folder.appending(path: "pictures")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let images = "images=\(folder.path)"
        let sentence = "Input images is read only when data is folder; set data=folder as well."
        let refused = try program.run(
            "run", "tulip", "--preset", "smoke", "--set", images, "--set", "data=emoji")
        #expect(refused.status == 3 && refused.complaint.contains(sentence))
        let config = program.folder.appending(path: "config.toml").path
        try "images = \"\(folder.path)\"\ndata = \"scenes\"\n".write(
            toFile: config, atomically: true, encoding: .utf8)
        let inFile = try program.run("run", "tulip", "--preset", "smoke", "--config", config)
        #expect(inFile.status == 3 && inFile.complaint.contains(sentence))
        #expect(try program.run("sessions", "--json").records.isEmpty)
        // With nothing said of `data` the folder is what is read: here it lacks pictures.
        let led = try program.run("run", "tulip", "--preset", "smoke", "--set", images)
        #expect(led.status == 3 && led.complaint.contains("20 or more"))
    }

    @Test func everyCommandPrintsJSON() throws {
        let program = try Program()
        try program.run("duel", "steve", "--preset", "smoke")
        try program.run("duel", "steve", "--preset", "smoke", "--set", "beta=2")
        let ids = try program.run("sessions", "--json").records.compactMap { $0["session"] as? String }
        #expect(ids.count == 2)
        let commands: [[String]] = [
            ["methods", "--json"], ["inputs", "steve", "--json"], ["card", "steve", "--json"],
            ["show", ids[0], "--json"],
            ["compare", ids[0], ids[1], "--json"], ["prove", ids[0], "--json"], ["doctor", "--json"],
            [
                "export", ids[0], "--format", "files", "--out", program.folder.appending(path: "out").path,
                "--json",
            ],
        ]
        for command in commands {
            let outcome = try program.run(command)
            #expect(outcome.status == 0, "\(command): \(outcome.complaint)")
            #expect(!outcome.lines.isEmpty && outcome.records.count == outcome.lines.count, "\(command)")
        }
        let methods = try program.run("methods", "--json").records
        #expect(
            methods.allSatisfy { one in
                ["id", "title", "arxiv", "claim", "verdict"].allSatisfy { one[$0] is String }
            })
    }

    @Test(arguments: [
        (["run", "stev"], 2, "did you mean 'steve'"),
        (["run", "steve", "--arm", "kot"], 3, "did you mean 'kto'"),
        (["run", "steve", "--set", "bta=1"], 3, "did you mean 'beta'"),
        (["run", "steve", "--set", "beta=99"], 3, "Input beta is '99'; it must be 0.001…20."),
        (["run", "steve", "--set", "beta"], 3, "--set takes name=value"),
        (["run", "steve", "--preset", "ful"], 3, "did you mean 'full'"),
        (["tool", "steve", "score", "--set", "steps=/nowhere.jsonl"], 3, "there is no such file"),
        (["run", "steve", "--set", "steps=/nowhere.jsonl"], 3, "read only by the tool 'score'"),
        (["tool", "steve", "scor", "--set", "steps=a.jsonl"], 3, "did you mean 'score'"),
        (["tool", "steve", "score"], 3, "set steps to its path"),
        (["run", "steve", "--from", "abcdef"], 2, "No session is called 'abcdef'"),
        (["run", "steve", "--from", "last", "--preset", "full"], 64, "there is no --preset"),
        (["run", "steve", "--config", "/nowhere.toml"], 3, "cannot be read"),
        (["show", "abcdef"], 2, "No session is called 'abcdef'"),
        (["show", "nowhere.sqlite"], 2, "There is no file"),
        (["claim", "steve", "--seeds", "1,x"], 3, "'x' is not one"), (["bogus"], 64, "Unexpected argument"),
        (["run", "steve", "--jobs", "0"], 64, "--jobs is 0"),
    ])
    func mistakesGiveOneSentenceAndAStatus(_ arguments: [String], _ status: Int32, _ sentence: String) throws
    {
        let program = try Program()
        let outcome = try program.run(arguments)
        #expect(outcome.status == status)
        #expect(outcome.complaint.contains(sentence), "\(outcome.complaint)")
    }

    @Test func aWrongFileIsAnInputRefused() throws {
        let program = try Program()
        let file = program.folder.appending(path: "steps.jsonl")
        try "{\"state\": 1}".write(to: file, atomically: true, encoding: .utf8)
        let run = try program.run("tool", "steve", "score", "--set", "steps=\(file.path)")
        #expect(run.status == 3 && run.complaint.contains("line 1"), "\(run.complaint)")
    }

    @Test func everyCommandHasHelp() throws {
        let program = try Program()
        let commands = [
            [], ["methods"], ["inputs"], ["card"], ["run"], ["duel"], ["tool"], ["claim"], ["sessions"],
            ["sessions", "rename"],
            ["show"], ["compare"], ["replay"], ["prove"], ["resume"], ["export"], ["doctor"],
        ]
        for command in commands {
            let help = try program.run(command + ["--help"])
            #expect(help.status == 0 && help.lines.contains { $0.hasPrefix("USAGE: benchtop") }, "\(command)")
        }
    }

    @Test func aClaimGivesAVerdictAndGoesOnWhereItWasStopped() throws {
        let program = try Program()
        let whole = try program.run("claim", "steve", "--preset", "smoke", "--seeds", "3", "--json")
        let report = try #require(whole.records.last)
        let condition = try #require((report["conditions"] as? [[String: Any]])?.first)
        #expect(report["kind"] as? String == "claim" && (condition["seeds"] as? [Any])?.count == 3)
        #expect((whole.status == 0) == (report["holds"] as? Bool))
        #expect((report["verdict"] as? String)?.contains("`") == true, "the control is named")
        let other = try Program()
        let stopped = try other.run(
            ["claim", "steve", "--preset", "quick", "--seeds", "3", "--json"], signalAfter: 250_000,
            signal: SIGINT)
        if stopped.status == 130 {
            let again = try other.run("claim", "steve", "--preset", "quick", "--seeds", "3", "--json")
            #expect(again.session == stopped.session)
            #expect((again.records.last?["seeds"] as? [Any])?.count == 3)
            #expect(try other.run("sessions", "--json").lines.count == 1)
        }
    }

    /// The arms of conditions and controls are run, no other, and each gets its block.
    @Test func aClaimRunsItsControlsAndTellsOfEach() throws {
        let program = try Program()
        let run = try program.run("claim", "tulip", "--preset", "smoke", "--seeds", "2")
        let text = run.lines.joined(separator: "\n")
        #expect(text.contains("Condition: detail probe: tulip over siglip, above 0.05"), "\(text)")
        let names = ["untrained", "views", "wide", "contrasts", "recon"]
        for name in names {
            #expect(text.contains("Control `\(name)`: detail probe: tulip over \(name), above 0"))
        }
        #expect(run.lines.contains { $0.hasPrefix("Verdict: ") && $0.contains("`") })
        let shown = try #require(try program.run("show", "last", "--json").records.first)
        let claim = try #require((shown["claims"] as? [[String: Any]])?.first)
        let controls = try #require(claim["controls"] as? [[String: Any]])
        #expect(controls.map { $0["arms"] as? [String] } == names.map { [$0] })
        let deep = try program.run("claim", "deepmesh", "--preset", "smoke", "--seeds", "2", "--json")
        let session = try #require(try program.run("sessions", "--json").records.first)
        #expect(
            session["arms"] as? [String] == [
                "pretrained", "cooler", "greedy", "bestOfFour", "preferred", "dpo",
            ])
        // The second claim is the tokeniser's, for the same preset and seeds.
        #expect(deep.records.compactMap { ($0["conditions"] as? [Any])?.count } == [2, 3])
    }

    @Test func controlCStopsAfterACheckpointAndSaysHowToGoOn() throws {
        let program = try Program()
        let run = try program.run(
            ["run", "steve", "--preset", "full", "--set", "cloning=5000", "--set", "tasks=10000", "--json"],
            signalAfter: 100_000,
            signal: SIGINT)
        #expect(run.status == 130)
        #expect(run.complaint.contains("'benchtop resume \(try #require(run.session))' goes on"))
        #expect(run.records.last?["status"] as? String == "interrupted")
        #expect(try program.run("resume", "last", "--json").status == 0)
        #expect(try program.run("prove", "last").status == 0)
    }

    /// However early it comes: it ends the program as any other, or is taken note of; it is never lost.
    @Test func controlCIsHeardFromTheFirstInstant() throws {
        let program = try Program()
        for delay in stride(from: 0, through: 60_000, by: 4_000) {
            let run = try program.run(
                ["run", "steve", "--preset", "full", "--set", "cloning=5000", "--json"], signalAfter: delay,
                signal: SIGINT, atOnce: true)
            #expect([130, -SIGINT].contains(run.status), "after \(delay) us: \(run.status)")
        }
        let open = try program.run("sessions", "--json").records.filter {
            $0["status"] as? String == "running"
        }
        #expect(open.isEmpty)
    }

    @Test func kernelSetsAreChosenByTheEnvironmentAndShown() throws {
        let program = try Program()
        for set in ["baseline", "avx2", "avx512"] {
            let doctor = try program.run("doctor", "--json", environment: ["BENCHTOP_KERNELS": set])
            let kernels = doctor.records.first { $0["check"] as? String == "kernels" }
            let isThere = doctor.status == 0
            #expect((kernels?["found"] as? String)?.hasPrefix(set) == isThere)
        }
        // Another kernel set is another machine: the proof says that it is none of bits.
        try program.run("run", "steve", "--preset", "smoke", environment: ["BENCHTOP_KERNELS": "baseline"])
        let same = try program.run("prove", "last", environment: ["BENCHTOP_KERNELS": "baseline"])
        #expect(same.status == 0 && same.lines.last?.contains("bit for bit") == true)
    }

    @Test func kernelSetsThatDoNotExistAreRefusedBeforeAnythingRuns() throws {
        let program = try Program()
        let wish = ["BENCHTOP_KERNELS": "sse2"]
        let run = try program.run("run", "steve", "--preset", "smoke", environment: wish)
        #expect(run.status == 3 && run.lines.isEmpty)
        #expect(run.complaint.contains("'sse2'") && run.complaint.contains("baseline, avx2 and avx512 exist"))
        #expect(!FileManager.default.fileExists(atPath: program.store))
        let doctor = try program.run("doctor", "--json", environment: wish)
        let kernels = doctor.records.first { $0["check"] as? String == "kernels" }
        #expect(doctor.status == 1 && kernels?["isFine"] as? Bool == false)
        #expect((kernels?["advice"] as? String)?.contains("'sse2'") == true)
    }

    @Test func threadsArePartOfTheRecordAndDoNotChangeFromRunToRun() throws {
        let program = try Program()
        let first = try program.run("run", "steve", "--preset", "smoke", "--threads", "2", "--json")
        let second = try program.run("run", "steve", "--preset", "smoke", "--threads", "2", "--json")
        #expect(first.values == second.values && !first.values.isEmpty)
        #expect((first.records[0]["machine"] as? [String: String])?["threads"] == "2")
        #expect(try program.run("prove", "last").status == 0)
    }

    @Test func aStoreThatCannotBeWrittenGivesASentence() throws {
        let program = try Program()
        for path in ["/proc/nowhere/store.sqlite", "/dev/null/store.sqlite"] {
            let run = try program.run("run", "steve", "--preset", "smoke", "--store", path)
            #expect(run.status == 5 && run.complaint.contains("store"), "\(run.complaint)")
        }
        let file = program.folder.appending(path: "text.sqlite")
        try "hello".write(to: file, atomically: true, encoding: .utf8)
        let run = try program.run("run", "steve", "--store", file.path)
        #expect(run.status == 5 && run.complaint.contains("is not a Benchtop store"))
    }

    @Test func aDamagedStoreIsReadAsFarAsItCanBe() throws {
        let program = try Program()
        try program.run("run", "steve", "--preset", "smoke")
        let path = program.folder.appending(path: "copy.sqlite")
        try program.run("export", "last", "--format", "sqlite", "--out", path.path)
        let damage =
            "import json, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
            + "names = [m['name'] for m in json.loads(c.execute('select metrics from session').fetchone()[0])]; "
            + "c.execute('update series set body = zeroblob(40) where metric = ?', [names.index('loss')]); "
            + "c.commit()"
        #expect(try program.run(["-c", damage, path.path], program: "python3").status == 0)
        let export = try program.run("export", path.path, "--format", "jsonl")
        #expect(export.status == 5 && export.complaint.contains("are damaged and left out"))
        #expect(!export.values.isEmpty && !export.values.contains { $0.name == "loss" })
    }

    @Test func weightsOpenInPython() throws {
        let program = try Program()
        try program.run("run", "steve", "--preset", "smoke")
        let out = program.folder.appending(path: "weights")
        try program.run("export", "last", "--format", "safetensors", "--out", out.path)
        let script = """
            import glob, json, struct, sys
            for path in glob.glob(sys.argv[1] + "/*.safetensors"):
                data = open(path, "rb").read()
                (size,) = struct.unpack("<Q", data[:8])
                head = json.loads(data[8:8 + size])
                for name, entry in head.items():
                    if name == "__metadata__": continue
                    first, last = entry["data_offsets"]
                    count = 1
                    for n in entry["shape"]: count *= n
                    assert entry["dtype"] == "F32" and last - first == 4 * count, name
                    floats = struct.unpack("<%df" % count, data[8 + size + first:8 + size + last])
                    assert all(abs(f) < 1e6 for f in floats), name
                print(path)
            """
        let python = try program.run(["-c", script, out.path], program: "python3")
        // Of a trial that has finished the store keeps the final state.
        #expect(python.status == 0 && python.lines.count == 1, "\(python.complaint)")
    }
}
