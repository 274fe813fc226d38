/// Reads little-endian values from a file's bytes, one after another; whatever the bytes say, it stays inside them.
struct ByteCursor {
    private let bytes: UnsafeRawBufferPointer
    /// Where the next value begins.
    private(set) var offset = 0
    /// How many more things may be announced: far more than any tokeniser has, and few enough to hold.
    private var announced = 1 << 23

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Bytes that are left.
    var left: Int { bytes.count - offset }

    /// - Throws: ``GGUFError/truncated``.
    mutating func read<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        guard left >= MemoryLayout<Value>.size else { throw GGUFError.truncated }
        defer { offset += MemoryLayout<Value>.size }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// How many things follow that take at least `size` bytes each, so that a damaged count cannot ask for more memory than
    /// the file has bytes.
    ///
    /// - Throws: ``GGUFError/truncated``, ``GGUFError/crowded``.
    mutating func count(of size: Int) throws -> Int {
        let count = try length(of: size)
        guard count <= announced else { throw GGUFError.crowded }
        announced -= count
        return count
    }

    /// A length and as many bytes of UTF-8; what is none is replaced.
    ///
    /// - Throws: ``GGUFError/truncated``.
    mutating func text() throws -> String {
        let length = try length(of: 1)
        defer { offset += length }
        return String(decoding: bytes[offset..<offset + length], as: UTF8.self)
    }

    private mutating func length(of size: Int) throws -> Int {
        let length = try read(UInt64.self)
        guard length <= UInt64(left / size) else { throw GGUFError.truncated }
        return Int(length)
    }
}
