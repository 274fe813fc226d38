import Terminal
import TextLayout

/// Steps of a cursor.
public enum Move: Sendable { case up, down, left, right, pageUp, pageDown, top, bottom }

/// The cursor of a list.
public struct ListCursor: Sendable, Equatable {
    /// The chosen row.
    public var row = 0

    /// A cursor on the first row.
    public init() {}

    /// Moves within `count` rows.
    public mutating func move(_ move: Move, count: Int, page: Int = 10) {
        switch move {
        case .up: row -= 1
        case .down: row += 1
        case .pageUp: row -= page
        case .pageDown: row += page
        case .top: row = 0
        case .bottom: row = count - 1
        case .left, .right: break
        }
        row = max(0, min(count - 1, row))
    }

    /// The rows that are seen when `height` of `count` fit; the chosen one is among them.
    public func visible(count: Int, height: Int) -> Range<Int> {
        guard count > height else { return 0..<count }
        let first = max(0, min(count - height, row - height / 2))
        return first..<first + max(0, height)
    }

    /// Chooses the row that is seen on a line.
    ///
    /// - Returns: whether there is one.
    @discardableResult
    mutating func choose(line: Int, count: Int, height: Int) -> Bool {
        let place = visible(count: count, height: height).lowerBound + line
        guard place < count else { return false }
        row = place
        return true
    }
}

/// Part of a line in a style of its own.
public typealias Piece = (text: String, style: Style)

extension Canvas {
    /// Writes pieces one after another in a row.
    ///
    /// - Returns: cells that they took.
    @discardableResult
    mutating func write(_ pieces: [Piece], x: Int, y: Int, width: Int) -> Int {
        var column = 0
        for piece in pieces where column < width {
            column += write(piece.text, x: x + column, y: y, style: piece.style, width: width - column)
        }
        return column
    }

    /// Draws the rows of a list around its cursor. What stands at a row's end is shown whole; the row gives way.
    mutating func list(
        _ count: Int, _ cursor: ListCursor, in rect: Rect, look: Look, isFocused: Bool,
        end: (Int) -> Piece? = { _ in nil }, row: (Int) -> [Piece]
    ) {
        let visible = cursor.visible(count: count, height: rect.height)
        for (line, index) in visible.enumerated() {
            let y = rect.y + line
            var width = rect.width - 2
            if let end = end(index) {
                let taken = TextWidth.of(end.text)
                write(end.text, x: rect.x + 1 + width - taken, y: y, style: end.style, width: taken)
                width -= taken + 1
            }
            write(row(index), x: rect.x + 1, y: y, width: width)
            guard index == cursor.row else { continue }
            mark(Rect(x: rect.x, y: y, width: rect.width, height: 1), look: look, isFocused: isFocused)
        }
        scrollMark(visible, of: count, in: rect, look: look)
    }

    /// Shows a row as chosen: by ground, or without colours reversed; with a mark when keys go elsewhere.
    mutating func mark(_ rect: Rect, look: Look, isFocused: Bool) {
        guard isFocused else {
            return self[rect.x, rect.y] = Cell("›", look.accent)
        }
        let style = look.selected
        restyle(rect) { old in
            old = Style(
                style.foreground, on: style.background,
                style.attributes.union(old.attributes.subtracting(.faint)))
        }
    }

    /// Says that there is more than is seen.
    mutating func scrollMark(_ visible: Range<Int>, of count: Int, in rect: Rect, look: Look) {
        guard rect.width > 2, rect.height > 1 else { return }
        let x = rect.x + rect.width - 1
        if visible.lowerBound > 0 { self[x, rect.y] = Cell("↑", look.faint) }
        if visible.upperBound < count { self[x, rect.y + rect.height - 1] = Cell("↓", look.faint) }
    }
}
