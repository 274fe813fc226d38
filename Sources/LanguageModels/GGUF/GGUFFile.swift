import Base
import Datasets
import Foundation

/// A GGUF file, whose weights stay on the disk until they are read: the file is mapped into memory.
///
/// Layout (version 3 of the format; 2 differs in nothing that is read here): 'GGUF', the version, the number of tensors
/// and of metadata, the metadata, each tensor's name, shape, format and place, and, aligned, the weights.
public final class GGUFFile: Sendable {
    /// A tensor as it lies in the file.
    struct Entry: Sendable {
        /// Lengths of the axes, that of neighbouring weights first.
        let shape: [Int]
        let format: WeightFormat
        /// Bytes from the beginning of the file.
        let place: Range<Int>

        var count: Int { shape.reduce(1, *) }
    }

    /// The file.
    public let path: String
    let metadata: [String: GGUFValue]
    let tensors: [String: Entry]
    private let map: MappedFile

    /// Opens a file and reads all of it but the weights.
    ///
    /// - Throws: `FileError`.
    public init(_ path: String) throws {
        self.path = path
        map = try MappedFile(path, kind: "a GGUF file")
        do {
            (metadata, tensors) = try Self.contents(map.bytes)
        } catch let error as GGUFError {
            let (what, allowed) = error.sentence
            throw FileError(path, line: nil, what, allowed: allowed)
        }
    }

    /// Bytes of the whole file.
    public var size: Int { map.bytes.count }

    /// The weights of a tensor, for as long as the file is there.
    func bytes(of entry: Entry) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: map.bytes[entry.place])
    }

    // MARK: Reading

    private static func contents(_ bytes: UnsafeRawBufferPointer) throws -> (
        [String: GGUFValue], [String: Entry]
    ) {
        var cursor = ByteCursor(bytes)
        // 'GGUF', read as a little-endian number.
        guard bytes.count >= 4, try cursor.read(UInt32.self) == 0x4655_4747 else { throw GGUFError.noGGUF }
        let version = try cursor.read(UInt32.self)
        guard version == 2 || version == 3 else { throw GGUFError.version(version) }
        // A tensor takes at least a name's length, its axes, format and offset; a value its key's length and type.
        let tensors = try cursor.count(of: 24), values = try cursor.count(of: 12)
        var metadata: [String: GGUFValue] = [:]
        for _ in 0..<values {
            let name = try cursor.text()
            let value = try value(&cursor, type: cursor.read(UInt32.self), depth: 0)
            guard metadata.updateValue(value, forKey: name) == nil else { throw GGUFError.sameName(name) }
        }
        let headers = try (0..<tensors).map { _ in try header(&cursor) }
        let alignment = metadata["general.alignment"]?.integer ?? 32
        guard (1...4_096).contains(alignment), alignment.nonzeroBitCount == 1 else {
            throw GGUFError.alignment(alignment)
        }
        let start = (cursor.offset + alignment - 1) / alignment * alignment
        return (metadata, try entries(headers, from: start, alignment, in: bytes.count))
    }

    private static func value(_ cursor: inout ByteCursor, type: UInt32, depth: Int) throws -> GGUFValue {
        switch type {
        case 0: return .integer(Int(try cursor.read(UInt8.self)))
        case 1: return .integer(Int(try cursor.read(Int8.self)))
        case 2: return .integer(Int(try cursor.read(UInt16.self)))
        case 3: return .integer(Int(try cursor.read(Int16.self)))
        case 4: return .integer(Int(try cursor.read(UInt32.self)))
        case 5: return .integer(Int(try cursor.read(Int32.self)))
        case 6: return .number(Double(Float(bitPattern: try cursor.read(UInt32.self))))
        case 7: return .truth(try cursor.read(UInt8.self) != 0)
        case 8: return .text(try cursor.text())
        case 9:
            guard depth < 2 else { throw GGUFError.nesting }
            let inner = try cursor.read(UInt32.self), count = try cursor.count(of: 1)
            return .list(
                try (0..<count).map { _ in try value(&cursor, type: inner, depth: depth + 1) })
        case 10: return .integer(Int(clamping: try cursor.read(UInt64.self)))
        case 11: return .integer(Int(try cursor.read(Int64.self)))
        case 12: return .number(Double(bitPattern: try cursor.read(UInt64.self)))
        default: throw GGUFError.valueType(type)
        }
    }

    private struct Header {
        let name: String
        let shape: [Int]
        let format: UInt32
        let offset: UInt64
    }

    private static func header(_ cursor: inout ByteCursor) throws -> Header {
        let name = try cursor.text()
        let axes = try cursor.read(UInt32.self)
        guard (1...4).contains(axes) else { throw GGUFError.shape(name) }
        let shape = try (0..<axes).map { _ in Int(clamping: try cursor.read(UInt64.self)) }
        return Header(
            name: name, shape: shape, format: try cursor.read(UInt32.self),
            offset: try cursor.read(UInt64.self))
    }

    private static func entries(
        _ headers: [Header], from start: Int, _ alignment: Int, in size: Int
    ) throws -> [String: Entry] {
        var entries: [String: Entry] = [:]
        for header in headers {
            guard let format = WeightFormat(rawValue: header.format) else {
                throw GGUFError.format(header.name, header.format)
            }
            // No model has a trillion weights, and no product of such lengths overflows.
            let count = header.shape.reduce(1) {
                $0 > 1 << 40 || $1 < 1 ? Int.max >> 1 : $0 &* min($1, 1 << 20)
            }
            guard count <= 1 << 40, header.shape.allSatisfy({ (1...1 << 20).contains($0) }),
                header.shape[0] % format.block.weights == 0
            else { throw GGUFError.shape(header.name) }
            let bytes = count / format.block.weights * format.block.bytes
            guard header.offset <= UInt64(size), header.offset % UInt64(alignment) == 0,
                start + Int(header.offset) + bytes <= size
            else { throw GGUFError.place(header.name) }
            let first = start + Int(header.offset)
            let entry = Entry(shape: header.shape, format: format, place: first..<first + bytes)
            guard entries.updateValue(entry, forKey: header.name) == nil else {
                throw GGUFError.sameName(header.name)
            }
        }
        return entries
    }
}
