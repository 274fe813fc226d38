import Charts
import MethodKit
import Terminal

/// Text in which parts are marked.
struct TextDrawing: ArtifactDrawing {
    private let spans: [Span]

    init?(_ artifact: Artifact) {
        guard case .text(let spans) = artifact else { return nil }
        self.spans = spans
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        let text = TextView(
            spans: spans.map { (look.shown($0.text), look.style($0.style)) }, width: rect.width)
        scrolled(text, on: &canvas, in: rect, view, look)
    }
}

extension Look {
    /// The style of a piece of marked text.
    func style(_ meaning: Span.Style) -> Style {
        func free(_ place: Int) -> Style {
            let marks: [Style.Attributes] = [.bold, .underline, .reverse]
            return Style(
                theme.spans[place % theme.spans.count], on: theme.background, isMono ? marks[place] : [])
        }
        return switch meaning {
        case .plain: text
        case .strong: strong
        case .faint: faint
        case .good: good
        case .bad: bad
        case .first: free(0)
        case .second: free(1)
        case .third: free(2)
        // Faint too, for terminals that know no line through a text.
        case .struck: faint.with(.struck)
        }
    }
}
