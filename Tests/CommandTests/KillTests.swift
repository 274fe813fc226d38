import Base
import Foundation
import Store
import Testing

/// `benchtop run --json` killed by SIGKILL at random moments: 100 times, or 1,000 with `BENCHTOP_SOAK`.
@Suite struct KillTests {
    static let arguments = [
        "run", "steve", "--arm", "kto", "--seed", "3", "--preset", "quick", "--set", "cloning=1500", "--json",
    ]

    @Test func nothingSavedIsEverLost() throws {
        let isSoak = ProcessInfo.processInfo.environment["BENCHTOP_SOAK"] != nil
        let program = try Program()
        let start = Date()
        let whole = try program.run(Self.arguments)
        let time = Int(Date().timeIntervalSince(start) * 1e6)
        #expect(whole.status == 0 && whole.values.count > 100)
        var random = RandomStream(seed: 1), resumed = 0, announced = 0, kills = 0
        while kills < (isSoak ? 1_000 : 100) {
            // A store of its own now and then, so that the first kill of a file is tried too; and no cache at times.
            let program = try Program()
            for _ in 0..<5 {
                kills += 1
                if random.chance(0.3) {
                    try? FileManager.default.removeItem(at: program.folder.appending(path: "benchtop"))
                }
                let killed = try program.run(Self.arguments, signalAfter: 10_000 + random.below(time))
                guard let session = killed.session else { continue }
                announced += killed.saved
                try check(program, session, killed, whole, &resumed)
            }
        }
        #expect(resumed > 20, "most kills must hit a running trial, or the test shows nothing")
        #expect(announced > 0)
    }

    func check(
        _ program: Program, _ session: String, _ killed: Program.Outcome, _ whole: Program.Outcome,
        _ resumed: inout Int
    ) throws {
        // Every line but the last is whole; the last may be cut off by the kill.
        #expect(killed.records.count >= killed.lines.count - 1)
        let stored = try program.run("export", session, "--format", "jsonl").values
        let promised = killed.values.filter { $0.step <= killed.saved }
        #expect(Set(promised).isSubset(of: stored), "what was announced as saved is missing")
        #expect(try SessionStore(path: program.store, mode: .readOnly).integrity() == [])
        let again = try program.run("resume", session, "--json")
        #expect([0, 3].contains(again.status), "\(again.complaint)")
        if again.status == 0 { resumed += 1 } else { #expect(again.complaint.contains("has finished")) }
        #expect(try program.run("export", session, "--format", "jsonl").values == whole.values)
    }
}
