import Foundation

/// Any value of JSON: what a user's file holds where its schema is the user's own.
public enum JSONValue: Sendable, Equatable {
    case nothing
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    /// The value that a text spells, by the laxer rules of JSON5 (trailing commas, single quotes, bare names); nil when
    /// it is none.
    public init?(json5 text: String) {
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        guard let value = try? decoder.decode(JSONValue.self, from: Data(text.utf8)) else { return nil }
        self = value
    }

    /// The value as a text: texts without quotes, whole numbers without a point, lists and objects as JSON with keys in
    /// the alphabet's order.
    public var plain: String {
        switch self {
        case .nothing: ""
        case .text(let text): text
        case .flag, .number, .list, .object: json
        }
    }

    /// The value as JSON in one line, keys in the alphabet's order.
    public var json: String {
        switch self {
        case .nothing: "null"
        case .flag(let flag): "\(flag)"
        case .number(let number): Self.text(number)
        case .text(let text): Self.quoted(text)
        case .list(let values): "[" + values.map(\.json).joined(separator: ", ") + "]"
        case .object(let fields):
            "{"
                + fields.sorted { $0.key < $1.key }.map { "\(Self.quoted($0)): \($1.json)" }
                .joined(separator: ", ") + "}"
        }
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }

    private static func quoted(_ text: String) -> String {
        // An encoder costs much more than most texts need.
        if text.utf8.allSatisfy({ $0 >= 32 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            return "\"\(text)\""
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // A text can always be encoded.
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}

extension JSONValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .nothing
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let values = try? container.decode([JSONValue].self) {
            self = .list(values)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .nothing: try container.encodeNil()
        case .flag(let flag): try container.encode(flag)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let values): try container.encode(values)
        case .object(let fields): try container.encode(fields)
        }
    }
}
