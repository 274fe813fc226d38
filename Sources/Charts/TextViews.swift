import Terminal
import TextLayout

/// Lines of pieces that scroll: marked text, tables and trees are made into them.
public struct TextView: Sendable {
    /// Each line's pieces.
    public var lines: [[(text: String, style: Style)]]

    /// Lines from their pieces.
    public init(_ lines: [[(text: String, style: Style)]]) { self.lines = lines }

    /// Marked text, broken between words where lines are too long.
    public init(spans: [(text: String, style: Style)], width: Int) {
        var lines: [[(text: String, style: Style)]] = [[]], column = 0
        func newLine() {
            lines.append([])
            column = 0
        }
        for span in spans {
            for (place, paragraph) in span.text.split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                if place > 0 { newLine() }
                for word in Self.words(paragraph) {
                    let cells = TextWidth.of(Visible.text(word))
                    if column > 0, column + TextWidth.of(Visible.text(word.trimmedRight)) > width {
                        newLine()
                    }
                    lines[lines.count - 1].append((word, span.style))
                    column += cells
                }
            }
        }
        self.lines = lines
    }

    /// A table: columns as wide as their widest cell, numbers to the right.
    public init(columns: [String], rows: [[String]], look: Look) {
        // Widths are those of what will stand there: in seven bits a letter may become its name.
        let all = ([columns] + rows).map { $0.map(look.shown) }
        let widths = columns.indices.map { column in
            min(40, all.map { column < $0.count ? TextWidth.of(Visible.text($0[column])) : 0 }.max() ?? 0)
        }
        let isNumeric = columns.indices.map { column in
            rows.allSatisfy { column >= $0.count || Double($0[column]) != nil || $0[column].isEmpty }
                && !rows.isEmpty
        }
        lines = all.enumerated().map { index, row in
            row.enumerated().map { column, text in
                let room = column < widths.count ? widths[column] : 0
                let gap = String(repeating: " ", count: max(0, room - TextWidth.of(Visible.text(text))))
                let right = column < isNumeric.count && isNumeric[column]
                return (right ? gap + text + "  " : text + gap + "  ", index == 0 ? look.strong : look.text)
            }
        }
    }

    /// Draws the lines from one on, `column` cells to the left.
    public func draw(on canvas: inout Canvas, in rect: Rect, first: Int = 0, column: Int = 0) {
        for (row, line) in lines.dropFirst(max(0, first)).prefix(rect.height).enumerated() {
            var x = -column
            for piece in line {
                let shown = canvas.shown(piece.text), cells = TextWidth.of(shown)
                defer { x += cells }
                guard x + cells > 0, x < rect.width else { continue }
                let text = x < 0 ? String(shown.dropFirst(-x)) : shown, room = rect.width - max(0, x)
                // A blank that does not fit is no text that was cut off.
                canvas.write(
                    TextWidth.of(text) > room ? text.trimmedRight : text, x: rect.x + max(0, x),
                    y: rect.y + row, style: piece.style, width: room)
            }
        }
    }

    /// Words with the blanks that follow them.
    private static func words(_ text: Substring) -> [String] {
        var words: [String] = [], word = ""
        for character in text {
            if character != " ", word.last == " " {
                words.append(word)
                word = ""
            }
            word.append(character)
        }
        return word.isEmpty ? words : words + [word]
    }
}

extension String {
    fileprivate var trimmedRight: String { String(reversed().drop { $0 == " " }.reversed()) }
}
