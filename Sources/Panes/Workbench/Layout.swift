import Terminal

/// The panes, in the order of their numbers.
public enum PaneID: String, Sendable, Codable, CaseIterable {
    case methods, inputs, sessions, charts, logs, artifact, card

    /// The key that gives it the focus.
    public var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
    /// Whether it stands in the left column.
    public var isLeft: Bool { [.methods, .inputs, .sessions].contains(self) }
    /// Whether it shares the place below the charts where there is room for one only.
    public var isLower: Bool { [.logs, .artifact, .card].contains(self) }
}

/// What the user chose about the places of panes; kept between starts.
public struct Arrangement: Sendable, Codable, Equatable {
    /// Where keys go.
    public var focus = PaneID.charts
    /// Whether the focused pane has the whole screen.
    public var isZoomed = false
    /// The pane of the left column and the one below the charts that were used last.
    public var left = PaneID.inputs, lower = PaneID.logs
    /// Columns of the left column beyond the usual, and rows of the charts.
    public var wider = 0, taller = 0
    /// The theme's name; empty for the one that suits the terminal.
    public var theme = ""

    /// The usual places.
    public init() {}

    /// Gives the focus to a pane.
    public mutating func focus(_ pane: PaneID) {
        focus = pane
        if pane.isLeft { left = pane }
        if pane.isLower { lower = pane }
    }
}

/// Where everything stands on a screen of a size.
public struct Layout: Sendable, Equatable {
    /// One pane's place; a collapsed one is one row that shows its title.
    public struct Place: Sendable, Equatable {
        /// The pane.
        public let pane: PaneID
        /// Its outer edge.
        public let rect: Rect
        /// Whether it has one row only.
        public var isCollapsed: Bool { rect.height < 3 }
    }

    /// The panes that are seen.
    public private(set) var places: [Place] = []
    /// The row on top that says what runs.
    public private(set) var status = Rect(x: 0, y: 0, width: 0, height: 0)
    /// The row at the bottom that shows keys and messages.
    public private(set) var footer = Rect(x: 0, y: 0, width: 0, height: 0)
    /// The smallest screen on which something is shown.
    public static let smallest = (width: 20, height: 5)

    /// Lays the panes out.
    public init(width: Int, height: Int, _ arrangement: Arrangement) {
        let whole = Rect(x: 0, y: 0, width: width, height: height)
        guard width >= Self.smallest.width, height >= Self.smallest.height else { return }
        let (top, below) = whole.split(top: 1)
        let (body, bottom) = below.split(bottom: 1)
        (status, footer) = (top, bottom)
        if arrangement.isZoomed || width < 60 || height < 15 {
            places = [Place(pane: arrangement.focus, rect: body)]
        } else if width >= 110, height >= 34 {
            large(body, arrangement)
        } else {
            small(body, arrangement)
        }
    }

    /// The place of a pane, if it is seen.
    public func rect(of pane: PaneID) -> Rect? { places.first { $0.pane == pane }?.rect }

    /// The pane at a cell.
    public func pane(x: Int, y: Int) -> PaneID? { places.first { $0.rect.contains(x: x, y: y) }?.pane }

    private mutating func small(_ body: Rect, _ arrangement: Arrangement) {
        let width = min(body.width - 36, max(22, body.width * 34 / 100 + arrangement.wider))
        let (left, right) = body.split(left: width)
        stack([.methods, .inputs, .sessions], open: arrangement.left, in: left)
        let (upper, lower) = right.split(
            top: max(6, min(body.height - 5, body.height * 58 / 100 + arrangement.taller)))
        places.append(Place(pane: .charts, rect: upper))
        places.append(Place(pane: arrangement.lower, rect: lower))
    }

    private mutating func large(_ body: Rect, _ arrangement: Arrangement) {
        let isWide = body.width >= 170
        let (left, right) = body.split(
            left: max(24, min(body.width / 2, (isWide ? 42 : 36) + arrangement.wider)))
        let (methods, rest) = left.split(top: max(6, body.height / 5))
        let (inputs, sessions) = rest.split(top: rest.height * 60 / 100)
        places += [
            Place(pane: .methods, rect: methods), Place(pane: .inputs, rect: inputs),
            Place(pane: .sessions, rect: sessions),
        ]
        let (middle, side) = right.split(right: isWide ? right.width * 38 / 100 : 0)
        let (upper, lower) = middle.split(
            top: max(8, min(middle.height - 6, middle.height * 62 / 100 + arrangement.taller)))
        places.append(Place(pane: .charts, rect: upper))
        if isWide {
            places.append(Place(pane: .logs, rect: lower))
            let (artifact, card) = side.split(top: side.height * 60 / 100)
            places += [Place(pane: .artifact, rect: artifact), Place(pane: .card, rect: card)]
        } else {
            let (logs, other) = lower.split(left: lower.width / 2)
            let chosen = arrangement.lower == .card ? PaneID.card : .artifact
            places += [Place(pane: .logs, rect: logs), Place(pane: chosen, rect: other)]
        }
    }

    /// Panes above each other, of which one is open and the others show their titles.
    private mutating func stack(_ panes: [PaneID], open: PaneID, in rect: Rect) {
        var y = rect.y
        for pane in panes {
            let height = pane == open ? rect.height - panes.count + 1 : 1
            places.append(Place(pane: pane, rect: Rect(x: rect.x, y: y, width: rect.width, height: height)))
            y += height
        }
    }
}
