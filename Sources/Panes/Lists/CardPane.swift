import MethodKit
import SessionViews
import Terminal

/// The paper's idea, its equations, what differs here, and the claim.
struct CardPane: Sendable {
    private(set) var first = 0

    /// The card of the shown session's method while a session is shown, else of the one under the cursor.
    func method(_ bench: Workbench) -> MethodInfo? {
        if bench.arrangement.focus == .methods { return bench.methods.chosen(bench) }
        return bench.form?.method ?? bench.shownMethod
    }

    func title(_ bench: Workbench) -> String { method(bench).map { "card: \($0.card.id)" } ?? "card" }

    mutating func move(_ move: Move, _ bench: Workbench) {
        var cursor = ListCursor()
        cursor.row = first
        let count = method(bench).map { CardText.lines(of: $0, width: 60).count } ?? 0
        cursor.move(move, count: count)
        first = cursor.row
    }

    mutating func toTop() { first = 0 }

    func draw(on canvas: inout Canvas, in rect: Rect, _ bench: Workbench, isFocused: Bool) {
        guard let method = method(bench) else { return }
        let look = bench.look
        let lines = CardText.lines(of: method, width: max(20, rect.width - 2))
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
