import MethodKit
import Terminal
import TextLayout

/// The form of what runs next; live inputs of what runs now are changed here too.
struct InputsPane: Pane {
    static let id = PaneID.inputs, place = PanePlace.left(parts: 48)
    private(set) var cursor = ListCursor()

    func title(_ context: PaneContext) -> String {
        context.form.map { "inputs: \($0.method.card.id)" } ?? "inputs"
    }

    func row(_ context: PaneContext) -> PlanForm.Row? {
        guard let rows = context.form?.rows else { return nil }
        return rows.indices.contains(cursor.row) ? rows[cursor.row] : rows.first
    }

    mutating func move(_ move: Move, _ context: PaneContext) {
        cursor.move(move, count: context.form?.rows.count ?? 0)
    }

    mutating func press(x: Int, y: Int, in rect: Rect, _ context: PaneContext) -> ClickReply {
        let before = cursor, count = context.form?.rows.count ?? 0
        cursor.choose(line: y - rect.y, count: count, height: rect.height - Self.helpRows(rect.height))
        return cursor == before ? .enter : .nothing
    }

    private static func helpRows(_ height: Int) -> Int { height >= 10 ? 4 : height >= 6 ? 2 : 0 }

    func draw(on canvas: inout Canvas, in rect: Rect, _ context: PaneContext, isFocused: Bool) {
        guard let form = context.form else { return }
        let look = context.look, rows = form.rows
        let (list, help) = rect.split(bottom: Self.helpRows(rect.height))
        let widest = rows.map { TextWidth.of(form.name(of: $0)) }.max() ?? 0
        let nameWidth = min(widest, max(6, rect.width - 14))
        canvas.list(rows.count, cursor, in: list, look: look, isFocused: isFocused) { index in
            line(rows[index], form, context, nameWidth)
        }
        if let row = row(context) { drawHelp(row, form, context, on: &canvas, in: help) }
    }

    private func line(_ row: PlanForm.Row, _ form: PlanForm, _ context: PaneContext, _ width: Int) -> [Piece]
    {
        let look = context.look, name = form.name(of: row)
        let padded = name + String(repeating: " ", count: max(0, width - TextWidth.of(name)))
        let now = context.runningValue(of: row)
        var pieces: [Piece] = [
            (form.isChanged(row) ? "*" : " ", look.warning),
            (isLive(row, form) ? "~" : " ", look.accent),
            (padded + " ", look.faint),
            (form.text(of: row).isEmpty ? "(none)" : form.text(of: row), value(row, form, look)),
        ]
        if let now, now != form.text(of: row) { pieces.append(("  runs with \(now)", look.faint)) }
        return pieces
    }

    private func value(_ row: PlanForm.Row, _ form: PlanForm, _ look: Look) -> Style {
        form.isChanged(row) ? look.strong : form.text(of: row).isEmpty ? look.faint : look.text
    }

    private func isLive(_ row: PlanForm.Row, _ form: PlanForm) -> Bool {
        if case .input(let place) = row { form.method.inputs[place].live } else { false }
    }

    private func drawHelp(
        _ row: PlanForm.Row, _ form: PlanForm, _ context: PaneContext, on canvas: inout Canvas, in rect: Rect
    ) {
        guard rect.height > 0 else { return }
        let help = form.help(of: row)
        var symbol = ""
        if case .input(let place) = row, !form.method.inputs[place].symbol.isEmpty {
            symbol = "\(form.method.inputs[place].symbol): "
        }
        let live = isLive(row, form) ? " ~ may change while a trial runs." : ""
        let lines =
            Columns.wrap(context.look.shown(symbol + help.help), width: rect.width - 2).prefix(
                rect.height - 1)
            + Columns.wrap(help.allowed + live, width: rect.width - 2)
        for (index, line) in lines.prefix(rect.height).enumerated() {
            canvas.write(
                line, x: rect.x + 1, y: rect.y + index, style: context.look.faint, width: rect.width - 2)
        }
    }
}

extension PaneID { static let inputs = PaneID(rawValue: "inputs") }

extension Workbench {
    var inputs: InputsPane {
        get { panes[InputsPane.self] }
        set { panes[InputsPane.self] = newValue }
    }
}
