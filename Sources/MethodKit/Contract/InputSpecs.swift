import Foundation

/// What a form, a help text or a check needs to know of one input.
public struct InputSpec: Sendable {
    /// What the user types; the property's name.
    public let name: String
    /// The paper's letter, or an empty text.
    public let symbol: String
    /// What it does, in a sentence.
    public let help: String
    /// Of the number, empty for none.
    public let unit: String
    /// What it takes, with what is allowed.
    public let kind: InputKind
    /// The default, as a user would type it.
    public let initial: String
    /// Whether it may change while a trial runs.
    public let live: Bool
    /// What must hold of another input for this one to be read; nil when it always is.
    public let need: InputNeed?

    /// What is allowed, for people: "1…16", "on, off".
    public var range: String { kind.range }

    /// When it is read, for people; empty when it always is.
    public var condition: String { need?.text ?? "" }

    /// Turns what the user typed into JSON, or throws ``InputError``.
    let json: @Sendable (String) throws -> Data
}

/// An error that is about what the user gave, not about the run.
public protocol InputRefusal: Error {}

/// A value that was typed and that the method cannot take.
public enum InputError: InputRefusal, CustomStringConvertible, Equatable {
    /// No input has that name; the nearest ones that do.
    case unknown(name: String, known: [String])
    /// The text is not of the input's kind.
    case unreadable(name: String, text: String, kind: InputKind)
    /// The value is of the right kind, and outside what is allowed.
    case outOfRange(name: String, text: String, kind: InputKind)
    /// The file that was named cannot be read.
    case noFile(name: String, path: String)
    /// The other inputs leave it unread.
    case unmet(name: String, need: InputNeed)
    /// The input cannot change while a trial runs.
    case notLive(name: String, live: [String])
    /// Only a tool reads it, or only a finished trial that is applied to a file.
    case ofTool(name: String, tool: String, isApplied: Bool)
    /// The tool does not read it.
    case unread(name: String, tool: String, reads: [String])
    /// The tool works on a file, and none is named.
    case noToolFile(name: String, tool: String)

    public var description: String {
        switch self {
        case .unknown(let name, let known):
            "No input is called '\(name)'\(Names.suggestion(for: name, among: known)); "
                + "this method has \(known.joined(separator: ", "))."
        case .unreadable(let name, let text, let kind):
            "Input \(name) takes \(kind.name) (\(kind.range)), and '\(Self.shown(text))' is not one."
        case .outOfRange(let name, let text, let kind):
            "Input \(name) is '\(Self.shown(text))'; it must be \(kind.range)."
        case .unmet(let name, let need): "Input \(name) is \(need.text); \(need.remedy)."
        case .noFile(let name, let path):
            "Input \(name) names '\(path)', and there is no such file, or it cannot be read."
        case .notLive(let name, let live):
            "Input \(name) cannot change while a trial runs; "
                + (live.isEmpty ? "none of this method's can." : "\(live.joined(separator: ", ")) can.")
        case .ofTool(let name, let tool, let isApplied):
            "Input \(name) is read only "
                + (isApplied
                    ? "when a finished trial is applied to a file (\(tool))" : "by the tool '\(tool)'")
                + "; leave it out here."
        case .unread(let name, let tool, let reads):
            "Input \(name) is not read by '\(tool)', which reads \(reads.joined(separator: ", "))."
        case .noToolFile(let name, let tool): "'\(tool)' works on a file; set \(name) to its path."
        }
    }

    /// What was typed, in one line: it is shown, never obeyed.
    private static func shown(_ text: String) -> String {
        String(text.map { $0.isNewline || $0.unicodeScalars.allSatisfy { $0.value < 32 } ? "\u{FFFD}" : $0 })
    }
}

extension MethodInputs {
    /// The declarations of all inputs, in their order.
    public static var specs: [InputSpec] {
        Mirror(reflecting: Self()).children.compactMap { child -> InputSpec? in
            guard let input = child.value as? any AnyInput, let label = child.label else { return nil }
            return input.spec(named: String(label.dropFirst()))  // "_rank" → "rank"
        }
    }

    /// Every input's value as the user would type it, by name.
    public var texts: [String: String] {
        let pairs = Mirror(reflecting: self).children.compactMap { child -> (String, String)? in
            guard let input = child.value as? any AnyInput, let label = child.label else { return nil }
            return (String(label.dropFirst()), input.text)
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// These inputs with some of them replaced by what the user typed.
    ///
    /// - Throws: ``InputError``, for the first input in the order of declaration that is wrong.
    public func setting(_ typed: [String: String]) throws -> Self {
        let specs = Self.specs
        if let stray = typed.keys.sorted().first(where: { name in !specs.contains { $0.name == name } }) {
            throw InputError.unknown(name: stray, known: specs.map(\.name))
        }
        let pairs = try specs.compactMap { spec in
            try typed[spec.name].map { (spec.name, try spec.json($0)) }
        }
        return try replacing(Dictionary(uniqueKeysWithValues: pairs))
    }

    /// These inputs with the JSON of some of them replaced, whether it is allowed or not.
    ///
    /// - Throws: `DecodingError`; ``InputError`` when a value that is kept is not allowed.
    func replacing(_ values: [String: Data]) throws -> Self {
        let current = texts
        let members = try Self.specs.map { spec in
            let value = try values[spec.name] ?? spec.json(current[spec.name] ?? spec.initial)
            return "\"\(spec.name)\":\(String(decoding: value, as: UTF8.self))"
        }
        return try JSONDecoder().decode(Self.self, from: Data("{\(members.joined(separator: ","))}".utf8))
    }

    /// These inputs with one changed while a trial runs.
    ///
    /// - Throws: ``InputError``; an input that is not live is refused.
    public func editing(_ name: String, to text: String) throws -> Self {
        if let spec = Self.specs.first(where: { $0.name == name }), !spec.live {
            throw InputError.notLive(name: name, live: Self.specs.filter(\.live).map(\.name))
        }
        return try choosing([name: text])
    }

    /// Checks a stored session's inputs: every value against its declaration, but not against other values, for all of
    /// them are there, read or not.
    ///
    /// Inputs that `texts` does not name keep their defaults, so a session that was stored before an input
    /// existed still replays.
    ///
    /// - Throws: ``InputError``.
    public init(texts: [String: String]) throws { self = try Self().setting(texts) }
}

protocol AnyInput {
    var text: String { get }
    func spec(named name: String) -> InputSpec
}

extension Input: AnyInput {
    var text: String { wrappedValue.text }

    func spec(named name: String) -> InputSpec {
        guard let declaration else { preconditionFailure("ask specs of fresh inputs, not of decoded ones") }
        let kind = declaration.kind, allows = declaration.allows
        return InputSpec(
            name: name, symbol: declaration.symbol, help: declaration.help, unit: declaration.unit,
            kind: kind,
            initial: wrappedValue.text, live: declaration.live,
            need: declaration.needs,
            json: { text in
                guard let value = Value(text: text) else {
                    throw InputError.unreadable(name: name, text: text, kind: kind)
                }
                guard allows(value) else { throw InputError.outOfRange(name: name, text: text, kind: kind) }
                return try JSONEncoder().encode(value)
            })
    }
}
