/// How a cell's character looks.
public struct Style: Hashable, Sendable {
    /// Marks that do not depend on colour.
    public struct Attributes: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Heavier, or brighter.
        public static let bold = Attributes(rawValue: 1)
        /// Weaker.
        public static let faint = Attributes(rawValue: 2)
        /// Slanted.
        public static let italic = Attributes(rawValue: 4)
        /// With a line below.
        public static let underline = Attributes(rawValue: 8)
        /// Foreground and background exchanged.
        public static let reverse = Attributes(rawValue: 16)
        /// With a line through it; a terminal that has none shows the character as it is.
        public static let struck = Attributes(rawValue: 32)
    }

    /// Colour of the character.
    public var foreground: Color
    /// Colour behind it; in ``Canvas/write(_:x:y:style:width:)`` `none` keeps what is there.
    public var background: Color
    /// Marks that do not depend on colour.
    public var attributes: Attributes

    /// A style from its parts.
    public init(_ foreground: Color = .none, on background: Color = .none, _ attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// This style with more marks.
    public func with(_ more: Attributes) -> Style {
        Style(foreground, on: background, attributes.union(more))
    }

    /// This style on another ground.
    public func on(_ ground: Color) -> Style { Style(foreground, on: ground, attributes) }
}

/// One place of the screen.
public struct Cell: Hashable, Sendable {
    /// What stands there. A wide character fills two cells; the second one holds ``Cell/tail``.
    public var character: Character
    /// How it looks.
    public var style: Style

    /// A cell from its parts.
    public init(_ character: Character = " ", _ style: Style = Style()) {
        self.character = character
        self.style = style
    }

    /// What the second cell of a wide character holds.
    public static let tail: Character = "\0"
}
