import Charts
import MethodKit
import Terminal

/// How often predictions of a given confidence are right, beside the line on which they would be.
struct ReliabilityDrawing: ArtifactDrawing {
    private let diagram: Reliability

    init?(_ artifact: Artifact) {
        guard case .reliability(let diagram) = artifact else { return nil }
        self.diagram = diagram
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        let points = zip(diagram.confidence, diagram.accuracy).map { Series.Point($0, $1) }.sorted {
            $0.x < $1.x
        }
        var chart = LineChart(
            "share right by confidence",
            [
                Series("perfect", [Series.Point(0, 0), Series.Point(1, 1)], color: 1, kind: .faint),
                Series("measured", points, color: 0),
            ])
        (chart.x, chart.y) = (Scale(0...1), Scale(0...1))
        chart.draw(on: &canvas, in: rect, look: look)
    }
}
