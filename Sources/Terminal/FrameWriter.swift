import TextLayout

/// Turns a canvas into what a terminal must be sent so that it shows it: only what changed since the last one.
public struct FrameWriter: Sendable {
    /// How many colours may be asked for.
    public var colors: ColorDepth
    /// Whether the terminal can hold back drawing until a frame is whole (mode 2026).
    public var canSynchronise = false
    private var shown: Canvas?

    /// A writer to a terminal whose screen is not known.
    public init(colors: ColorDepth) { self.colors = colors }

    /// Forgets what is shown: the next frame is written whole.
    public mutating func forget() { shown = nil }

    /// The bytes that make the terminal show a canvas; none when it shows it already.
    public mutating func bytes(for canvas: Canvas) -> [UInt8] {
        var out = Pen(colors: colors)
        let old = shown.flatMap { $0.width == canvas.width && $0.height == canvas.height ? $0 : nil }
        if old == nil { out.clear() }
        for y in 0..<canvas.height { Self.row(y, of: canvas, over: old, with: &out) }
        shown = canvas
        guard !out.bytes.isEmpty else { return [] }
        out.end()
        guard canSynchronise else { return out.bytes }
        return Array("\u{1b}[?2026h".utf8) + out.bytes + Array("\u{1b}[?2026l".utf8)
    }

    private static func row(_ y: Int, of canvas: Canvas, over old: Canvas?, with out: inout Pen) {
        let blank = Cell()
        canvas.cells.withUnsafeBufferPointer { cells in
            for x in 0..<canvas.width {
                let cell = cells[y * canvas.width + x]
                let before = old.map { $0.cells[y * canvas.width + x] } ?? blank
                guard cell != before, cell.character != Cell.tail else { continue }
                out.move(x: x, y: y)
                out.put(cell)
            }
        }
    }
}

/// Writes cells as control sequences, and knows where the cursor is and which style holds.
private struct Pen {
    let colors: ColorDepth
    var bytes: [UInt8] = []
    private var place: (x: Int, y: Int)?
    private var style: Style?

    init(colors: ColorDepth) { self.colors = colors }

    mutating func clear() { write("\u{1b}[0m\u{1b}[H\u{1b}[2J") }

    mutating func end() { write("\u{1b}[0m") }

    mutating func move(x: Int, y: Int) {
        if let place, place == (x, y) { return }
        write("\u{1b}[\(y + 1);\(x + 1)H")
        place = (x, y)
    }

    mutating func put(_ cell: Cell) {
        use(cell.style)
        let width = max(1, TextWidth.of(cell.character))
        if cell.character.isASCII {
            bytes.append(cell.character.asciiValue ?? 32)
            advance(1, isCertain: true)
        } else {
            write(String(cell.character))
            // Terminals disagree about the width of some clusters: after one, the next cell is placed by number.
            advance(width, isCertain: width == 1 && cell.character.unicodeScalars.count == 1)
        }
    }

    private mutating func advance(_ width: Int, isCertain: Bool) {
        guard isCertain, let now = place else { return place = nil }
        place = (now.x + width, now.y)
    }

    private mutating func use(_ new: Style) {
        guard new != style else { return }
        style = new
        var codes = ["0"]
        let marks: [(Style.Attributes, String)] = [
            (.bold, "1"), (.faint, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"), (.struck, "9"),
        ]
        for (mark, code) in marks where new.attributes.contains(mark) { codes.append(code) }
        codes += code(new.foreground, isGround: false) + code(new.background, isGround: true)
        write("\u{1b}[\(codes.joined(separator: ";"))m")
    }

    private func code(_ color: Color, isGround: Bool) -> [String] {
        guard case .rgb(let r, let g, let b) = color else { return [] }
        switch colors {
        case .mono: return []
        case .truecolor: return [isGround ? "48" : "38", "2", "\(r)", "\(g)", "\(b)"]
        case .palette256: return [isGround ? "48" : "38", "5", "\(Palette.index256(r, g, b))"]
        case .sixteen:
            let index = Palette.index16(r, g, b)
            return ["\((index < 8 ? 30 : 82) + index + (isGround ? 10 : 0))"]
        }
    }

    private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
