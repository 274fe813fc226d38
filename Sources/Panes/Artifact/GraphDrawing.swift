import Charts
import MethodKit
import Terminal

/// Nodes and named edges, one edge a line.
struct GraphDrawing: ArtifactDrawing {
    private let graph: MethodKit.Graph

    init?(_ artifact: Artifact) {
        guard case .graph(let graph) = artifact else { return nil }
        self.graph = graph
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        let lines: [[Piece]] = graph.edges.map { edge in
            [
                (node(edge.from), look.text), (" ─", look.faint), (edge.label, look.accent),
                ("→ ", look.faint), (node(edge.to), look.text),
            ]
        }
        scrolled(TextView(lines), on: &canvas, in: rect, view, look)
    }

    private func node(_ place: Int) -> String {
        graph.nodes.indices.contains(place) ? graph.nodes[place] : "?"
    }
}
