import Terminal
import TextLayout

/// The row at the bottom: a sentence when there is one, else the keys that are understood here.
enum FooterLine {
    /// A command's place in the row.
    struct Hint {
        let command: Command
        let columns: Range<Int>
        let key: String
    }

    static func draw(on canvas: inout Canvas, in rect: Rect, _ bench: Workbench) {
        let look = bench.look
        if let trouble = bench.storeTrouble {
            say(trouble, look.bad, on: &canvas, above: rect, look)
        } else if let notice = bench.notice {
            say(notice.text, notice.isBad ? look.bad : look.strong, on: &canvas, above: rect, look)
        } else {
            for hint in hints(bench, width: rect.width) {
                canvas.write(
                    [(hint.key, look.accent), (" \(hint.command.title)", look.faint)],
                    x: rect.x + hint.columns.lowerBound, y: rect.y, width: hint.columns.count)
            }
        }
    }

    /// A sentence, whole: one that is longer than the row takes rows of the panes above.
    private static func say(
        _ text: String, _ style: Style, on canvas: inout Canvas, above rect: Rect, _ look: Look
    ) {
        let most = max(1, canvas.height / 3)
        let whole = Columns.wrap(canvas.shown(text), width: rect.width - 2, breakingWords: true)
        let rest = whole.dropFirst(most - 1).joined(separator: " ")
        let lines = whole.count <= most ? whole : whole.prefix(most - 1) + [rest]
        let top = rect.y + 1 - lines.count
        canvas.fill(Rect(x: rect.x, y: top, width: rect.width, height: lines.count), style: look.text)
        for (row, line) in lines.enumerated() {
            canvas.write(line, x: rect.x + 1, y: top + row, style: style, width: rect.width - 1)
        }
    }

    /// The commands that fit, the nearest first, going on with what waits before all; help and quit always do.
    static func hints(_ bench: Workbench, width: Int) -> [Hint] {
        let understood = bench.keymap.understood(pane: bench.arrangement.focus, isReplay: bench.replay != nil)
        let waits = bench.openTrials.contains { $0.status == .paused }
        let ordered = understood.filter { waits && $0.id == "trial.pause" } + understood
        let possible = ordered.filter { $0.isHinted && !$0.keys.isEmpty && $0.reason(bench) == nil }
        let last = possible.filter { ["help", "quit"].contains($0.id) }
        let reserved = last.reduce(0) { $0 + cells($1) + 2 }
        var hints: [Hint] = [], column = 1, seen = Set<Key>()
        for command in possible where !["help", "quit"].contains(command.id) {
            guard let key = command.keys.first, seen.insert(key).inserted else { continue }
            guard column + cells(command) + reserved <= width else { break }
            hints.append(hint(command, at: column))
            column += cells(command) + 2
        }
        for command in last where column + cells(command) <= width {
            hints.append(hint(command, at: column))
            column += cells(command) + 2
        }
        return hints
    }

    private static func cells(_ command: Command) -> Int {
        TextWidth.of("\(command.keys.first?.name ?? "") \(command.title)")
    }

    private static func hint(_ command: Command, at column: Int) -> Hint {
        Hint(command: command, columns: column..<column + cells(command), key: command.keys.first?.name ?? "")
    }
}
