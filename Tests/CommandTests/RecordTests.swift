import Foundation
import Testing

/// What `run --json` prints is what replay and export print again.
@Suite(.serialized) struct RecordTests {
    /// Lines by trial, without what is said of saving, and without memory: live it is that of the process so far.
    private func lines(_ outcome: Program.Outcome) -> [Int: [String]] {
        var lines: [Int: [String]] = [:]
        for (record, line) in zip(outcome.records, outcome.lines) where record["kind"] as? String != "saved" {
            let text = line.replacing(/"peakMemory":[^,}]*,?/, with: "")
            lines[record["trial"] as? Int ?? 0, default: []].append(text)
        }
        return lines
    }

    @Test func liveReplayedAndExportedAreEqualLineByLine() throws {
        let program = try Program()
        let live = try program.run("duel", "steve", "--preset", "smoke", "--json")
        let replay = try program.run("replay", "last", "--json")
        let export = try program.run("export", "last", "--format", "jsonl")
        // The session's own events, and a list for each of the method's twelve arms.
        #expect(live.status == 0 && lines(live).count == 13)
        #expect(lines(live) == lines(replay) && lines(live) == lines(export))
        #expect(replay.lines == export.lines)
        // The text has a line a step, and one an event, in the same order.
        let trial = try #require(replay.records.last?["trial"] as? Int)
        let plain = try program.run("replay", "last", "--plain", "--trial", "\(trial)")
        var steps: [Int] = [], isInStep = false
        for record in replay.records where record["trial"] as? Int == trial {
            // For people a table's rows are no lines of their own.
            guard let step = record["step"] as? Int, record["kind"] as? String != "row" else { continue }
            let isPoint = record["kind"] as? String == "metric"
            if !(isPoint && isInStep && steps.last == step) { steps.append(step) }
            isInStep = isPoint
        }
        let shown = plain.lines.dropFirst().compactMap { line in
            line.firstMatch(of: #/^(\d+)  /#).map { $0.1 }
        }
        #expect(shown.compactMap { Int($0) } == steps)
    }

    @Test func aRunSaysItsPeakMemory() throws {
        let program = try Program()
        let live = try program.run("run", "steve", "--preset", "smoke", "--json")
        let peak = try #require(live.records.last?["peakMemory"] as? Int)
        #expect(peak > 10 << 20)
        let shown = try #require(try program.run("show", "last", "--json").records.first)
        // The kernel's own count lags by some pages.
        #expect((shown["peakMemory"] as? Int ?? 0) > peak / 2)
        #expect((shown["machine"] as? [String: String])?["peakMemory"] == nil)
        #expect(try program.run("show", "last").lines.contains { $0.contains("peak memory") })
        let text = try program.run("run", "steve", "--preset", "smoke")
        #expect(text.lines.last?.contains("peak memory") == true)
        #expect(try program.run("prove", "last").status == 0)
    }
}
