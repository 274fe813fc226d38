import Foundation
import MethodKit
import Store
import Testing

/// Where verdicts come from, and what sessions come to.
@Suite(.serialized) struct VerdictTests {
    private func method(_ program: Program, _ id: String = "steve") throws -> [String: Any] {
        try #require(try program.run("methods", "--json").records.first { $0["id"] as? String == id })
    }

    /// Only the claim's own preset and seeds are the known verdict; others are listed with theirs.
    @Test func aSmallTestDoesNotOverwriteTheKnownVerdict() throws {
        let program = try Program()
        let before = try method(program)
        #expect(
            before["verdict"] as? String == "holds; not beyond `unlikelihood`"
                && before["holds"] as? Bool == true
                && before["source"] as? String == "recorded")
        let claim = try program.run("claim", "steve", "--preset", "smoke", "--seeds", "2")
        #expect(claim.lines.contains { $0.contains("Tested with preset smoke on 2 seeds") })
        let after = try method(program)
        #expect(
            after["verdict"] as? String == "holds; not beyond `unlikelihood`"
                && after["source"] as? String == "recorded")
        let other = try #require((after["others"] as? [String])?.first)
        #expect(other.contains("with preset smoke, 2 seeds (mine, 20"))
        let table = try program.run("methods").lines.joined(separator: "\n")
        #expect(
            table.contains("holds; not beyond `unlikelihood` (recorded)")
                && table.contains("steve also: \(other)"))
        let card = try program.run("card", "steve").lines.joined(separator: "\n")
        #expect(
            card.contains("success: kto over sft: holds; not beyond `unlikelihood` (recorded).")
                && card.contains("preset smoke, 2 seeds"))
        let listed = try #require(try program.run("sessions", "--json").records.first)
        let verdict = try #require(listed["verdict"] as? String)
        #expect(other.hasPrefix(verdict))
    }

    /// A claim of which two of three seeds are in has no verdict yet, whatever those two say.
    @Test func aClaimIsUndecidedUntilItsSeedsAreIn() throws {
        let program = try Program()
        try program.run("claim", "steve", "--preset", "smoke", "--seeds", "1")
        let store = try SessionStore(path: program.store), model = try store.find("last")
        let (session, trials) = try store.create(
            NewSession(
                method: model.method, methodVersion: model.methodVersion, benchtop: "test", preset: "smoke",
                purpose: "claim", inputs: model.inputs, metrics: model.metrics, machine: [:],
                trials: [11, 12, 13].flatMap { seed in
                    ["sft", "kto"].map { NewTrial(arm: $0, seed: seed) }
                }))
        let metric = try #require(model.metrics.firstIndex { $0.name == "success" })
        for (place, trial) in trials.dropLast().enumerated() {
            let value = place % 2 == 0 ? 0.3 : 0.8 + Double(place) / 100
            try store.append([
                TrialBatch(
                    trial: trial.id, points: [Point(metric: metric, step: 1, elapsed: 0, value: value)],
                    completed: 1, status: .finished)
            ])
        }
        try store.setOwner(nil, of: session.id)
        let shown = try #require(try program.run("show", "last", "--json").records.first)
        let claim = try #require((shown["claims"] as? [[String: Any]])?.first)
        let condition = try #require((claim["conditions"] as? [[String: Any]])?.first)
        #expect((condition["seeds"] as? [Any])?.count == 2 && (claim["seeds"] as? [Any])?.count == 3)
        #expect(
            claim["verdict"] as? String == "undecided, 2 of 3"
                && condition["verdict"] as? String == "undecided")
        let text = try program.run("show", "last").lines.joined(separator: "\n")
        #expect(text.contains("Undecided (seeds without a value: 13 (kto not finished))."))
        #expect(text.contains("Verdict: undecided, 2 of 3.") && !text.contains("95 % interval ["))
        let listed = try program.run("sessions", "--json").records.first
        #expect(listed?["verdict"] as? String == "undecided, 2 of 3")
        #expect(try program.run("methods").lines.joined().contains("undecided") == false)
    }

    @Test func aDuelAndAShowEndWithWhoWon() throws {
        let program = try Program()
        let duel = try program.run("duel", "steve", "--preset", "smoke")
        let outcome = try #require(duel.lines.first { $0.contains(" on success") })
        #expect(outcome.contains("kto") && outcome.contains("sft") && outcome.contains("with one seed"))
        #expect(try program.run("show", "last").lines.last == outcome)
        // Without the claim's two arms, the best is compared with the next.
        let other = try program.run("duel", "steve", "--preset", "smoke", "--arms", "start,sft")
        #expect(other.lines.contains { $0.contains("start") && $0.contains(" on success") })
        let run = try program.run("run", "steve", "--preset", "smoke")
        #expect(!run.lines.contains { $0.contains("won on") })
    }

    @Test func aComparisonPutsTheHeadlineFirstAndSaysWhoIsBetter() throws {
        let program = try Program()
        try program.run("duel", "steve", "--preset", "smoke")
        try program.run("duel", "steve", "--preset", "smoke", "--set", "beta=2")
        let ids = try program.run("sessions", "--json").records.compactMap { $0["session"] as? String }
        let text = try program.run("compare", ids[1], ids[0])
        let head = try #require(text.lines.firstIndex { $0.hasPrefix("METRIC") })
        #expect(text.lines[head + 1].hasPrefix("success"))
        #expect(text.lines.contains { $0.contains("kto of \(ids[0])") && $0.contains("on success") })
        let records = try program.run("compare", ids[1], ids[0], "--json").records
        let better = records.filter { $0["kind"] as? String == "better" }
        // One for each arm of the method.
        #expect(better.count == 12 && better.allSatisfy { ($0["seeds"] as? [Int]) == [1] })
        #expect(records.first { $0["metric"] != nil && $0["kind"] == nil }?["metric"] as? String == "success")
    }

    /// A change on the way is named with the arm it befell, and beside who won.
    @Test func liveEditsAreNamed() throws {
        let program = try Program()
        for _ in 0..<2 { try program.run("duel", "steve", "--preset", "smoke", "--arms", "sft,kto") }
        let store = try SessionStore(path: program.store), model = try store.find("last")
        let (session, trials) = try store.create(
            NewSession(
                method: model.method, methodVersion: model.methodVersion, benchtop: "test", preset: "smoke",
                purpose: "duel", inputs: model.inputs, metrics: model.metrics, machine: [:],
                trials: ["sft", "kto"].map { NewTrial(arm: $0, seed: 1) }))
        let metric = try #require(model.metrics.firstIndex { $0.name == "success" })
        let edit = Edit(step: 2, input: "beta", text: "2", before: "0.5")
        for (trial, value) in zip(trials, [0.25, 0.75]) {
            try store.append([
                TrialBatch(
                    trial: trial.id, points: [Point(metric: metric, step: 3, elapsed: 0, value: value)],
                    events: [TimedEvent(step: 1, elapsed: 0, event: .edit(edit))], completed: 3,
                    status: .finished)
            ])
        }
        try store.setOwner(nil, of: session.id)
        let sentence = "Input beta changed from 0.5 to 2, from step 2 on."
        let compared = try program.run("compare", model.shortID, session.shortID)
        #expect(
            compared.lines.contains("Session \(session.shortID), kto seed 1: \(sentence)"),
            "\(compared.lines)")
        #expect(compared.lines.last == "Inputs were changed while some of it ran.")
        let edits = try program.run("compare", model.shortID, session.shortID, "--json").records.filter {
            $0["kind"] as? String == "edit"
        }
        #expect(edits.compactMap { $0["arm"] as? String } == ["sft", "kto"])
        let shown = try program.run("show", "last")
        #expect(
            shown.lines.last
                == "kto won on success, 0.75 against 0.25 of sft: better by 0.5, with one seed. "
                + "Inputs were changed while it ran.")
    }
}
