import Base
import Foundation
import MethodKit

extension Steve {
    /// A screen as a grid of widgets, three in a row: the clicked one in brackets, coloured by the verdict.
    static func picture(of step: MiniDesk.Step, _ verdict: Verifier.Verdict, _ desk: MiniDesk) -> Artifact {
        let concept = step.screen.concept
        var spans = [Span("Wanted: \(desk.name(concept))\n\n", .strong)]
        for (slot, widget) in step.screen.widgets.enumerated() {
            let name = desk.name(widget)
            let text = slot == step.slot ? "[\(name)]" : " \(name) "
            let style: Span.Style = slot != step.slot ? .plain : verdict == .good ? .good : .bad
            spans.append(Span(text.padding(toLength: 18, withPad: " ", startingAt: 0), style))
            if slot % 3 == 2 { spans.append(Span("\n")) }
        }
        // The verifier errs, so its word and the truth stand side by side.
        let truth = desk.kind(step).name
        spans.append(
            Span("\nThe verifier says \(verdict.rawValue); the click went to: \(truth).\n\n", .faint))
        return .text(spans + sight(of: step, desk))
    }

    /// What the verifier saw: the pixels before and after, what changed, and what a right click would have changed.
    private static func sight(of step: MiniDesk.Step, _ desk: MiniDesk) -> [Span] {
        let pictures = [
            step.before, step.after, step.before.changed(by: step.after), desk.changes[step.screen.concept],
        ]
        let titles = ["before", "after", "changed", "expected"].map {
            $0.padding(toLength: 10, withPad: " ", startingAt: 0)
        }
        let rows = (0..<8).map { row in
            pictures.map { $0.row(row) + "  " }.joined() + "\n"
        }
        return [Span(titles.joined() + "\n", .strong), Span(rows.joined())]
    }

    /// How often each kind of widget is clicked, a row a concept: mean probabilities over four screens, of what the arm
    /// does not avoid.
    static func habitMap(
        _ policy: Policy, _ desk: MiniDesk, avoiding avoided: Avoided?, _ random: RandomStream
    ) -> Artifact {
        var random = random
        let screens = (0..<desk.concepts).flatMap { concept in
            (0..<4).map { _ in desk.screen(for: concept, using: &random) }
        }
        let kinds = MiniDesk.Kind.allCases
        // Summed over each screen's slots by kind: three widgets are `other`, so a row adds up to 1.
        var shares = Array(repeating: Float(0), count: desk.concepts * kinds.count)
        for (screen, row) in zip(screens, policy.probabilities(screens, avoiding: avoided)) {
            for (widget, p) in zip(screen.widgets, row) {
                let kind = desk.kind(widget, for: screen.concept)
                shares[screen.concept * kinds.count + kind.rawValue] += Float(p) / 4
            }
        }
        // Two digits are all that a colour shows, and keep recorded sessions small.
        let rounded = shares.map { ($0 * 100).rounded() / 100 }
        return .heatMap(
            HeatMap(
                rounded, rows: (0..<desk.concepts).map(desk.name), columns: kinds.map(\.name), range: 0...1))
    }
}

extension Steve.State {
    /// What a round ends with: its tests, and what the round came to.
    mutating func end(
        _ round: Int, _ arm: Steve.Arm, _ desk: Steve.MiniDesk, _ inputs: Steve.Inputs,
        _ trial: Trial<Steve.Inputs>
    ) {
        // The last test of a round is the number that stands in the table, and the claim's after the third.
        let test = test(arm, desk, inputs, trial)
        if round == 1 { trial.report(Steve.firstSuccess, test.success) }
        testWhatIsNew(arm, desk, inputs, trial)
        trial.report(Steve.updates, Double(updates))
        let verdicts = judged[roundBegin...].map(\.verdict)
        let counts = [Steve.Verifier.Verdict.good, .neutral, .harmful].map { kind in
            verdicts.count { $0 == kind }
        }
        // Rows are part of the state: a trial that goes on after a stop shows the earlier rounds too.
        rounds.append(
            ["\(round)", "\(judged.count - roundBegin)"] + counts.map { "\($0)" }
                + [agreement(desk), test.success].map { String(format: "%.3f", $0) })
        let columns = ["round", "steps", "good", "neutral", "harmful", "agreement", "success after it"]
        trial.keep("rounds", .table(Table(columns: columns, rows: rounds)))
        let avoided = Steve.avoided(arm, judged, inputs.neutral)
        trial.keep(
            "habits", Steve.habitMap(policy, desk, avoiding: avoided, trial.stream("habit map")))
    }
}
