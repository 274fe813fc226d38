import Foundation

/// The inputs of a method: a struct in which every property is an ``Input`` with a default.
public protocol MethodInputs: Codable, Sendable {
    /// The defaults.
    init()
}

/// One input: its value, and the one declaration from which come the inputs pane, `--help`, the checks, the
/// stored session, presets and sweeps. Its name is the property's.
///
/// Inputs that were decoded carry only values; ask ``MethodInputs/specs`` for the declarations.
@propertyWrapper
public struct Input<Value: InputValue>: Sendable, Codable {
    /// The value that the trial uses.
    public var wrappedValue: Value
    let declaration: Declaration?

    struct Declaration: Sendable {
        let symbol: String
        let help: String
        let unit: String
        let live: Bool
        let limit: Limit<Value>
    }

    /// A number.
    ///
    /// - Parameters:
    ///   - wrappedValue: the default.
    ///   - symbol: the paper's letter, or an empty text.
    ///   - help: what it does, in a sentence.
    ///   - range: what is allowed, both ends included.
    ///   - unit: of the number, empty for none.
    ///   - live: whether it may change while a trial runs.
    public init(
        wrappedValue: Value, _ symbol: String, _ help: String, in range: ClosedRange<Value>,
        unit: String = "",
        live: Bool = false
    ) where Value: Comparable {
        precondition(range.contains(wrappedValue), "default \(wrappedValue) of '\(help)' is outside \(range)")
        let text = "\(range.lowerBound.text)…\(range.upperBound.text)"
        self.init(wrappedValue, symbol, help, unit, live, Limit(range: text) { range.contains($0) })
    }

    /// A switch or a choice: every value of the type is allowed.
    public init(wrappedValue: Value, _ symbol: String, _ help: String, live: Bool = false)
    where Value: InputChoice {
        self.init(
            wrappedValue, symbol, help, "", live,
            Limit(range: Value.names.joined(separator: ", ")) { _ in true })
    }

    /// A file of the user's, or none; `kinds` are the name endings that it takes, without the dot.
    public init(wrappedValue: Value, _ symbol: String, _ help: String, kinds: [String])
    where Value == InputFile {
        let text = "a file that ends in " + kinds.map { ".\($0)" }.joined(separator: ", ")
        self.init(
            wrappedValue, symbol, help, "", false,
            Limit(range: text) { file in
                file.path.isEmpty || kinds.contains { file.path.lowercased().hasSuffix(".\($0)") }
            })
    }

    /// A folder of the user's, or none.
    public init(wrappedValue: Value, _ symbol: String, _ help: String, folder: Void)
    where Value == InputFile {
        self.init(
            wrappedValue, symbol, help, "", false,
            Limit(range: InputSpec.folder) { file in
                var isFolder: ObjCBool = false
                return file.path.isEmpty
                    || FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
                        && isFolder.boolValue
            })
    }

    private init(
        _ value: Value, _ symbol: String, _ help: String, _ unit: String, _ live: Bool, _ limit: Limit<Value>
    ) {
        wrappedValue = value
        declaration = Declaration(symbol: symbol, help: help, unit: unit, live: live, limit: limit)
    }

    public init(from decoder: any Decoder) throws {
        wrappedValue = try decoder.singleValueContainer().decode(Value.self)
        declaration = nil
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

/// What is allowed: a text for people, and the check.
struct Limit<Value: Sendable>: Sendable {
    let range: String
    let allows: @Sendable (Value) -> Bool
}

/// A type that an input can have. Its `text` is what the user types, and it reads back to an equal value.
public protocol InputValue: Codable, Sendable, Equatable {
    /// What a value of this type is, for a sentence: "a whole number".
    static var kind: InputKind { get }
    /// The value that the user typed; nil when it is not one.
    init?(text: String)
    /// The value as the user would type it.
    var text: String { get }
}

/// The kinds of input; a form draws each in its own way.
public enum InputKind: String, Sendable, Codable {
    case wholeNumber = "a whole number"
    case number = "a number"
    case choice = "one of a list"
    case file = "a path"
}

extension Int: InputValue {
    public static var kind: InputKind { .wholeNumber }
    public init?(text: String) { self.init(text) }
    public var text: String { "\(self)" }
}

extension Double: InputValue {
    public static var kind: InputKind { .number }
    public init?(text: String) {
        guard let value = Double(text), value.isFinite else { return nil }
        self = value
    }
    public var text: String { self == rounded() && magnitude < 1e15 ? "\(Int(self))" : "\(self)" }
}

/// A type whose values can be listed: a switch, or an enum of texts.
public protocol InputChoice: InputValue {
    /// What the user can type.
    static var names: [String] { get }
}

extension InputChoice {
    public static var kind: InputKind { .choice }
}

extension InputChoice where Self: RawRepresentable<String> & CaseIterable {
    public static var names: [String] { allCases.map(\.rawValue) }
    public init?(text: String) { self.init(rawValue: text) }
    public var text: String { rawValue }
}

extension Bool: InputChoice {
    public static var names: [String] { ["on", "off"] }
    public init?(text: String) {
        switch text.lowercased() {
        case "on", "true", "yes", "1": self = true
        case "off", "false", "no", "0": self = false
        default: return nil
        }
    }
    public var text: String { self ? "on" : "off" }
}

/// The path of a user's file or folder; an empty path means none.
public struct InputFile: InputValue {
    /// Where it is; empty for none.
    public var path: String

    /// The file or folder at `path`.
    public init(_ path: String = "") { self.path = path }

    public static var kind: InputKind { .file }
    public init?(text: String) { self.init(text) }
    public var text: String { path }

    public init(from decoder: any Decoder) throws {
        path = try decoder.singleValueContainer().decode(String.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(path)
    }
}
