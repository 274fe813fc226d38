import Terminal
import TextLayout

/// One line of text that is being typed.
public struct LineEditor: Sendable, Equatable {
    /// What stands there.
    public private(set) var text: String
    /// Place of the cursor, in characters.
    public private(set) var cursor: Int

    /// A line with the cursor at its end.
    public init(_ text: String = "") {
        self.text = text
        cursor = text.count
    }

    /// Takes a key.
    ///
    /// - Returns: whether it meant something here.
    public mutating func take(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert(String(character))
        case .paste(let text): insert(text.filter { !$0.isNewline })
        case .backspace where cursor > 0:
            cursor -= 1
            remove(1)
        case .delete, .control("d"): remove(1)
        case .left, .control("b"): cursor = max(0, cursor - 1)
        case .right, .control("f"): cursor = min(text.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = text.count
        case .control("u"): self = LineEditor()
        case .control("k"): text = String(text.prefix(cursor))
        case .control("w"): removeWord()
        default: return false
        }
        return true
    }

    private mutating func insert(_ more: String) {
        text.insert(contentsOf: more, at: text.index(text.startIndex, offsetBy: cursor))
        cursor = min(text.count, cursor + more.count)
    }

    private mutating func remove(_ count: Int) {
        guard cursor < text.count else { return }
        let place = text.index(text.startIndex, offsetBy: cursor)
        text.removeSubrange(place..<text.index(place, offsetBy: count))
    }

    private mutating func removeWord() {
        let head = text.prefix(cursor)
        let kept = head.dropLast(while: { $0 == " " }).dropLast(while: { $0 != " " })
        text = String(kept) + String(text.dropFirst(cursor))
        cursor = kept.count
    }

    /// Draws the line with its cursor, scrolled so that the cursor is seen.
    public func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int, style: Style) {
        guard width > 1 else { return }
        let skipped = max(0, cursor - width + 1)
        canvas.write(
            String(text.dropFirst(skipped).prefix(width - 1)), x: x, y: y, style: style, width: width)
        let before = String(text.dropFirst(skipped).prefix(cursor - skipped))
        let column = x + min(width - 1, TextWidth.of(canvas.shown(before)))
        canvas.restyle(Rect(x: column, y: y, width: 1, height: 1)) {
            $0.attributes.formSymmetricDifference(.reverse)
        }
    }
}

extension Substring {
    fileprivate func dropLast(while condition: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, condition(last) { rest = rest.dropLast() }
        return rest
    }
}
