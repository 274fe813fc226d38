import Foundation
import MethodKit

/// Consecutive points of one series as bytes.
///
/// Steps are coded as runs of equal second differences, seconds (in whole tenths of a millisecond) as second differences,
/// values as the exclusive or of neighbours without its leading zero bytes; values that all fit a `Float` exactly take
/// four bytes at most. The last four bytes are the CRC-32 of the others.
enum SeriesBlock {
    /// A block's bytes do not make sense.
    struct Damaged: Error {}

    private static let version: UInt8 = 1

    static func encode(_ points: ArraySlice<Point>) -> Data {
        var writer = ByteWriter()
        writer.byte(version)
        writer.varint(UInt64(points.count))
        encodeSteps(points, &writer)
        encodeElapsed(points, &writer)
        encodeValues(points, &writer)
        var data = Data(writer.bytes)
        withUnsafeBytes(of: CRC.of(data).littleEndian) { data.append(contentsOf: $0) }
        return data
    }

    /// - Throws: ``Damaged``.
    static func decode(_ data: Data, metric: Int) throws -> [Point] {
        guard data.count > 4 else { throw Damaged() }
        return try data.withUnsafeBytes { bytes in
            let body = UnsafeRawBufferPointer(rebasing: bytes.dropLast(4))
            let crc = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: body.count, as: UInt32.self))
            guard CRC.of(body) == crc else { throw Damaged() }
            var reader = ByteReader(body)
            guard try reader.byte() == version else { throw Damaged() }
            let count = Int(clamping: try reader.varint())
            // Runs can be long, so memory is bounded by what a block may hold, not by its bytes.
            guard count <= SeriesShape.chunk else { throw Damaged() }
            let steps = try decodeSteps(count, &reader)
            let elapsed = try decodeElapsed(count, &reader)
            let values = try decodeValues(count, &reader)
            return (0..<count).map {
                Point(
                    metric: metric, step: Int(steps[$0]), elapsed: Double(elapsed[$0]) / ticks,
                    value: Double(bitPattern: values[$0]))
            }
        }
    }

    // MARK: Steps

    // A metric that is reported at every step, or every k-th, has second differences of zero after its first two points:
    // a whole chunk of steps is then two runs, a handful of bytes.

    private static func encodeSteps(_ points: ArraySlice<Point>, _ writer: inout ByteWriter) {
        var last: Int64 = 0, delta: Int64 = 0
        var runs: [(value: Int64, count: UInt64)] = []
        for point in points {
            let step = Int64(point.step)
            // With overflow, for a damaged or hostile step must come back as it was, whatever it is.
            let difference = (step &- last) &- delta
            delta = step &- last
            last = step
            if runs.last?.value == difference {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((difference, 1))
            }
        }
        for run in runs {
            writer.signed(run.value)
            writer.varint(run.count)
        }
    }

    private static func decodeSteps(_ count: Int, _ reader: inout ByteReader) throws -> [Int64] {
        var steps: [Int64] = []
        steps.reserveCapacity(count)
        var last: Int64 = 0, delta: Int64 = 0
        while steps.count < count {
            let difference = try reader.signed()
            let run = try reader.varint()
            guard run > 0, run <= UInt64(count - steps.count) else { throw Damaged() }
            for _ in 0..<run {
                delta &+= difference
                last &+= delta
                steps.append(last)
            }
        }
        return steps
    }

    // MARK: Seconds

    /// Ticks in a second.
    static let ticks = 1e4

    /// Whole ticks; what is not a time becomes 0.
    static func ticks(_ seconds: Double) -> Int64 {
        guard seconds.magnitude < 9e12 else { return 0 }
        return Int64((seconds * ticks).rounded())
    }

    // Steps take about equally long, so second differences are small and take one or two bytes.

    private static func encodeElapsed(_ points: ArraySlice<Point>, _ writer: inout ByteWriter) {
        var last: Int64 = 0, delta: Int64 = 0
        for point in points {
            let time = ticks(point.elapsed)
            writer.signed((time &- last) &- delta)
            delta = time &- last
            last = time
        }
    }

    private static func decodeElapsed(_ count: Int, _ reader: inout ByteReader) throws -> [Int64] {
        var last: Int64 = 0, delta: Int64 = 0
        return try (0..<count).map { _ in
            delta &+= try reader.signed()
            last &+= delta
            return last
        }
    }

    // MARK: Values

    private static func encodeValues(_ points: ArraySlice<Point>, _ writer: inout ByteWriter) {
        // Most engines compute in Float: then a change has at most four bytes, and no bit is lost. Compared by bits, for
        // the sign of a zero and the payload of a NaN are part of what is proved.
        let areFloats = points.allSatisfy { Double(Float($0.value)).bitPattern == $0.value.bitPattern }
        writer.byte(areFloats ? 4 : 8)
        var last: UInt64 = 0, sizes = [UInt8](), tail = ByteWriter()
        sizes.reserveCapacity(points.count)
        for point in points {
            let bits = areFloats ? UInt64(Float(point.value).bitPattern) : point.value.bitPattern
            let change = bits ^ last
            last = bits
            let size = (64 - change.leadingZeroBitCount + 7) / 8
            sizes.append(UInt8(size))
            tail.low(size, of: change)
        }
        // Two sizes share a byte; all sizes come first, so that a reader knows where each change begins.
        for pair in stride(from: 0, to: sizes.count, by: 2) {
            writer.byte(sizes[pair] | (pair + 1 < sizes.count ? sizes[pair + 1] << 4 : 0))
        }
        writer.append(tail.bytes)
    }

    private static func decodeValues(_ count: Int, _ reader: inout ByteReader) throws -> [UInt64] {
        let width = try reader.byte()
        guard width == 4 || width == 8 else { throw Damaged() }
        let sizes = try reader.slice((count + 1) / 2)
        var last: UInt64 = 0
        return try (0..<count).map { index in
            let size = Int(sizes[index / 2] >> (index % 2 == 0 ? 0 : 4) & 0xf)
            guard size <= width else { throw Damaged() }
            last ^= try reader.low(size)
            return width == 8 ? last : Double(Float(bitPattern: UInt32(truncatingIfNeeded: last))).bitPattern
        }
    }
}
