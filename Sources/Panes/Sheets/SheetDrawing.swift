import Terminal
import TextLayout

/// All keys, searched by what is typed.
enum HelpSheet {
    private static let introduction = [
        "Benchtop runs a paper's method beside its honest baseline and draws what happens.",
        "Choose a method (1), change its inputs (2), run one arm (r), all arms (a) or its claim (c).",
    ]

    /// Rows with headings and the commands whose words contain all that was typed; long texts go on below.
    static func rows(_ bench: Workbench, _ search: String) -> [[Piece]] {
        let words = search.lowercased().split(separator: " ")
        let width = max(
            16, frame(in: Rect(x: 0, y: 0, width: bench.size.width, height: bench.size.height)).width - 4)
        let opening = words.isEmpty ? introduction : []
        var rows = opening.flatMap { Columns.wrap($0, width: width) }.map { [($0, bench.look.text)] }
        var heading: String?
        let scopes = bench.keymap.understood(pane: bench.arrangement.focus, isReplay: true)
        let near = scopes.map(\.id)
        let rest = bench.keymap.commands.filter { !near.contains($0.id) }
        for command in scopes + rest {
            let text = (PaletteSheet.keys(command) + " \(command.title) \(command.help) \(command.id)")
                .lowercased()
            guard words.allSatisfy({ text.contains($0) }) else { continue }
            if heading != command.scope.title {
                heading = command.scope.title
                rows.append([(command.scope.title, bench.look.strong)])
            }
            rows += self.rows(of: command, bench, width: width)
        }
        return rows
    }

    /// A command's row, and what did not fit into it under its title.
    private static func rows(of command: Command, _ bench: Workbench, width: Int) -> [[Piece]] {
        let pieces = PaletteSheet.pieces(command, bench)
        let indent = TextWidth.of(pieces[0].text), texts = width - indent
        let lines = Columns.wrap("\(pieces[1].text) \(pieces[2].text)", width: texts)
        guard lines.count > 1, lines[0].hasPrefix(pieces[1].text) else { return [pieces] }
        let first = (" " + lines[0].dropFirst(pieces[1].text.count), pieces[2].style)
        return [[pieces[0], pieces[1], first]]
            + lines.dropFirst().map { [(String(repeating: " ", count: indent) + $0, pieces[2].style)] }
    }

    static func frame(in whole: Rect) -> Rect {
        whole.centred(width: min(100, whole.width - 2), height: whole.height)
    }

    static func draw(
        _ line: LineEditor, _ cursor: ListCursor, on canvas: inout Canvas, in whole: Rect, _ bench: Workbench
    ) {
        let look = bench.look, rows = rows(bench, line.text)
        let inner = canvas.sheet(frame(in: whole), title: "keys: type to search, esc closes", look: look)
        let (top, body) = inner.split(top: 1)
        canvas.write("search ", x: top.x + 1, y: top.y, style: look.faint)
        line.draw(on: &canvas, x: top.x + 8, y: top.y, width: top.width - 9, style: look.strong)
        canvas.list(rows.count, cursor, in: body, look: look, isFocused: false) { rows[$0] }
    }
}

/// All commands, searched by what is typed and done by enter.
enum PaletteSheet {
    static func keys(_ command: Command) -> String { command.keys.map(\.name).joined(separator: " ") }

    /// The commands that match, those that can be done first.
    static func matches(_ bench: Workbench, _ search: String) -> [Command] {
        let found = bench.keymap.commands.filter { command in
            isSubsequence(
                search.lowercased(), of: "\(command.title) \(command.help) \(command.id)".lowercased())
        }
        let words = search.lowercased()
        return found.filter { $0.title.lowercased().contains(words) }
            + found.filter { !$0.title.lowercased().contains(words) }
    }

    /// Letters in their order, not necessarily together.
    private static func isSubsequence(_ search: String, of text: String) -> Bool {
        var rest = Substring(text)
        for letter in search {
            guard let place = rest.firstIndex(of: letter) else { return false }
            rest = rest[rest.index(after: place)...]
        }
        return true
    }

    static func pieces(_ command: Command, _ bench: Workbench) -> [Piece] {
        let look = bench.look, keys = keys(command)
        let reason = command.reason(bench)
        let shown = keys + String(repeating: " ", count: max(1, 13 - TextWidth.of(keys)))
        return [
            (shown, reason == nil ? look.accent : look.faint),
            (command.title, reason == nil ? look.text : look.faint),
            ("  " + (reason.map { "not now: \($0)" } ?? command.help), look.faint),
        ]
    }

    static func frame(in whole: Rect) -> Rect {
        whole.centred(width: min(90, whole.width - 2), height: min(20, whole.height))
    }

    static func draw(
        _ line: LineEditor, _ cursor: ListCursor, on canvas: inout Canvas, in whole: Rect, _ bench: Workbench
    ) {
        let look = bench.look, found = matches(bench, line.text)
        let inner = canvas.sheet(frame(in: whole), title: "commands: enter does it, esc closes", look: look)
        let (top, body) = inner.split(top: 1)
        canvas.write(":", x: top.x + 1, y: top.y, style: look.accent)
        line.draw(on: &canvas, x: top.x + 3, y: top.y, width: top.width - 4, style: look.strong)
        canvas.list(found.count, cursor, in: body, look: look, isFocused: true) { pieces(found[$0], bench) }
    }
}

extension Canvas {
    /// Clears a rectangle and draws a frame that has the focus.
    mutating func sheet(_ rect: Rect, title: String, look: Look) -> Rect {
        fill(rect, style: look.text)
        frame(rect, title: title, look: look, isFocused: true)
        return rect.inset(by: 1)
    }
}

extension Prompt {
    func draw(on canvas: inout Canvas, in whole: Rect, _ look: Look) {
        let width = min(72, whole.width - 2)
        let hints = Columns.wrap(look.shown(hint), width: max(8, width - 4)).filter { !$0.isEmpty }
        let height = min(whole.height, 3 + hints.count)
        let rect = whole.centred(width: width, height: height)
        let inner = canvas.sheet(rect, title: title, look: look)
        line.draw(on: &canvas, x: inner.x + 1, y: inner.y, width: inner.width - 2, style: look.strong)
        for (row, text) in hints.enumerated() where row + 1 < inner.height {
            canvas.write(
                text, x: inner.x + 1, y: inner.y + 1 + row, style: isWrong ? look.bad : look.faint,
                width: inner.width - 2)
        }
    }
}

extension Question {
    /// The rectangle, the lines of the question, and the row of the first answer.
    private func places(in whole: Rect, _ look: Look) -> (rect: Rect, lines: [String], answers: Int) {
        let width = min(72, whole.width - 2)
        let lines = Columns.wrap(look.shown(text), width: max(8, width - 4))
        let rect = whole.centred(width: width, height: min(whole.height, lines.count + answers.count + 3))
        return (rect, lines, rect.y + lines.count + 2)
    }

    /// The answer at a cell.
    func answer(x: Int, y: Int, in whole: Rect, _ look: Look) -> Int? {
        let places = places(in: whole, look), place = y - places.answers
        return places.rect.contains(x: x, y: y) && answers.indices.contains(place) ? place : nil
    }

    func draw(on canvas: inout Canvas, in whole: Rect, _ look: Look) {
        let places = places(in: whole, look)
        let inner = canvas.sheet(places.rect, title: "", look: look)
        for (row, line) in places.lines.enumerated() where row < inner.height {
            canvas.write(line, x: inner.x + 1, y: inner.y + row, style: look.text, width: inner.width - 2)
        }
        for (row, answer) in answers.enumerated() where places.answers + row < inner.y + inner.height {
            canvas.write(
                [(answer.key.name + "  ", look.accent), (answer.title, look.text)], x: inner.x + 1,
                y: places.answers + row, width: inner.width - 2)
        }
    }
}
