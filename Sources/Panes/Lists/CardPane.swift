import MethodKit
import SessionViews
import Terminal
import TextLayout

/// The paper's idea, its equations, what differs here, and the claim.
struct CardPane: Pane {
    static let id = PaneID.card, place = PanePlace.lower(parts: 40)
    static let commands: [Command] = []
    private(set) var first = 0

    /// The card of the shown session's method while a session is shown, else of the one under the cursor.
    func method(_ context: PaneContext) -> MethodInfo? {
        context.pointedMethod ?? context.form?.method ?? context.shownMethod
    }

    func title(_ context: PaneContext) -> String { method(context).map { "card: \($0.card.id)" } ?? "card" }

    mutating func move(_ move: Move, _ context: PaneContext) {
        var cursor = ListCursor()
        cursor.row = first
        let count = method(context).map { Self.lines(of: $0, context, width: 60).count } ?? 0
        cursor.move(move, count: count)
        first = cursor.row
    }

    mutating func sessionChanged(_ context: PaneContext) { first = 0 }

    func draw(on canvas: inout Canvas, in rect: Rect, _ context: PaneContext, isFocused: Bool) {
        guard let method = method(context) else { return }
        let look = context.look
        let width = max(20, rect.width - 2)
        let lines = Self.lines(of: method, context, width: width).flatMap {
            Self.fitted(look.shown($0), width)
        }
        let start = min(first, max(0, lines.count - rect.height))
        for (row, line) in lines[start...].prefix(rect.height).enumerated() {
            let isHeading =
                start + row == 0 || line.allSatisfy { $0.isUppercase || !$0.isLetter } && !line.isEmpty
            canvas.write(
                line, x: rect.x + 1, y: rect.y + row, style: isHeading ? look.strong : look.text,
                width: rect.width - 2)
        }
        canvas.scrollMark(
            start..<min(lines.count, start + rect.height), of: lines.count, in: rect, look: look)
    }
}

extension CardPane {
    /// The card, with what its recorded claim came to.
    private static func lines(of method: MethodInfo, _ context: PaneContext, width: Int) -> [String] {
        let recorded = context.listed.first { $0.isRecorded && $0.record.method == method.card.id }
        let verdicts = recorded?.finding.map { ["\($0.text) (recorded)."] } ?? []
        return CardText.lines(of: method, verdicts: verdicts, width: width)
    }

    /// In seven bits a letter may become its name, and its line two; the second stands below the first.
    private static func fitted(_ line: String, _ width: Int) -> [String] {
        guard TextWidth.of(line) > width else { return [line] }
        let indent = String(line.prefix { $0 == " " })
        return Columns.wrap(String(line.dropFirst(indent.count)), width: width - indent.count).map {
            indent + $0
        }
    }
}

extension PaneID { static let card = PaneID(rawValue: "card") }

extension Workbench {
    var card: CardPane {
        get { panes[CardPane.self] }
        set { panes[CardPane.self] = newValue }
    }
}
