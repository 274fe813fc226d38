import MethodKit
import SessionViews
import Testing

@testable import Panes

/// A claim's chart while its trials run.
@Suite struct EffectTests {
    /// With some of its seeds in, a claim has points and a mean, and neither verdict nor interval.
    @Test func aRunningClaimShowsNoInterval() throws {
        var replay = Replay(try Fixture.recording())
        let claim = try #require(Fixture.catalogue.first { $0.card.id == "steve" }?.claims.first)
        let seeds = claim.seeds.count, duration = replay.recording.duration
        let times = stride(from: duration, to: 0, by: -duration / 2_000)
        let isPartial = times.contains { time in
            replay.seek(to: time)
            return (2..<seeds).contains(replay.view.report(of: claim).pairs.count)
        }
        #expect(isPartial, "no position has some of the pairs")
        var bench = try Fixture.bench(120, 40)
        func title(_ replay: Replay) throws -> String {
            bench.show(replay)
            return try #require(
                bench.draw().rows.first { $0.contains("\(claim.arm) over \(claim.baseline)") })
        }
        let pairs = replay.view.report(of: claim).pairs.count
        let partial = try title(replay)
        #expect(partial.contains("undecided, \(pairs) of \(seeds)") && !partial.contains("["), "\(partial)")
        replay.seek(to: duration)
        let whole = try title(replay)
        #expect(whole.contains("holds") && whole.contains("["), "\(whole)")
    }
}
