import Base
import Foundation

/// Where a tensor puts its numbers while the state around it is encoded.
public protocol ArraySink: AnyObject, Sendable {
    /// Stores the numbers of one tensor, and returns the reference under which a source finds them again.
    func put(_ name: String, shape: [Int], floats: UnsafeBufferPointer<Float>) -> String
}

/// Where a tensor finds its numbers while the state around it is decoded.
public protocol ArraySource: AnyObject, Sendable {
    /// The numbers that were put under `reference`.
    ///
    /// - Throws: ``SafetensorsError/missing(_:)``.
    func floats(_ reference: String) throws -> (shape: [Int], values: [Float])
}

extension CodingUserInfoKey {
    /// The ``ArraySink`` of an encoder; there is none outside ``StateCoding``.
    public static let arraySink = CodingUserInfoKey(rawValue: "benchtop.arraySink")!
    /// The ``ArraySource`` of a decoder.
    public static let arraySource = CodingUserInfoKey(rawValue: "benchtop.arraySource")!
}

/// A state as bytes, and the frozen parts that they refer to.
public struct EncodedState: Sendable {
    /// Safetensors.
    public let bytes: Data
    /// What the state holds but never changes, each part once.
    public let frozen: [FrozenPart]

    /// A state from its parts.
    public init(bytes: Data, frozen: [FrozenPart] = []) {
        self.bytes = bytes
        self.frozen = frozen
    }
}

/// Turns any `Codable` state into the bytes of one safetensors file and back, bit for bit.
///
/// Tensors become named entries ("policy.hidden.weight"), everything else a JSON text in the file's metadata,
/// so a checkpoint is an ordinary file that Python opens. Equal states give equal bytes.
public enum StateCoding {
    static let metadataKey = "state"

    /// The bytes of `state`, with everything that it holds.
    public static func encode(_ state: some Encodable) throws -> Data { try encode(state, nil) }

    /// The bytes of `state`, and beside them the ``Frozen`` parts that it only refers to.
    ///
    /// - Parameters:
    ///   - state: the state.
    ///   - shelf: the trial's own.
    ///   - needsBytes: whether the parts must have their bytes, also those that were stored and released; they are
    ///     encoded again then.
    /// - Returns: the bytes and the parts.
    /// - Throws: what encoding the state throws.
    public static func encode(
        _ state: some Encodable, on shelf: FrozenShelf, withBytes needsBytes: Bool = false
    ) throws -> EncodedState {
        let (bytes, parts) = try shelf.collecting(withBytes: needsBytes) { try encode(state, shelf) }
        return EncodedState(bytes: bytes, frozen: parts)
    }

    private static func encode(_ state: some Encodable, _ shelf: FrozenShelf?) throws -> Data {
        let sink = Sink()
        let encoder = JSONEncoder.exact
        encoder.outputFormatting = [.sortedKeys]
        encoder.userInfo[.arraySink] = sink
        encoder.userInfo[.frozenShelf] = shelf
        // In an array, so that a state which is a bare number or text is valid JSON everywhere.
        let json = try encoder.encode([state])
        sink.file.metadata[metadataKey] = String(decoding: json, as: UTF8.self)
        return try sink.file.encoded()
    }

    /// The digests of the ``Frozen`` parts that a state's bytes only refer to, each once.
    ///
    /// - Throws: ``SafetensorsError``, or `DecodingError` when the bytes are of no state.
    public static func frozenParts(in bytes: Data) throws -> [Digest] {
        guard let json = try Safetensors(bytes).metadata[metadataKey] else {
            throw SafetensorsError.missing(metadataKey)
        }
        return try JSONDecoder.exact.decode(FrozenReferences.self, from: Data(json.utf8)).digests
    }

    /// The state that ``encode(_:)`` made these bytes from.
    ///
    /// - Parameters:
    ///   - type: its type.
    ///   - bytes: its bytes.
    ///   - userInfo: what its parts may ask the decoder for.
    /// - Returns: the state.
    /// - Throws: ``SafetensorsError``, or `DecodingError` when the bytes are of another kind of state.
    public static func decode<State: Decodable>(
        _ type: State.Type, from bytes: Data, userInfo: [CodingUserInfoKey: any Sendable] = [:]
    ) throws -> State {
        try decode(type, from: bytes, nil, userInfo)
    }

    /// The state that was encoded on a shelf.
    ///
    /// - Parameters:
    ///   - type: its type.
    ///   - bytes: its bytes.
    ///   - shelf: the trial's own.
    ///   - source: gives the bytes of frozen parts that no living state holds.
    /// - Returns: the state.
    /// - Throws: ``SafetensorsError``, ``FrozenError``, what `source` throws, or `DecodingError` when the bytes are of
    ///   another kind of state.
    public static func decode<State: Decodable>(
        _ type: State.Type, from bytes: Data, on shelf: FrozenShelf,
        frozen source: @escaping FrozenShelf.Source
    ) throws -> State {
        try shelf.reading(from: source) { try decode(type, from: bytes, shelf) }
    }

    private static func decode<State: Decodable>(
        _ type: State.Type, from bytes: Data, _ shelf: FrozenShelf?,
        _ userInfo: [CodingUserInfoKey: any Sendable] = [:]
    ) throws -> State {
        let file = try Safetensors(bytes)
        guard let json = file.metadata[metadataKey] else { throw SafetensorsError.missing(metadataKey) }
        let decoder = JSONDecoder.exact
        decoder.userInfo = userInfo
        decoder.userInfo[.arraySource] = Source(file)
        decoder.userInfo[.frozenShelf] = shelf
        let states = try decoder.decode([State].self, from: Data(json.utf8))
        guard let state = states.first else { throw SafetensorsError.missing(metadataKey) }
        return state
    }

    /// @unchecked Sendable because one encoder on one thread uses it, inside `encode`.
    private final class Sink: ArraySink, @unchecked Sendable {
        var file = Safetensors()

        func put(_ name: String, shape: [Int], floats: UnsafeBufferPointer<Float>) -> String {
            let path = name.hasPrefix("Index 0.") ? String(name.dropFirst("Index 0.".count)) : name
            var reference = path.isEmpty ? "tensor" : path
            while file.tensors[reference] != nil { reference += "'" }
            file.tensors[reference] = Safetensors.Entry(shape: shape, floats: floats)
            return reference
        }
    }

    private final class Source: ArraySource {
        let file: Safetensors
        init(_ file: Safetensors) { self.file = file }

        func floats(_ reference: String) throws -> (shape: [Int], values: [Float]) {
            guard let entry = file.tensors[reference], let values = entry.floats else {
                throw SafetensorsError.missing(reference)
            }
            return (entry.shape, values)
        }
    }
}
