import Terminal

/// Where everything stands on a screen of a size.
struct Layout: Sendable {
    /// One pane's place; a collapsed one is one row that shows its title.
    struct Place: Sendable {
        let pane: PaneID
        /// Its outer edge.
        let rect: Rect
        var isCollapsed: Bool { rect.height < 3 }
    }

    /// A pane and the parts of a column's height that it takes.
    private typealias Share = (pane: PaneID, parts: Int)

    /// The panes that are seen.
    private(set) var places: [Place] = []
    /// The row on top that says what runs.
    private(set) var status = Rect(x: 0, y: 0, width: 0, height: 0)
    /// The row at the bottom that shows keys and messages.
    private(set) var footer = Rect(x: 0, y: 0, width: 0, height: 0)
    /// The smallest screen on which something is shown.
    static let smallest = (width: 20, height: 5)
    /// Rows of the smallest pane that is of use, with its frame.
    private static let leastRows = 6

    private let lefts: [Share], uppers: [PaneID], lowers: [Share]

    init(width: Int, height: Int, _ arrangement: Arrangement, _ panes: [any Pane.Type] = PaneSet.all) {
        lefts = panes.compactMap { if case .left(let parts) = $0.place { ($0.id, parts) } else { nil } }
        uppers = panes.filter { $0.place == .upper }.map { $0.id }
        lowers = panes.compactMap { if case .lower(let parts) = $0.place { ($0.id, parts) } else { nil } }
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
    func rect(of pane: PaneID) -> Rect? { places.first { $0.pane == pane }?.rect }

    /// The pane at a cell.
    func pane(x: Int, y: Int) -> PaneID? { places.first { $0.rect.contains(x: x, y: y) }?.pane }

    // MARK: Sizes of screens

    private mutating func small(_ body: Rect, _ arrangement: Arrangement) {
        let width = min(body.width - 36, max(22, body.width * 34 / 100 + arrangement.wider))
        let (left, right) = body.split(left: width)
        stack(lefts, open: arrangement.left, in: left)
        let (upper, lower) = right.split(
            top: max(6, min(body.height - 5, body.height * 58 / 100 + arrangement.taller)))
        one(of: uppers, arrangement.upper, in: upper)
        one(of: lowers.map(\.pane), arrangement.lower, in: lower)
    }

    private mutating func large(_ body: Rect, _ arrangement: Arrangement) {
        let isWide = body.width >= 170
        let (left, right) = body.split(
            left: max(24, min(body.width / 2, (isWide ? 42 : 36) + arrangement.wider)))
        column(lefts, open: arrangement.left, in: left)
        let (middle, side) = right.split(right: isWide ? right.width * 38 / 100 : 0)
        let (upper, lower) = middle.split(
            top: max(8, min(middle.height - 6, middle.height * 62 / 100 + arrangement.taller)))
        one(of: uppers, arrangement.upper, in: upper)
        let others = Array(lowers.dropFirst())
        guard let first = lowers.first, !others.isEmpty else {
            return one(of: lowers.map(\.pane), arrangement.lower, in: isWide ? side : lower)
        }
        if isWide {
            places.append(Place(pane: first.pane, rect: lower))
            column(others, open: arrangement.lower, in: side)
        } else {
            let (near, far) = lower.split(left: lower.width / 2)
            places.append(Place(pane: first.pane, rect: near))
            one(of: others.map(\.pane), arrangement.lower, in: far)
        }
    }

    // MARK: Parts

    /// One of some panes: the wanted one where it is among them.
    private mutating func one(of panes: [PaneID], _ wanted: PaneID, in rect: Rect) {
        guard let pane = panes.first(where: { $0 == wanted }) ?? panes.first else { return }
        places.append(Place(pane: pane, rect: rect))
    }

    /// Panes above each other by their parts; where they have no room, one is open.
    private mutating func column(_ panes: [Share], open: PaneID, in rect: Rect) {
        guard panes.count * Self.leastRows <= rect.height else { return stack(panes, open: open, in: rect) }
        var rest = rect, parts = panes.reduce(0) { $0 + $1.parts }
        for (place, pane) in panes.enumerated() {
            let below = (panes.count - place - 1) * Self.leastRows
            let share = rest.height * pane.parts / max(1, parts)
            let height = below == 0 ? rest.height : min(rest.height - below, max(Self.leastRows, share))
            let (top, remainder) = rest.split(top: height)
            places.append(Place(pane: pane.pane, rect: top))
            (rest, parts) = (remainder, parts - pane.parts)
        }
    }

    /// Panes above each other, of which one is open and the others, as far as there are rows, show their titles.
    private mutating func stack(_ panes: [Share], open: PaneID, in rect: Rect) {
        guard let chosen = panes.first(where: { $0.pane == open }) ?? panes.first else { return }
        var rows = max(0, rect.height - Self.leastRows)
        let shown = panes.filter { pane in
            guard pane.pane != chosen.pane else { return true }
            rows -= 1
            return rows >= 0
        }
        var y = rect.y
        for pane in shown {
            let height = pane.pane == chosen.pane ? rect.height - shown.count + 1 : 1
            places.append(
                Place(pane: pane.pane, rect: Rect(x: rect.x, y: y, width: rect.width, height: height)))
            y += height
        }
    }
}
