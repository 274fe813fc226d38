import CZlib
import Foundation

/// Numbers as bytes: little-endian words and variable-length integers.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// Seven bits a byte, lowest first.
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Small numbers of either sign take few bytes.
    mutating func signed(_ value: Int64) { varint(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

    /// The lowest `count` bytes of a word.
    mutating func low(_ count: Int, of word: UInt64) {
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0.prefix(count)) }
    }

    mutating func append(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }
}

/// Reads what ``ByteWriter`` wrote; running out of bytes is an error, never a crash.
struct ByteReader {
    struct Truncated: Error {}

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func byte() throws -> UInt8 {
        guard position < bytes.count else { throw Truncated() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func varint() throws -> UInt64 {
        var value: UInt64 = 0, shift: UInt64 = 0
        while shift < 64 {
            let next = try byte()
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { return value }
            shift += 7
        }
        throw Truncated()
    }

    mutating func signed() throws -> Int64 {
        let raw = try varint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    mutating func low(_ count: Int) throws -> UInt64 {
        guard position + count <= bytes.count else { throw Truncated() }
        var word: UInt64 = 0
        for index in 0..<count { word |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += count
        return word
    }

    mutating func slice(_ count: Int) throws -> UnsafeRawBufferPointer {
        guard count >= 0, position + count <= bytes.count else { throw Truncated() }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }
}

/// CRC-32, as zlib computes it.
enum CRC {
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(
            truncatingIfNeeded: crc32(0, bytes.bindMemory(to: UInt8.self).baseAddress, UInt32(bytes.count)))
    }

    static func of(_ data: Data) -> UInt32 { data.withUnsafeBytes { of($0) } }
}

/// A blob with its checksum, compressed where that pays: one flag byte, the payload, CRC-32 of the plain bytes.
///
/// The checksum is of the plain bytes, so that it also finds what a faulty decompression would make of sound ones.
enum Sealed {
    struct Damaged: Error {}

    private static let worthCompressing = 128
    /// Of something this large a piece from the middle is tried first: weights are noise, and zlib would spend a second
    /// on 50 MB of them to save nothing.
    private static let worthTrying = 1 << 20, sample = 1 << 16

    static func seal(_ plain: Data) -> Data {
        let packed = seemsCompressible(plain) ? compressed(plain) : nil
        var sealed = Data([packed == nil ? 0 : 1])
        withUnsafeBytes(of: UInt64(plain.count).littleEndian) { sealed.append(contentsOf: $0) }
        sealed += packed ?? plain
        withUnsafeBytes(of: CRC.of(plain).littleEndian) { sealed.append(contentsOf: $0) }
        return sealed
    }

    /// - Throws: ``Damaged``.
    static func open(_ sealed: Data) throws -> Data {
        guard sealed.count >= 13, let flag = sealed.first, flag <= 1 else { throw Damaged() }
        let count = sealed.dropFirst().prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let body = sealed.dropFirst(9).dropLast(4)
        let crc = sealed.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard let plain = flag == 0 ? Data(body) : expanded(Data(body), to: count), plain.count == count,
            CRC.of(plain) == crc
        else { throw Damaged() }
        return plain
    }

    private static func seemsCompressible(_ plain: Data) -> Bool {
        guard plain.count > worthTrying else { return plain.count > worthCompressing }
        let middle = plain.startIndex + plain.count / 2
        return compressed(Data(plain[middle..<middle + sample])) != nil
    }

    private static func compressed(_ plain: Data) -> Data? {
        var packed = [UInt8](repeating: 0, count: plain.count)
        var length = uLongf(packed.count)
        // Level 1: states are mostly noise, and texts shrink well enough.
        let status = plain.withUnsafeBytes { bytes in
            compress2(&packed, &length, bytes.bindMemory(to: UInt8.self).baseAddress, uLong(bytes.count), 1)
        }
        return status == Z_OK && length < uLongf(plain.count) * 9 / 10
            ? Data(packed.prefix(Int(length))) : nil
    }

    private static func expanded(_ packed: Data, to count: UInt64) -> Data? {
        // zlib never shrinks below a thousandth, so a larger count is damage, and memory stays bounded.
        guard count <= UInt64(packed.count) * 1100 + 64 else { return nil }
        var plain = [UInt8](repeating: 0, count: Int(count))
        var length = uLongf(count)
        let status = packed.withUnsafeBytes { bytes in
            uncompress(&plain, &length, bytes.bindMemory(to: UInt8.self).baseAddress, uLong(bytes.count))
        }
        return status == Z_OK && length == uLongf(count) ? Data(plain) : nil
    }
}
