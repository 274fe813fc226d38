import MethodKit
import Terminal

/// The catalogue: all methods, searched by name and title.
struct MethodsPane: Sendable {
    private(set) var cursor = ListCursor()
    var filter = ""

    func found(_ bench: Workbench) -> [MethodInfo] {
        guard !filter.isEmpty else { return bench.catalogue }
        return bench.catalogue.filter {
            "\($0.card.id) \($0.card.title) \($0.card.paper.title)".lowercased()
                .contains(filter.lowercased())
        }
    }

    func title(_ bench: Workbench) -> String {
        let name = bench.form.map { "methods: \($0.method.card.id)" } ?? "methods"
        return filter.isEmpty ? name : "\(name) /\(filter)"
    }

    func chosen(_ bench: Workbench) -> MethodInfo? {
        let found = found(bench)
        return found.indices.contains(cursor.row) ? found[cursor.row] : found.first
    }

    mutating func move(_ move: Move, _ bench: Workbench) { cursor.move(move, count: found(bench).count) }

    mutating func choose(line: Int, height: Int, _ bench: Workbench) {
        cursor.choose(line: line, count: found(bench).count, height: height)
    }

    /// Puts the cursor on a method.
    mutating func choose(_ method: MethodInfo, _ bench: Workbench) {
        filter = ""
        cursor.row = bench.catalogue.firstIndex { $0.card.id == method.card.id } ?? cursor.row
    }

    mutating func clearFilter() -> Bool {
        defer { filter = "" }
        return !filter.isEmpty
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ bench: Workbench, isFocused: Bool) {
        let found = found(bench), look = bench.look
        guard !found.isEmpty else {
            canvas.write(" no method matches", x: rect.x, y: rect.y, style: look.faint, width: rect.width)
            return
        }
        canvas.list(found.count, cursor, in: rect, look: look, isFocused: isFocused) { row in
            let method = found[row]
            let isChosen = bench.form?.method.card.id == method.card.id
            let recorded = bench.listed.first { $0.isRecorded && $0.record.method == method.card.id }
            return [
                (isChosen ? "* " : "  ", look.accent),
                (method.card.id, isChosen ? look.strong : look.text),
                ("  " + (recorded?.verdict?.rawValue ?? "no record"), verdictStyle(recorded?.verdict, look)),
                ("  " + method.card.title, look.faint),
            ]
        }
    }
}

/// The colour of a verdict.
func verdictStyle(_ verdict: Judgement.Verdict?, _ look: Look) -> Style {
    switch verdict {
    case .holds: look.good
    case .contradicted: look.bad
    case .directionOnly, .notShown: look.warning
    case .undecided, nil: look.faint
    }
}
