import Foundation

/// A line of text of the user's: a prompt, a question, a name.
public struct InputText: InputValue {
    /// The line, without a line break; may be empty.
    public let text: String

    /// A line; one with a line break is a programmer's error.
    public init(_ text: String = "") {
        precondition(!text.contains(where: \.isNewline), "an input's text is one line")
        self.text = text
    }

    public init?(text: String) {
        guard !text.contains(where: \.isNewline) else { return nil }
        self.text = text
    }

    public init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// A language model as the user names it.
public struct InputModel: InputValue, Hashable {
    /// `built-in`, the name of a pulled model, or an endpoint's URL.
    public let text: String

    static let builtInName = "built-in"
    /// The model that comes with the program.
    public static let builtIn = InputModel(known: builtInName)

    private init(known text: String) { self.text = text }

    public init?(text: String) {
        guard !text.isEmpty, !text.contains(where: { $0.isWhitespace || $0.isNewline }) else { return nil }
        if text.contains("://") {
            guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host != nil else {
                return nil
            }
        }
        self.text = text
    }

    /// Where to ask; nil for a model that runs here.
    public var endpoint: URL? { text.contains("://") ? URL(string: text) : nil }

    public init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
