import MethodKit
import Store

/// A metric's points as a chart needs them: exact while there are few, then summed up so that memory stays bounded.
///
/// When there are too many buckets, neighbours are put together; smallest and largest values are kept, so a spike of
/// one step is never lost.
public struct Curve: Sendable, Equatable {
    /// In order.
    public private(set) var buckets: [Bucket] = []
    /// The last value that was reported.
    public private(set) var last: Double?
    private var pointsPerBucket = 1
    /// Most buckets that are kept.
    public static let most = 8192

    /// A curve without points.
    public init() {}

    /// Whether every bucket is one point.
    public var isExact: Bool { pointsPerBucket == 1 && buckets.allSatisfy { $0.count == 1 } }

    /// Whether there is one point and no more.
    public var isValue: Bool { buckets.count == 1 && buckets[0].count == 1 }

    /// How far apart the smallest and the largest finite value are.
    public var span: Double {
        let finite = buckets.filter { $0.min.isFinite && $0.max.isFinite }
        return (finite.map(\.max).max() ?? 0) - (finite.map(\.min).min() ?? 0)
    }

    /// Takes in what follows.
    public mutating func append(_ bucket: Bucket) {
        if bucket.count == 1 { last = bucket.nonFinite == 0 ? bucket.max : .nan }
        if let open = buckets.last, open.count + bucket.count <= pointsPerBucket {
            buckets[buckets.count - 1].add(bucket)
        } else {
            buckets.append(bucket)
        }
        if buckets.count > Self.most { halve() }
    }

    /// Says what the last value is, where the last bucket does not.
    public mutating func end(at value: Double) { last = value }

    private mutating func halve() {
        var halved: [Bucket] = []
        halved.reserveCapacity(Self.most)
        for start in stride(from: 0, to: buckets.count, by: 2) {
            var bucket = buckets[start]
            if start + 1 < buckets.count { bucket.add(buckets[start + 1]) }
            halved.append(bucket)
        }
        buckets = halved
        pointsPerBucket *= 2
    }
}
