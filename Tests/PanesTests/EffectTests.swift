import MethodKit
import SessionControl
import Store
import Testing

@testable import Panes

/// A claim's chart while its trials run.
@Suite struct EffectTests {
    /// Two seeds that differ widely have an interval that says nothing; it neither decides nor sets the scale.
    @Test func aClaimIsUndecidedUntilItsSeedsAreIn() throws {
        var (bench, trials) = try Fixture.running(purpose: "claim", seeds: [11, 12, 13])
        bench.resize(width: 120, height: 50)
        func end(_ trial: TrialRecord, at value: Double) {
            var batch = TrialLink.Batch()
            batch.points = [20, 21].map { Point(metric: 0, step: $0, elapsed: 1, value: value) }
            batch.points.append(Point(metric: 2, step: 21, elapsed: 1, value: 1_000 + value))
            bench.take(.said(trial: trial.id, batch))
            bench.take(.status(trial: trial.id, .finished, message: ""))
        }
        for (trial, value) in zip(trials, [2, 1, 2, 1.9]) { end(trial, at: value) }
        #expect(bench.screen.contains("undecided, 2 of 3"))
        #expect(!bench.screen.contains("not shown") && !bench.screen.contains("━◆"))
        for (trial, value) in zip(trials[4...], [2, 1.2]) { end(trial, at: value) }
        #expect(bench.screen.contains("over flat") && !bench.screen.contains("undecided, "))
        #expect(bench.screen.contains("; `still` not run"), "\(bench.screen)")
    }
}
