import Charts
import MethodKit
import Terminal

/// Nodes in layers from left to right, joined by edges.
struct GraphDrawing: ArtifactDrawing {
    private let graph: MethodKit.Graph
    /// More edges than these are a thicket; then each is a line.
    private static let mostEdges = 400

    init?(_ artifact: Artifact) {
        guard case .graph(let graph) = artifact else { return nil }
        self.graph = graph
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        let lines = max(graph.edges.count, graph.nodes.count) > Self.mostEdges ? listed(look) : drawn(look)
        scrolled(TextView(lines), on: &canvas, in: rect, view, look)
    }

    private func drawn(_ look: Look) -> [[Piece]] {
        let view = GraphView(
            nodes: graph.nodes.map { .init($0.text, look.style($0.style), layer: $0.layer) },
            edges: graph.edges.map {
                .init(
                    from: $0.from, to: $0.to, label: $0.label, $0.style.map(look.style) ?? look.faint,
                    isDashed: $0.isDashed ?? false)
            }, look: look)
        return view.cells().map { row in
            row.filter { $0.character != Cell.tail }.map { (String($0.character), $0.style) }
        }
    }

    private func listed(_ look: Look) -> [[Piece]] {
        graph.edges.map { edge in
            let style = edge.style.map(look.style) ?? look.accent
            return [
                node(edge.from, look), (edge.isDashed == true ? " ╌" : " ─", look.faint), (edge.label, style),
                ("→ ", look.faint), node(edge.to, look),
            ]
        }
    }

    private func node(_ place: Int, _ look: Look) -> Piece {
        guard graph.nodes.indices.contains(place) else { return ("?", look.text) }
        return (graph.nodes[place].text, look.style(graph.nodes[place].style))
    }
}
