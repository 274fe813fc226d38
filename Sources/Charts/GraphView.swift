import Terminal
import TextLayout

/// A directed graph as texts joined by lines, its layers from left to right.
public struct GraphView: Sendable {
    /// One node.
    public struct Node: Sendable {
        /// What it says, and how.
        public var text: String, style: Style
        /// Its layer; nil lets the edges say.
        public var layer: Int?

        /// A node from its parts.
        public init(_ text: String, _ style: Style, layer: Int? = nil) {
            (self.text, self.style, self.layer) = (text, style, layer)
        }
    }

    /// One edge, by places of nodes.
    public struct Edge: Sendable {
        /// Where it begins and ends.
        public var from, to: Int
        /// What it says, and how.
        public var label: String, style: Style
        /// Whether its line is broken.
        public var isDashed: Bool

        /// An edge from its parts.
        public init(from: Int, to: Int, label: String, _ style: Style, isDashed: Bool = false) {
            (self.from, self.to, self.label, self.style) = (from, to, label, style)
            self.isDashed = isDashed
        }
    }

    private let nodes: [Node], edges: [Edge]
    private let look: Look
    private let layout: LayeredLayout
    /// Where each layer begins, how wide it is, and the row of each item.
    private var columns: [(x: Int, width: Int)] = []
    private var places: [LayeredLayout.Item: (layer: Int, y: Int)] = [:]
    /// For each layer, the column of each edge's turn behind it.
    private var turns: [[Int: Int]] = []
    /// Longest texts that are shown.
    private static let longestNode = 24, longestLabel = 16

    /// A graph from its parts.
    public init(nodes: [Node], edges: [Edge], look: Look) {
        self.nodes = nodes.map {
            Node(TextWidth.clipped(look.shown($0.text), to: Self.longestNode), $0.style, layer: $0.layer)
        }
        self.edges = edges
        self.look = look
        layout = LayeredLayout(
            nodes.count, edges: edges.map { ($0.from, $0.to) }, layers: nodes.map(\.layer))
        placeRows()
        placeColumns()
    }

    /// Rows of cells, of equal lengths.
    public func cells() -> [[Cell]] {
        let width = columns.last.map { $0.x + $0.width + turns[turns.count - 1].count * 2 + 2 } ?? 0
        let height = (places.values.map(\.y).max() ?? -1) + 1
        guard width > 0, height > 0 else { return [] }
        var lines = LineGrid(width: width, height: height)
        for edge in edges.indices { draw(edge, into: &lines) }
        var canvas = Canvas(width: width, height: height, style: look.text, glyphs: look.glyphs)
        lines.draw(on: &canvas)
        for edge in edges.indices { finish(edge, on: &canvas) }
        for (place, node) in nodes.enumerated() {
            guard let at = places[.node(place)] else { continue }
            canvas.write(node.text, x: columns[at.layer].x, y: at.y, style: node.style)
        }
        return (0..<height).map { Array(canvas.cells[$0 * width..<($0 + 1) * width]) }
    }

    // MARK: Places

    /// Layers one above the other's middle; nodes two rows apart, so that lines pass between them.
    private mutating func placeRows() {
        let tallest = layout.rows.map { 2 * $0.count - 1 }.max() ?? 0
        for (layer, items) in layout.rows.enumerated() {
            let top = (tallest - (2 * items.count - 1)) / 2
            for (place, item) in items.enumerated() { places[item] = (layer, top + 2 * place) }
        }
    }

    private mutating func placeColumns() {
        var x = 0
        for (layer, items) in layout.rows.enumerated() {
            let widths = items.map { item -> Int in
                if case .node(let node) = item { TextWidth.of(nodes[node].text) } else { 1 }
            }
            let width = widths.max() ?? 1
            columns.append((x, width))
            let legs = legs(behind: layer)
            turns.append(Self.tracks(legs))
            let labels = legs.map { min(Self.longestLabel, TextWidth.of(look.shown(edges[$0.edge].label))) }
            let used = Set(turns[layer].values).count
            x += width + 2 * used + 2 + (labels.max() ?? 0) + (legs.isEmpty ? 0 : 2)
        }
    }

    /// The parts of edges that begin in a layer, with the rows that they join.
    private func legs(behind layer: Int) -> [(edge: Int, from: Int, to: Int)] {
        layout.paths.enumerated().flatMap { edge, path in
            zip(path, path.dropFirst()).compactMap { a, b in
                guard let p = places[a], let q = places[b], p.layer == layer else { return nil }
                return (edge, p.y, q.y)
            }
        }
    }

    /// A column for each edge that turns, none where two would lie upon each other; those that begin together may.
    private static func tracks(_ legs: [(edge: Int, from: Int, to: Int)]) -> [Int: Int] {
        var taken: [[(rows: ClosedRange<Int>, from: Int)]] = [], tracks: [Int: Int] = [:]
        for leg in legs.sorted(by: { (abs($0.from - $0.to), $0.edge) < (abs($1.from - $1.to), $1.edge) }) {
            let rows = min(leg.from, leg.to)...max(leg.from, leg.to)
            guard rows.count > 1 else { continue }
            let free = taken.firstIndex { track in
                !track.contains { $0.from != leg.from && $0.rows.overlaps(rows) }
            }
            if free == nil { taken.append([]) }
            taken[free ?? taken.count - 1].append((rows, leg.from))
            tracks[leg.edge] = free ?? taken.count - 1
        }
        return tracks
    }

    // MARK: Lines

    private func draw(_ edge: Int, into lines: inout LineGrid) {
        let (style, isDashed) = (edges[edge].style, edges[edge].isDashed)
        let path = layout.paths[edge]
        for (a, b) in zip(path, path.dropFirst()) {
            guard let p = places[a], let q = places[b] else { continue }
            let from = edgeX(a, p.layer), turn = turnX(edge, p.layer)
            // Two nodes of one layer are joined on their right sides.
            let to = p.layer == q.layer ? edgeX(b, q.layer) : columns[q.layer].x - 1
            let isBend = if case .bend = b { true } else { false }
            lines.horizontal(p.y, from, turn, style, isDashed)
            lines.vertical(turn, p.y, q.y, style, isDashed)
            lines.horizontal(
                q.y, turn, isBend ? columns[q.layer].x + columns[q.layer].width : to, style, isDashed)
        }
    }

    /// The arrow and the label of an edge, on its last stretch.
    private func finish(_ edge: Int, on canvas: inout Canvas) {
        let path = layout.paths[edge], shown = edges[edge]
        guard let last = path.last, let first = path.first, let p = places[path[max(0, path.count - 2)]],
            let q = places[last], let begin = places[first]
        else { return }
        let isReversed = last != .node(shown.to), isLevel = p.layer == q.layer
        if isReversed {
            canvas[edgeX(first, begin.layer), begin.y] = Cell("◀", shown.style)
        } else {
            let x = isLevel ? edgeX(last, q.layer) : columns[q.layer].x - 1
            canvas[x, q.y] = Cell(isLevel ? "◀" : "▶", shown.style)
        }
        guard !shown.label.isEmpty else { return }
        let label = TextWidth.clipped(look.shown(shown.label), to: Self.longestLabel)
        let x = isLevel ? turnX(edge, p.layer) + 1 : columns[q.layer].x - 2 - TextWidth.of(label)
        canvas.write(label, x: x, y: q.y, style: shown.style)
    }

    /// The first cell behind an item.
    private func edgeX(_ item: LayeredLayout.Item, _ layer: Int) -> Int {
        if case .node(let node) = item {
            columns[layer].x + TextWidth.of(nodes[node].text)
        } else {
            columns[layer].x
        }
    }

    private func turnX(_ edge: Int, _ layer: Int) -> Int {
        columns[layer].x + columns[layer].width + 1 + 2 * (turns[layer][edge] ?? 0)
    }
}

/// Lines that meet and cross, before they become characters.
private struct LineGrid {
    private struct Place {
        var arms = 0
        var style = Style()
        var isDashed = false
    }

    private let width, height: Int
    private var places: [Place]
    private static let left = 1, right = 2, up = 4, down = 8

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        places = Array(repeating: Place(), count: width * height)
    }

    mutating func horizontal(_ y: Int, _ a: Int, _ b: Int, _ style: Style, _ isDashed: Bool) {
        run(min(a, b)...max(a, b), { (x: $0, y: y) }, (Self.left, Self.right), style, isDashed)
    }

    mutating func vertical(_ x: Int, _ a: Int, _ b: Int, _ style: Style, _ isDashed: Bool) {
        run(min(a, b)...max(a, b), { (x: x, y: $0) }, (Self.up, Self.down), style, isDashed)
    }

    private mutating func run(
        _ range: ClosedRange<Int>, _ place: (Int) -> (x: Int, y: Int), _ arms: (back: Int, ahead: Int),
        _ style: Style, _ isDashed: Bool
    ) {
        guard range.count > 1 else { return }
        for step in range {
            let (x, y) = place(step)
            guard 0..<width ~= x, 0..<height ~= y else { continue }
            let back = step > range.lowerBound ? arms.back : 0
            let ahead = step < range.upperBound ? arms.ahead : 0
            places[y * width + x].arms |= back | ahead
            (places[y * width + x].style, places[y * width + x].isDashed) = (style, isDashed)
        }
    }

    /// By the arms that meet in a place: left 1, right 2, up 4, down 8.
    private static let characters: [Character] = Array(" ───│┘└┴│┐┌┬│┤├┼")

    func draw(on canvas: inout Canvas) {
        for (index, place) in places.enumerated() where place.arms != 0 {
            let dashed: Character? =
                place.isDashed ? place.arms <= 3 ? "╌" : place.arms & 3 == 0 ? "╎" : nil : nil
            canvas[index % width, index / width] = Cell(dashed ?? Self.characters[place.arms], place.style)
        }
    }
}
