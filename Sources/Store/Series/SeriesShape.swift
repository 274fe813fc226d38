import Foundation
import MethodKit

/// How a series is cut: chunks of 4096 points, each with a pyramid of one level, blocks of 64.
enum SeriesShape {
    /// Points in a full chunk; the blocks of the hash chain are the same.
    static let chunk = 4096
    /// Points in a block of a chunk's pyramid.
    static let block = 64
}

extension Bucket {
    /// One point.
    public init(_ point: Point) {
        let isFinite = point.value.isFinite
        self.init(
            firstStep: point.step, lastStep: point.step, firstElapsed: point.elapsed,
            lastElapsed: point.elapsed, count: 1, nonFinite: isFinite ? 0 : 1,
            min: isFinite ? point.value : .nan, max: isFinite ? point.value : .nan,
            sum: isFinite ? point.value : 0, last: point.value)
    }

    /// Several points; nil when there are none.
    init?(_ points: some Collection<Point>) {
        guard let first = points.first else { return nil }
        self.init(first)
        for point in points.dropFirst() { add(Bucket(point)) }
    }

    /// Takes in the bucket that follows.
    public mutating func add(_ next: Bucket) {
        lastStep = next.lastStep
        lastElapsed = next.lastElapsed
        count += next.count
        nonFinite += next.nonFinite
        // The minimum of IEEE 754 ignores NaN, which here means "no finite value".
        min = Double.minimum(min, next.min)
        max = Double.maximum(max, next.max)
        sum += next.sum
        last = next.last
    }
}

/// The buckets of a chunk's blocks, as bytes, the last four of them the CRC-32 of the others.
///
/// A chart that is narrower than a chunk has points reads 64 buckets here instead of 4096 points there. One level is
/// enough: a chunk's own summary is the next.
enum Pyramid {
    static func encode(_ points: ArraySlice<Point>) -> Data { sealed(encodeUnsealed(points)) }

    /// Adds the checksum to bytes; those of schema 1 have none.
    static func sealed(_ bytes: Data) -> Data {
        bytes + withUnsafeBytes(of: CRC.of(bytes).littleEndian) { Data($0) }
    }

    static func encodeUnsealed(_ points: ArraySlice<Point>) -> Data {
        var writer = ByteWriter()
        var lastStep: Int64 = 0, lastTime: Int64 = 0
        // Places are differences, which are small; values are whole, for a sum has no neighbours that are near.
        for bucket in buckets(of: points) {
            for (step, time) in [
                (bucket.firstStep, bucket.firstElapsed), (bucket.lastStep, bucket.lastElapsed),
            ] {
                writer.signed(Int64(step) &- lastStep)
                writer.signed(SeriesBlock.ticks(time) &- lastTime)
                (lastStep, lastTime) = (Int64(step), SeriesBlock.ticks(time))
            }
            writer.varint(UInt64(bucket.count))
            writer.varint(UInt64(bucket.nonFinite))
            for value in [bucket.min, bucket.max, bucket.sum] { writer.low(8, of: value.bitPattern) }
        }
        return Data(writer.bytes)
    }

    /// The buckets; nil when the bytes are not as they were written.
    static func decode(_ data: Data, count: Int) -> [Bucket]? {
        guard data.count > 4, sealed(Data(data.dropLast(4))) == data else { return nil }
        return data.withUnsafeBytes { bytes in
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes.dropLast(4)))
            var lastStep: Int64 = 0, lastTime: Int64 = 0
            func place() throws -> (Int, Double) {
                lastStep &+= try reader.signed()
                lastTime &+= try reader.signed()
                return (Int(lastStep), Double(lastTime) / SeriesBlock.ticks)
            }
            return try? (0..<(count + SeriesShape.block - 1) / SeriesShape.block).map { _ in
                let first = try place(), last = try place()
                let (count, bad) = (Int(clamping: try reader.varint()), Int(clamping: try reader.varint()))
                let values = try (0..<3).map { _ in Double(bitPattern: try reader.low(8)) }
                return Bucket(
                    firstStep: first.0, lastStep: last.0, firstElapsed: first.1, lastElapsed: last.1,
                    count: count, nonFinite: bad, min: values[0], max: values[1], sum: values[2])
            }
        }
    }

    static func buckets(of points: ArraySlice<Point>) -> [Bucket] {
        stride(from: points.startIndex, to: points.endIndex, by: SeriesShape.block).compactMap {
            Bucket(points[$0..<Swift.min($0 + SeriesShape.block, points.endIndex)])
        }
    }
}
