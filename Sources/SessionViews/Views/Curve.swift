import MethodKit
import Store

/// A metric's points as a chart needs them: exact while there are few, then summed up so that memory stays bounded.
///
/// When there are too many buckets, neighbours are put together; smallest and largest values are kept, so a spike of
/// one step is never lost.
public struct Curve: Sendable, Equatable {
    /// In order.
    public private(set) var buckets: [Bucket] = []
    private var pointsPerBucket = 1
    /// Most buckets that are kept.
    public static let most = 8192

    /// A curve without points.
    public init() {}

    /// A curve that holds a run.
    init(_ run: [Bucket]) { append(run[...]) }

    /// Whether every bucket is one point.
    public var isExact: Bool { pointsPerBucket == 1 && buckets.allSatisfy { $0.count == 1 } }

    /// Whether there is one point and no more.
    public var isValue: Bool { buckets.count == 1 && buckets[0].count == 1 }

    /// The last value that was reported; nil when there is none, or a summary does not say it.
    public var last: Double? {
        buckets.last.flatMap { $0.last.isNaN && $0.nonFinite == 0 ? nil : $0.last }
    }

    /// How far apart the smallest and the largest finite value are.
    public var span: Double {
        let finite = buckets.filter { $0.min.isFinite && $0.max.isFinite }
        return (finite.map(\.max).max() ?? 0) - (finite.map(\.min).min() ?? 0)
    }

    /// Takes in what follows, a run at a time: while every point has a bucket of its own this is one copy.
    public mutating func append(_ run: ArraySlice<Bucket>) {
        if pointsPerBucket == 1 {
            buckets.append(contentsOf: run)
        } else {
            for bucket in run { put(bucket) }
        }
        while buckets.count > Self.most {
            buckets = Self.halved(buckets)
            pointsPerBucket *= 2
        }
    }

    private mutating func put(_ bucket: Bucket) {
        if let open = buckets.last, open.count + bucket.count <= pointsPerBucket {
            buckets[buckets.count - 1].add(bucket)
        } else {
            buckets.append(bucket)
        }
    }

    /// A run with neighbours put together until it has no more buckets than a curve keeps.
    static func bounded(_ run: [Bucket]) -> [Bucket] {
        var run = run
        while run.count > most { run = halved(run) }
        return run
    }

    private static func halved(_ buckets: [Bucket]) -> [Bucket] {
        stride(from: 0, to: buckets.count, by: 2).map { start in
            var bucket = buckets[start]
            if start + 1 < buckets.count { bucket.add(buckets[start + 1]) }
            return bucket
        }
    }
}
