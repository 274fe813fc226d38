import Base
import Foundation

/// An event of a kind, or with contents, that only a newer version of the program knows.
public struct UnknownEvent: Sendable, Equatable {
    /// The kind's name in that version.
    public let kind: String
    /// The stored event, byte for byte.
    public let json: Data

    /// What is shown in its place.
    public var notice: String { "'\(kind)' is of a newer version of Benchtop; it is kept as it is stored" }
}

/// The stored form of events. It is a format of its own and does not follow the names of Swift's cases:
///
/// `{"kind":"stage","name":…,"total":…,"unit":…}`, `{"kind":"log","level":…,"text":…}`,
/// `{"kind":"artifact","name":…,"type":…,"content":{…},"asks":…}`,
/// `{"kind":"edit","step":…,"input":…,"text":…,"before":…,"by":…}`,
/// `{"kind":"exchange","input":…,"request":{…},"answers":[…]}`.
///
/// What is stored once is read for ever: no key is renamed, and one that is added later is optional.
extension TrialEvent: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind = "kind"
        case name = "name"
        case unit = "unit"
        case total = "total"
        case level = "level"
        case text = "text"
        case asks = "asks"
        case stored = "stored"
    }

    /// The names under which this version stores kinds, for the test that holds their bytes.
    package static let storedKinds = ["stage", "log", "artifact", "edit", "exchange"]

    /// The kind's name, as stored events have it.
    package var kind: String {
        switch self {
        case .stage: "stage"
        case .log: "log"
        case .artifact: "artifact"
        case .edit: "edit"
        case .exchange: "exchange"
        case .unknown(let event): event.kind
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        switch self {
        case .stage(let name, let unit, let total):
            try container.encode(name, forKey: .name)
            try container.encode(unit, forKey: .unit)
            try container.encode(total, forKey: .total)
        case .log(let level, let text):
            try container.encode(level, forKey: .level)
            try container.encode(text, forKey: .text)
        case .artifact(let name, let artifact, let pair):
            try container.encode(name, forKey: .name)
            try container.encodeIfPresent(pair, forKey: .asks)
            try artifact.encode(to: encoder)
        case .edit(let edit): try edit.encode(to: encoder)
        case .exchange(let exchange): try exchange.encode(to: encoder)
        case .unknown(let event): try container.encode(event.json, forKey: .stored)
        }
    }

    /// - Throws: `DecodingError` for a kind that this version does not know: only who has the whole bytes can keep
    ///   them, see ``init(stored:blobs:)``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let kind = try container.decode(String.self, forKey: .kind)
        switch kind {
        case "stage":
            self = .stage(
                name: try container.decode(String.self, forKey: .name),
                unit: try container.decode(String.self, forKey: .unit),
                total: try container.decode(Int.self, forKey: .total))
        case "log":
            self = .log(
                try container.decode(LogLevel.self, forKey: .level),
                try container.decode(String.self, forKey: .text))
        case "artifact":
            self = .artifact(
                name: try container.decode(String.self, forKey: .name), try Artifact(from: decoder),
                asks: try container.decodeIfPresent(String.self, forKey: .asks))
        case "edit": self = .edit(try Edit(from: decoder))
        case "exchange": self = .exchange(try Exchange(from: decoder))
        default:
            self = .unknown(UnknownEvent(kind: kind, json: try container.decode(Data.self, forKey: .stored)))
        }
    }
}

// MARK: As bytes

extension TrialEvent {
    /// The event as JSON, and the bytes that it refers to by their digests. Equal events give equal bytes.
    ///
    /// - Returns: JSON and bytes; of what a newer version stored, that version's JSON, and no bytes: whoever keeps
    ///   them has them.
    package func stored() throws -> (json: Data, blobs: [Digest: Data]) {
        switch self {
        case .unknown(let event): return (event.json, [:])
        case .artifact(_, .unknown(let artifact), _): return (artifact.json, [:])
        default:
            let aside = BytesAside(), encoder = JSONEncoder.exact
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.userInfo[.bytesAside] = aside
            return (try encoder.encode(self), aside.blobs)
        }
    }

    /// The event that ``stored()`` made these bytes from.
    ///
    /// The caller has checked that the bytes are as they were written. What this version cannot read in them is
    /// therefore of a newer one, and comes back as ``unknown(_:)`` or `Artifact.unknown(_:)`, never as an error.
    ///
    /// - Parameters:
    ///   - json: the stored JSON.
    ///   - blobs: the bytes that it refers to.
    /// - Throws: ``BytesMissing`` when some of those are not given.
    package init(stored json: Data, blobs: [Digest: Data]) throws {
        let decoder = JSONDecoder.exact
        decoder.userInfo[.bytesAside] = BytesAside(blobs)
        do {
            self = try decoder.decode(TrialEvent.self, from: json)
        } catch let error as BytesMissing {
            throw error
        } catch {
            self = Self.newer(json)
        }
    }

    /// As much of a newer version's event as can be said of it.
    private static func newer(_ json: Data) -> TrialEvent {
        struct Head: Decodable { let kind, name, type: String? }
        let head = try? JSONDecoder().decode(Head.self, from: json)
        if head?.kind == "artifact", let name = head?.name, let type = head?.type {
            return .artifact(name: name, .unknown(UnknownArtifact(type: type, json: json)))
        }
        return .unknown(UnknownEvent(kind: head?.kind ?? "event", json: json))
    }
}
