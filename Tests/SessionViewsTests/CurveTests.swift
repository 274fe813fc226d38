import Foundation
import SessionControl
import Store
import Testing

@testable import MethodKit
@testable import SessionViews

/// Curves as runs of buckets.
@Suite struct CurveTests {
    private func points(_ count: Int, of metric: Int = 0) -> [Point] {
        (1...count).map { Point(metric: metric, step: $0, elapsed: Double($0), value: Double($0 % 97)) }
    }

    @Test func aBucketKnowsItsLastValue() throws {
        var bucket = Bucket(Point(metric: 0, step: 1, elapsed: 0, value: 3))
        bucket.add(Bucket(Point(metric: 0, step: 2, elapsed: 0, value: 1)))
        #expect(bucket.last == 1)
        bucket.add(Bucket(Point(metric: 0, step: 3, elapsed: 0, value: .infinity)))
        #expect(bucket.last == .infinity && bucket.nonFinite == 1)
        var curve = Curve()
        #expect(curve.last == nil)
        curve.append([bucket])
        #expect(curve.last == .infinity)
    }

    /// Read as points, as blocks of a pyramid or as whole chunks, a curve ends where the metric ended.
    @Test(arguments: [4096, 100, 2, 1]) func aStoredCurveKnowsItsLastValue(_ width: Int) throws {
        let fixture = try Fixture(), method = try Fixture.method("steve")
        let (_, trials) = try fixture.store.create(
            NewSession(
                method: method.card.id, methodVersion: 1, benchtop: "test", preset: "quick", purpose: "run",
                inputs: [:], metrics: method.metrics, machine: [:],
                trials: [NewTrial(arm: "kto", seed: 1)]))
        let points = points(40_000)
        try fixture.store.append([TrialBatch(trial: trials[0].id, points: points, completed: 40_000)])
        let buckets = try fixture.store.curve(of: trials[0].id, metric: 0, width: width)
        #expect(buckets.count <= width && buckets.last?.last == points.last?.value)
        var curve = Curve()
        curve.append(buckets[...])
        #expect(curve.last == points.last?.value)
    }

    /// A batch is one run a metric, however many points it has, and runs give the curve that points give.
    @Test func aBatchIsOneRunAMetric() throws {
        var batch = TrialLink.Batch()
        batch.points = points(20_000, of: 0) + points(3, of: 2)
        batch.completed = 20_000
        let prepared = PreparedEvent(.said(trial: 7, batch))
        let runs = prepared.updates.compactMap { update -> (Int, ArraySlice<Bucket>)? in
            if case .points(let metric, let run) = update { (metric, run) } else { nil }
        }
        #expect(prepared.trial == 7 && runs.map(\.0) == [0, 2])
        #expect(runs[0].1.count <= Curve.most && runs[0].1.reduce(0) { $0 + $1.count } == 20_000)
        var whole = Curve(), single = Curve()
        whole.append(runs[0].1)
        for point in batch.points.prefix(20_000) { single.append([Bucket(point)]) }
        #expect(whole.last == single.last && whole.buckets.map(\.max).max() == 96)
        #expect(whole.buckets.reduce(0) { $0 + $1.sum } == single.buckets.reduce(0) { $0 + $1.sum })
    }
}
