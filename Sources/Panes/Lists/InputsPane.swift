import MethodKit
import Terminal
import TextLayout

/// The form of what runs next; live inputs of what runs now are changed here too.
struct InputsPane: Sendable {
    private(set) var cursor = ListCursor()

    func title(_ bench: Workbench) -> String { bench.form.map { "inputs: \($0.method.card.id)" } ?? "inputs" }

    func row(_ bench: Workbench) -> PlanForm.Row? {
        guard let rows = bench.form?.rows else { return nil }
        return rows.indices.contains(cursor.row) ? rows[cursor.row] : rows.first
    }

    mutating func move(_ move: Move, _ bench: Workbench) {
        cursor.move(move, count: bench.form?.rows.count ?? 0)
    }

    mutating func choose(line: Int, height: Int, _ bench: Workbench) {
        let count = bench.form?.rows.count ?? 0
        cursor.choose(line: line, count: count, height: height - Self.helpRows(height))
    }

    private static func helpRows(_ height: Int) -> Int { height >= 10 ? 4 : height >= 6 ? 2 : 0 }

    func draw(on canvas: inout Canvas, in rect: Rect, _ bench: Workbench, isFocused: Bool) {
        guard let form = bench.form else { return }
        let look = bench.look, rows = form.rows
        let (list, help) = rect.split(bottom: Self.helpRows(rect.height))
        let widest = rows.map { TextWidth.of(form.help(of: $0).name) }.max() ?? 0
        let nameWidth = min(widest, max(6, rect.width - 14))
        canvas.list(rows.count, cursor, in: list, look: look, isFocused: isFocused) { index in
            line(rows[index], form, bench, nameWidth)
        }
        if let row = row(bench) { drawHelp(row, form, bench, on: &canvas, in: help) }
    }

    private func line(_ row: PlanForm.Row, _ form: PlanForm, _ bench: Workbench, _ width: Int) -> [Piece] {
        let look = bench.look, name = form.help(of: row).name
        let padded = name + String(repeating: " ", count: max(0, width - TextWidth.of(name)))
        let now = bench.runningValue(of: row)
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
        _ row: PlanForm.Row, _ form: PlanForm, _ bench: Workbench, on canvas: inout Canvas, in rect: Rect
    ) {
        guard rect.height > 0 else { return }
        let help = form.help(of: row)
        var symbol = ""
        if case .input(let place) = row, !form.method.inputs[place].symbol.isEmpty {
            symbol = "\(form.method.inputs[place].symbol): "
        }
        let live = isLive(row, form) ? " ~ may change while a trial runs." : ""
        let lines =
            Columns.wrap(symbol + help.help, width: rect.width - 2).prefix(rect.height - 1)
            + Columns.wrap(help.allowed + live, width: rect.width - 2)
        for (index, line) in lines.prefix(rect.height).enumerated() {
            canvas.write(
                line, x: rect.x + 1, y: rect.y + index, style: bench.look.faint, width: rect.width - 2)
        }
    }
}

extension Workbench {
    /// The value that the shown, running trials of the same method have for an input.
    func runningValue(of row: PlanForm.Row) -> String? {
        guard case .input(let place) = row, let form, let view, view.record.method == form.method.card.id,
            let trial = openTrials.first
        else { return nil }
        let name = form.method.inputs[place].name
        return trial.edited[name] ?? view.record.inputs[name]
    }

    /// Changes a line of the form; a live input also in the trials that run.
    mutating func change(_ row: PlanForm.Row, to text: String) throws {
        try form?.set(row, to: text)
        editRunning(row)
    }

    /// Gives running trials the form's value of a live input.
    mutating func editRunning(_ row: PlanForm.Row) {
        guard case .input(let place) = row, let form, let now = runningValue(of: row),
            now != form.text(of: row)
        else { return }
        let spec = form.method.inputs[place]
        guard spec.live else {
            return say("\(spec.name) is for the next run; it cannot change while a trial runs.")
        }
        guard view?.record.purpose != "claim" else {
            return say("\(spec.name) is for the next run; a claim's inputs stay as they are.")
        }
        let trials = openTrials.map(\.record.id)
        ask(.edit(trials, input: spec.name, to: form.text(of: row)))
        say(
            "\(spec.name) \(now) → \(form.text(of: row)) from the next step, in \(trials.count) "
                + (trials.count == 1 ? "trial." : "trials."))
    }
}
