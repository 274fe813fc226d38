import Foundation

/// A file of named tensors in the safetensors format, which Python opens with `safetensors.numpy.load_file`.
///
/// Layout: eight bytes with the length of a JSON header (little endian), the header, then the tensors' bytes.
public struct Safetensors: Equatable, Sendable {
    /// One tensor: its element type as the format names it ("F32", "I64" …), its shape and its bytes, row by row.
    public struct Entry: Equatable, Sendable {
        /// The element type: F64, F32, F16, BF16, I64, I32, I16, I8, U8 or BOOL.
        public var type: String
        /// The length of each axis; empty for a scalar.
        public var shape: [Int]
        /// Little-endian elements in row-major order.
        public var bytes: Data

        /// An entry from its parts.
        public init(type: String, shape: [Int], bytes: Data) {
            self.type = type
            self.shape = shape
            self.bytes = bytes
        }

        /// A float32 entry.
        public init(shape: [Int], floats: UnsafeBufferPointer<Float>) {
            self.init(type: "F32", shape: shape, bytes: Data(buffer: floats))
        }

        /// The elements of a float32 entry; nil for any other type.
        public var floats: [Float]? {
            guard type == "F32" else { return nil }
            return [Float](unsafeUninitializedCapacity: bytes.count / 4) { buffer, count in
                count = bytes.copyBytes(to: buffer) / 4
            }
        }
    }

    /// The tensors by name.
    public var tensors: [String: Entry] = [:]
    /// Free texts beside the tensors (the format's `__metadata__`).
    public var metadata: [String: String] = [:]

    /// An empty file.
    public init() {}

    private struct Header: Codable {
        let dtype: String
        let shape: [Int]
        let data_offsets: [Int]
    }

    /// The file's bytes. Equal contents give equal bytes: tensors lie in the order of their names.
    public func encoded() throws -> Data {
        var headers: [String: Header] = [:]
        var offset = 0
        let names = tensors.keys.sorted()
        for name in names {
            guard let entry = tensors[name] else { continue }
            headers[name] = Header(
                dtype: entry.type, shape: entry.shape, data_offsets: [offset, offset + entry.bytes.count])
            offset += entry.bytes.count
        }
        var header = try Self.json(headers, metadata)
        header.append(contentsOf: repeatElement(0x20, count: (8 - header.count % 8) % 8))
        var file = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
        file.reserveCapacity(8 + header.count + offset)
        file.append(header)
        for name in names { file.append(tensors[name]?.bytes ?? Data()) }
        return file
    }

    private static func json(_ headers: [String: Header], _ metadata: [String: String]) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard !metadata.isEmpty else { return try encoder.encode(headers) }
        let tensors = try encoder.encode(headers).dropFirst()
        let texts = try encoder.encode(metadata)
        let separator = headers.isEmpty ? "" : ","
        return Data("{\"__metadata__\":".utf8) + texts + Data(separator.utf8) + tensors
    }

    /// Reads a file's bytes; every length and offset is checked before it is used.
    ///
    /// - Throws: ``SafetensorsError``.
    public init(_ file: Data) throws {
        guard file.count >= 8 else { throw SafetensorsError.truncated(bytes: file.count, needed: 8) }
        let length = file.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(file.count - 8) else {
            throw SafetensorsError.truncated(
                bytes: file.count, needed: Int(clamping: length.addingReportingOverflow(8).partialValue))
        }
        let start = file.startIndex + 8
        let body = file[(start + Int(length))...]
        guard
            let header = try? JSONSerialization.jsonObject(with: file[start..<(start + Int(length))])
                as? [String: Any]
        else { throw SafetensorsError.header }
        for (name, value) in header {
            if name == "__metadata__" {
                metadata = value as? [String: String] ?? [:]
            } else {
                tensors[name] = try Self.entry(name, value, body)
            }
        }
    }

    private static func entry(_ name: String, _ value: Any, _ body: Data) throws -> Entry {
        guard let fields = value as? [String: Any], let type = fields["dtype"] as? String,
            let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int],
            offsets.count == 2, let size = sizes[type], shape.allSatisfy({ $0 >= 0 })
        else { throw SafetensorsError.entry(name) }
        var count = size
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { throw SafetensorsError.entry(name) }
            count = product
        }
        guard offsets[0] >= 0, offsets[1] <= body.count, offsets[0] <= offsets[1],
            offsets[1] - offsets[0] == count
        else { throw SafetensorsError.entry(name) }
        let range = (body.startIndex + offsets[0])..<(body.startIndex + offsets[1])
        return Entry(type: type, shape: shape, bytes: Data(body[range]))
    }

    private static let sizes = [
        "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1,
    ]
}

/// What is wrong with a file that should be safetensors.
public enum SafetensorsError: Error, Equatable, CustomStringConvertible {
    /// The file ends before what its header promises.
    case truncated(bytes: Int, needed: Int)
    /// The header is not a JSON object.
    case header
    /// A tensor's type, shape or place in the file is impossible.
    case entry(String)
    /// A tensor that is needed is not in the file.
    case missing(String)

    public var description: String {
        switch self {
        case .truncated(let bytes, let needed): "The file has \(bytes) bytes, and its header needs \(needed)."
        case .header: "The header is not a JSON object, so this is not a safetensors file."
        case .entry(let name): "The type, shape and offsets of tensor '\(name)' do not fit together."
        case .missing(let name): "There is no float32 tensor '\(name)' in the file."
        }
    }
}
