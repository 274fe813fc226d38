import TextLayout

/// Which characters can be used.
public enum Glyphs: Sendable {
    /// Braille, block and box characters.
    case unicode
    /// Seven bits only.
    case ascii
}

/// What a drawing needs to know of the terminal and of the user's taste.
public struct Look: Sendable, Equatable {
    /// Colours by role.
    public var theme: Theme
    /// Which characters can be used.
    public var glyphs: Glyphs
    /// How many colours are shown; with ``ColorDepth/mono`` nothing may depend on colour.
    public var colors: ColorDepth

    /// A look from its parts.
    public init(theme: Theme = .plain, glyphs: Glyphs = .unicode, colors: ColorDepth = .truecolor) {
        self.theme = theme
        self.glyphs = glyphs
        self.colors = colors
    }

    /// Whether colour must not be relied on.
    public var isMono: Bool { colors == .mono || theme.isMono }

    /// A text as it will be shown: in seven bits where there are no more. For whoever breaks lines or measures.
    public func shown(_ text: String) -> String { glyphs == .ascii ? SevenBit.text(text) : text }

    /// Ordinary text.
    public var text: Style { Style(theme.text, on: theme.background) }
    /// Text that matters less.
    public var faint: Style { style(theme.faint, or: .faint) }
    /// Text that matters more.
    public var strong: Style { style(theme.strong, .bold, or: .bold) }
    /// Keys and links.
    public var accent: Style { style(theme.accent, or: .bold) }
    /// A success.
    public var good: Style { style(theme.good, or: .bold) }
    /// A failure.
    public var bad: Style { style(theme.bad, .bold, or: [.bold, .underline]) }
    /// Something to look at.
    public var warning: Style { style(theme.warning, or: .underline) }

    /// A chosen row; reversed where there is no colour for it.
    public var selected: Style {
        theme.selection == .none || colors == .mono
            ? Style(theme.selected, on: theme.background, .reverse)
            : Style(theme.selected, on: theme.selection)
    }

    private func style(_ color: Color, _ marks: Style.Attributes = [], or plain: Style.Attributes) -> Style {
        Style(color, on: theme.background, isMono ? plain : marks)
    }
}

extension Canvas {
    /// Draws a frame with a title in its upper edge.
    ///
    /// - Parameters:
    ///   - rect: the frame's outer edge.
    ///   - title: stands in the upper edge, clipped.
    ///   - look: characters and colours.
    ///   - isFocused: whether keys go there; shown by colour, weight and a mark, so that it is seen without colour.
    public mutating func frame(_ rect: Rect, title: String = "", look: Look, isFocused: Bool = false) {
        guard rect.width >= 2, rect.height >= 2 else { return }
        let color = isFocused ? look.theme.focus : look.theme.border
        let style = Style(color, on: look.theme.background, isFocused ? .bold : [])
        let glyphs = isFocused ? FrameGlyphs.strong : FrameGlyphs.plain
        let (right, bottom) = (rect.x + rect.width - 1, rect.y + rect.height - 1)
        for x in rect.x + 1..<right {
            self[x, rect.y] = Cell(glyphs.horizontal, style)
            self[x, bottom] = Cell(glyphs.horizontal, style)
        }
        for y in rect.y + 1..<bottom {
            self[rect.x, y] = Cell(glyphs.vertical, style)
            self[right, y] = Cell(glyphs.vertical, style)
        }
        for (corner, place) in zip(
            glyphs.corners, [(rect.x, rect.y), (right, rect.y), (rect.x, bottom), (right, bottom)])
        {
            self[place.0, place.1] = Cell(corner, style)
        }
        guard !title.isEmpty, rect.width > 4 else { return }
        let titleStyle = Style(
            isFocused ? look.theme.focus : look.theme.title, on: look.theme.background,
            isFocused ? .bold : [])
        write(" \(title) ", x: rect.x + 1, y: rect.y, style: titleStyle, width: rect.width - 2)
    }
}

/// The characters of a frame.
private struct FrameGlyphs {
    let horizontal, vertical: Character
    /// Upper left, upper right, lower left, lower right.
    let corners: [Character]

    static let plain = FrameGlyphs(horizontal: "─", vertical: "│", corners: ["┌", "┐", "└", "┘"])
    static let strong = FrameGlyphs(horizontal: "━", vertical: "┃", corners: ["┏", "┓", "┗", "┛"])
}
