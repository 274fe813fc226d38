import Foundation

/// A piece of text with what it means; a theme gives each meaning its colour.
public struct Span: Sendable, Codable, Equatable {
    /// What a piece of text means; stored by these names.
    public enum Style: String, Sendable, Codable {
        case plain = "plain"
        case strong = "strong"
        case faint = "faint"
        case good = "good"
        case bad = "bad"
        case first = "first"
        case second = "second"
        case third = "third"
        /// Taken back: with a line through it.
        case struck = "struck"
    }

    /// May contain line breaks.
    public var text: String
    /// Its meaning.
    public var style: Style

    private enum CodingKeys: String, CodingKey {
        case text = "text"
        case style = "style"
    }

    /// A piece of text.
    public init(_ text: String, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }
}

/// Text in which parts can be marked.
struct StyledText: ArtifactKind {
    static let storedType = "text"
    var spans: [Span]
    var artifact: Artifact { .text(spans) }

    private enum CodingKeys: String, CodingKey { case spans = "spans" }

    init(_ spans: [Span]) { self.spans = spans }

    func files(named name: String) -> [(name: String, contents: Data)] {
        [("\(name).txt", Data(spans.map(\.text).joined().utf8))]
    }
}
