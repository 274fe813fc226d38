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
        let kind: InputKind
        var unit = ""
        var live = false
        var needs: InputNeed?
        var allows: @Sendable (Value) -> Bool = { _ in true }
    }

    /// A number.
    ///
    /// - Parameters:
    ///   - wrappedValue: the default.
    ///   - help: what it does, in a sentence.
    ///   - range: what is allowed, both ends included.
    ///   - unit: of the number, empty for none.
    ///   - live: whether it may change while a trial runs.
    ///   - needs: what must hold of another input for this one to be read; nil when it always is.
    ///   - symbol: the paper's letter, empty where it has none.
    public init(
        wrappedValue: Value, _ help: String, in range: ClosedRange<Value>, unit: String = "",
        live: Bool = false, needs: InputNeed? = nil, symbol: String = ""
    ) where Value: InputNumber {
        precondition(range.contains(wrappedValue), "default \(wrappedValue) of '\(help)' is outside \(range)")
        self.wrappedValue = wrappedValue
        declaration = Declaration(
            symbol: symbol, help: help, kind: Value.kind(in: range), unit: unit, live: live, needs: needs,
            allows: { range.contains($0) })
    }

    /// A switch or a choice: every value of the type is allowed.
    public init(
        wrappedValue: Value, _ help: String, live: Bool = false, needs: InputNeed? = nil, symbol: String = ""
    ) where Value: InputChoice {
        self.wrappedValue = wrappedValue
        declaration = Declaration(
            symbol: symbol, help: help, kind: .choice(Value.names), live: live, needs: needs)
    }

    /// A file of the user's, or none.
    ///
    /// - Parameters:
    ///   - wrappedValue: the default: no file.
    ///   - help: what is done with it, in a sentence.
    ///   - kinds: the name endings that it takes, without the dot.
    ///   - needs: what must hold of another input for this one to be read; nil when it always is.
    public init(
        wrappedValue: Value, _ help: String, kinds: [String], needs: InputNeed? = nil
    ) where Value == InputFile {
        self.init(wrappedValue, help, .file(endings: kinds), needs)
    }

    /// A folder of the user's, or none.
    public init(
        wrappedValue: Value, _ help: String, folder: Void, needs: InputNeed? = nil
    ) where Value == InputFile {
        self.init(wrappedValue, help, .folder, needs)
    }

    /// The file of the user's choices between things that trials showed side by side (see ``Choice``), or none.
    public init(
        wrappedValue: Value, _ help: String, choices: Void, needs: InputNeed? = nil
    ) where Value == InputFile {
        self.init(wrappedValue, help, .choices, needs)
    }

    private init(
        _ value: Value, _ help: String, _ kind: InputKind, _ needs: InputNeed?
    ) where Value == InputFile {
        wrappedValue = value
        declaration = Declaration(
            symbol: "", help: help, kind: kind, needs: needs,
            allows: { $0.path.isEmpty || kind.takes(path: $0.path) })
    }

    /// A line of text of the user's.
    public init(
        wrappedValue: Value, _ help: String, live: Bool = false, needs: InputNeed? = nil, symbol: String = ""
    ) where Value == InputText {
        self.wrappedValue = wrappedValue
        declaration = Declaration(symbol: symbol, help: help, kind: .text, live: live, needs: needs)
    }

    /// A language model.
    public init(
        wrappedValue: Value, _ help: String, needs: InputNeed? = nil, symbol: String = ""
    ) where Value == InputModel {
        self.wrappedValue = wrappedValue
        declaration = Declaration(symbol: symbol, help: help, kind: .model, needs: needs)
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

/// A type that an input can have. Its `text` is what the user types, and it reads back to an equal value.
public protocol InputValue: Codable, Sendable, Equatable {
    /// The value that the user typed; nil when it is not one.
    init?(text: String)
    /// The value as the user would type it.
    var text: String { get }
}

/// A type of numbers that an input can have.
public protocol InputNumber: InputValue, Comparable {
    /// The kind of an input that takes the numbers of a range.
    static func kind(in range: ClosedRange<Self>) -> InputKind
}

extension Int: InputNumber {
    public static func kind(in range: ClosedRange<Int>) -> InputKind { .wholeNumber(range) }
    public init?(text: String) { self.init(text) }
    public var text: String { "\(self)" }
}

extension Double: InputNumber {
    public static func kind(in range: ClosedRange<Double>) -> InputKind { .number(range) }
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
