import Base
import Foundation

/// What a state holds and never changes: a pretrained base, a language model that was fetched.
///
/// Declared in a state, `@Frozen var base: Transformer`, it is stored once under its digest, and each checkpoint only
/// names that digest: a checkpoint of an adapter is as small as the adapter. The digest is computed when the first
/// checkpoint is made, and not again.
///
/// Whoever changes the model all the same breaks resume; replace the whole property instead.
@propertyWrapper
public struct Frozen<Model: Codable> {
    private let box: FrozenBox<Model>

    /// The model.
    public var wrappedValue: Model { box.model }

    /// A model that does not change from now on.
    public init(wrappedValue: Model) { box = FrozenBox(wrappedValue) }
}

/// The model itself, shared by all copies of the state around it. It stays on the trial's thread.
final class FrozenBox<Model: Codable> {
    let model: Model
    private var part: FrozenPart?

    init(_ model: Model, part: FrozenPart? = nil) {
        self.model = model
        self.part = part
    }

    /// Digest and bytes of the model, computed at the first call.
    func stored(withBytes needsBytes: Bool) throws -> FrozenPart {
        if let part, !needsBytes || part.bytes != nil { return part }
        let bytes = try StateCoding.encode(model)
        if let part {
            part.keep(bytes)
            return part
        }
        let new = FrozenPart(bytes)
        part = new
        return new
    }
}

/// The bytes of something frozen under their digest.
///
/// They are kept in memory until they are stored; whoever has stored them says so by ``release()``.
public final class FrozenPart: Sendable, Equatable {
    /// Digest of the bytes.
    public let digest: Digest
    private let kept: Locked<Data?>

    /// The bytes; nil once they are stored elsewhere.
    public var bytes: Data? { kept.withLock { $0 } }

    /// A part that is not stored yet.
    public init(_ bytes: Data) {
        digest = Digest(of: bytes)
        kept = Locked(bytes)
    }

    /// A part that is stored, or whose bytes are known under a digest.
    public init(digest: Digest, bytes: Data? = nil) {
        self.digest = digest
        kept = Locked(bytes)
    }

    fileprivate func keep(_ bytes: Data) { kept.withLock { $0 = bytes } }

    /// Gives up the bytes, which are durable somewhere else.
    public func release() { kept.withLock { $0 = nil } }

    public static func == (a: FrozenPart, b: FrozenPart) -> Bool { a.digest == b.digest }
}

/// Where a state's frozen parts go while it is encoded, and come from while it is decoded; one a trial.
///
/// A state that is decoded while another one lives that holds the same part gets that very model, so that running a
/// step again or taking a stage's result doubles nothing in memory.
public final class FrozenShelf: Sendable {
    /// Bytes by digest, from a store or a cache.
    ///
    /// Throws what says that they are not there.
    public typealias Source = @Sendable (Digest) throws -> Data

    private struct Weak { weak var box: AnyObject? }
    private struct Contents {
        var boxes: [Digest: Weak] = [:]
        var parts: [FrozenPart] = []
        var needsBytes = false
        var source: Source?
    }

    private let contents = Locked(Contents())

    /// An empty shelf.
    public init() {}

    /// Encodes with `body`.
    ///
    /// - Returns: what `body` returns, and the frozen parts that it met, each once.
    func collecting<Value>(
        withBytes needsBytes: Bool, _ body: () throws -> Value
    ) rethrows -> (Value, [FrozenPart]) {
        contents.withLock { ($0.parts, $0.needsBytes) = ([], needsBytes) }
        let value = try body()
        return (value, contents.withLock { $0.parts })
    }

    /// Decodes with `body`; parts that no living state holds come from `source`.
    func reading<Value>(from source: @escaping Source, _ body: () throws -> Value) rethrows -> Value {
        contents.withLock { $0.source = source }
        defer { contents.withLock { $0.source = nil } }
        return try body()
    }

    fileprivate func put<Model>(_ box: FrozenBox<Model>) throws -> Digest {
        let part = try box.stored(withBytes: contents.withLock { $0.needsBytes })
        contents.withLock { contents in
            contents.boxes[part.digest] = Weak(box: box)
            if !contents.parts.contains(part) { contents.parts.append(part) }
        }
        return part.digest
    }

    fileprivate func box<Model: Codable>(_ digest: Digest, of type: Model.Type) throws -> FrozenBox<Model> {
        let (box, source) = contents.withLock { ($0.boxes[digest]?.box, $0.source) }
        if let box = box as? FrozenBox<Model> { return box }
        guard let bytes = try source?(digest) else { throw FrozenError.missing(digest.hex) }
        // They are kept until the next checkpoint has them stored, which may be in another store.
        let new = FrozenBox(
            try StateCoding.decode(type, from: bytes), part: FrozenPart(digest: digest, bytes: bytes))
        contents.withLock { $0.boxes[digest] = Weak(box: new) }
        return new
    }
}

extension CodingUserInfoKey {
    static let frozenShelf = CodingUserInfoKey(rawValue: "benchtop.frozenShelf")!
    /// Whether an encoder is not to see what is frozen: it looks for what changes.
    public static let skipsFrozen = CodingUserInfoKey(rawValue: "benchtop.skipsFrozen")!
}

/// The digests that stand anywhere in a state's JSON, whatever else its type is.
struct FrozenReferences: Decodable {
    private(set) var digests: [Digest] = []

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Key.self) {
            // A part is an object with this one key.
            if object.allKeys.map(\.stringValue) == ["frozen"],
                let hex = try? object.decode(String.self, forKey: object.allKeys[0])
            {
                digests = Digest(hex: hex).map { [$0] } ?? []
                return
            }
            for key in object.allKeys where try !object.decodeNil(forKey: key) {
                add(try object.decode(FrozenReferences.self, forKey: key))
            }
        } else if var array = try? decoder.unkeyedContainer() {
            while !array.isAtEnd {
                if try !array.decodeNil() { add(try array.decode(FrozenReferences.self)) }
            }
        }
    }

    private mutating func add(_ other: FrozenReferences) {
        for digest in other.digests where !digests.contains(digest) { digests.append(digest) }
    }
}

/// With a shelf a digest is written, `{"frozen":…}`; without one the model itself, `{"model":…}`.
extension Frozen: Codable {
    private enum CodingKeys: String, CodingKey {
        case frozen = "frozen"
        case model = "model"
    }

    public func encode(to encoder: any Encoder) throws {
        if encoder.userInfo[.skipsFrozen] != nil { return }
        var container = encoder.container(keyedBy: CodingKeys.self)
        if let shelf = encoder.userInfo[.frozenShelf] as? FrozenShelf {
            try container.encode(shelf.put(box).hex, forKey: .frozen)
        } else {
            try container.encode(wrappedValue, forKey: .model)
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let hex = try container.decodeIfPresent(String.self, forKey: .frozen) else {
            box = FrozenBox(try container.decode(Model.self, forKey: .model))
            return
        }
        guard let shelf = decoder.userInfo[.frozenShelf] as? FrozenShelf, let digest = Digest(hex: hex) else {
            throw FrozenError.missing(hex)
        }
        box = try shelf.box(digest, of: Model.self)
    }
}

/// Why a state with frozen parts cannot be read.
public enum FrozenError: Error, Equatable, CustomStringConvertible {
    /// Nobody has the bytes with this digest.
    case missing(String)

    public var description: String {
        switch self {
        case .missing(let digest):
            "A state refers to a frozen part with digest \(digest.prefix(8))…, which is not stored here."
        }
    }
}
