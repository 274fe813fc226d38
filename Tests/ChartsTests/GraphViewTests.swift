import Terminal
import Testing

@testable import Charts

/// A graph in layers: what leads somewhere lies before it, and lines join what edges join.
@Suite struct GraphViewTests {
    private func text(_ nodes: [String], _ edges: [(Int, Int, String)], dashed: Set<Int> = []) -> [String] {
        let look = Look(theme: Screens.colored)
        let view = GraphView(
            nodes: nodes.map { .init($0, look.text) },
            edges: edges.enumerated().map {
                .init(from: $1.0, to: $1.1, label: $1.2, look.bad, isDashed: dashed.contains($0))
            }, look: look)
        return view.cells().map { row in
            let line = String(row.map(\.character))
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    @Test func layersFollowTheLongestPath() {
        let layout = LayeredLayout(
            5, edges: [(0, 1), (1, 2), (0, 2), (2, 3), (3, 1)], layers: Array(repeating: nil, count: 5))
        // 3 leads back to 1, which would close a circle.
        #expect(layout.layers == [0, 1, 2, 3, 0])
        #expect(layout.paths[2] == [.node(0), .bend(edge: 2, layer: 1), .node(2)])
        #expect(layout.paths[4] == [.node(1), .bend(edge: 4, layer: 2), .node(3)])
    }

    @Test func givenLayersStand() {
        let layout = LayeredLayout(3, edges: [(0, 1), (1, 2)], layers: [2, nil, 0])
        #expect(layout.layers == [2, 3, 0])
    }

    /// Two edges that would cross do not, once their ends are in order.
    @Test func crossingsAreTakenOut() {
        let layout = LayeredLayout(4, edges: [(0, 3), (1, 2)], layers: Array(repeating: nil, count: 4))
        let right = layout.rows[1], left = layout.rows[0]
        #expect(left.firstIndex(of: .node(0)) == right.firstIndex(of: .node(3)))
    }

    @Test func edgesThatJoinNothingAreLeftOut() {
        #expect(text(["a"], [(0, 0, "self"), (0, 7, "beyond")]) == ["a"])
        #expect(text([], []).isEmpty)
    }

    @Test func aRowIsALineWithItsLabel() {
        #expect(text(["one", "two"], [(0, 1, "to")]) == ["one──to─▶two"])
        #expect(text(["one", "two"], [(0, 1, "")], dashed: [0]) == ["one╌╌╌▶two"])
    }

    @Test func branchesTurn() {
        #expect(text(["a", "b", "c"], [(0, 1, ""), (0, 2, "x")]) == ["  ┌────▶b", "a─┤", "  └──x─▶c"])
    }

    /// Any graph is drawn, and each node once.
    @Test func anyGraphIsDrawn() {
        var random = SplitMix(5)
        for _ in 0..<200 {
            let count = random.below(12)
            let edges = (0..<random.below(20)).map { _ in
                (random.below(count + 2) - 1, random.below(count + 2) - 1, "e")
            }
            let lines = text((0..<count).map { "<\($0)>" }, edges).joined(separator: "\n")
            for node in 0..<count { #expect(lines.contains("<\(node)>"), "\(lines)") }
        }
    }
}
