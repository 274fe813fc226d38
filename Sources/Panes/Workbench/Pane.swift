import Terminal

/// A pane's name: what the arrangement keeps, and where a configuration's commands are.
public struct PaneID: RawRepresentable, Hashable, Sendable, Codable {
    /// One word.
    public let rawValue: String

    /// A name; it need not be the name of a pane that there is.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Where a pane stands when the screen has room for several.
enum PanePlace: Sendable, Equatable {
    /// In the left column, with so many parts of its height where all panes of the column are open.
    case left(parts: Int)
    /// Beside the left column, above: where the charts are.
    case upper
    /// Below that, where there is room for one or two; on a wide screen in a column of their own, by these parts.
    case lower(parts: Int)
}

/// What a pane asks of the workbench when it was clicked.
enum ClickReply: Sendable, Equatable {
    case nothing
    /// Do what enter does: the row was chosen already.
    case enter
    /// Go to that second of the replay.
    case seek(Double)
}

/// One rectangle of the screen: a value that is told of keys and draws what it may see.
///
/// A pane sees a ``PaneContext`` and no more; only its commands act on the workbench. It is known by one line in
/// ``PaneSet/all``.
protocol Pane: Sendable {
    /// Its name.
    static var id: PaneID { get }
    /// Where it stands.
    static var place: PanePlace { get }
    /// What keys do while it has the focus.
    static var commands: [Command] { get }
    /// As it is at the start.
    init()

    /// What stands in the upper edge of its frame.
    func title(_ context: PaneContext) -> String
    /// Draws what is inside of its frame.
    func draw(on canvas: inout Canvas, in rect: Rect, _ context: PaneContext, isFocused: Bool)
    /// Moves its cursor.
    mutating func move(_ move: Move, _ context: PaneContext)

    /// Steps out of one thing, a filter say.
    ///
    /// - Returns: whether there was one.
    mutating func escape() -> Bool
    /// A click inside of its frame.
    mutating func press(x: Int, y: Int, in rect: Rect, _ context: PaneContext) -> ClickReply
    /// The pointer moves with its button down.
    mutating func drag(x: Int, y: Int, in rect: Rect, _ context: PaneContext) -> ClickReply
    /// The wheel over it turns up or down.
    mutating func wheel(_ move: Move, _ context: PaneContext)

    /// Lets seconds pass.
    ///
    /// - Returns: whether the drawing changed.
    mutating func advance(by seconds: Double, _ context: PaneContext) -> Bool
    /// Whether it changes with time.
    var isMoving: Bool { get }

    /// Another session is shown.
    mutating func sessionChanged(_ context: PaneContext)
    /// Another trial of the session is looked at.
    mutating func trialChanged()
    /// Says what other panes should know of it.
    func tell(_ context: inout PaneContext)
    /// What it needs to have read or done, each thing asked for once.
    mutating func requests(_ context: PaneContext) -> [Request]
}

extension Pane {
    mutating func escape() -> Bool { false }
    mutating func press(x: Int, y: Int, in rect: Rect, _ context: PaneContext) -> ClickReply { .nothing }
    mutating func drag(x: Int, y: Int, in rect: Rect, _ context: PaneContext) -> ClickReply { .nothing }
    mutating func wheel(_ move: Move, _ context: PaneContext) {
        for _ in 0..<3 { self.move(move, context) }
    }
    mutating func advance(by seconds: Double, _ context: PaneContext) -> Bool { false }
    var isMoving: Bool { false }
    mutating func sessionChanged(_ context: PaneContext) {}
    mutating func trialChanged() {}
    func tell(_ context: inout PaneContext) {}
    mutating func requests(_ context: PaneContext) -> [Request] { [] }
}
