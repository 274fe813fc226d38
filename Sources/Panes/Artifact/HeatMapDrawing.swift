import Charts
import MethodKit
import Terminal

/// A matrix of numbers.
struct HeatMapDrawing: ArtifactDrawing {
    private let map: HeatMap

    init?(_ artifact: Artifact) {
        guard case .heatMap(let map) = artifact else { return nil }
        self.map = map
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        HeatMapView(map.values, rows: map.rows, columns: map.columns, range: map.range).draw(
            on: &canvas, in: rect, look: look, firstRow: min(view.row, max(0, map.rows.count - 1)),
            firstColumn: min(view.column / 4, max(0, map.columns.count - 1)))
    }
}
