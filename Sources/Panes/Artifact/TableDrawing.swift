import Charts
import MethodKit
import Terminal

/// Rows of texts under headings.
struct TableDrawing: ArtifactDrawing {
    private let table: Table

    init?(_ artifact: Artifact) {
        guard case .table(let table) = artifact else { return nil }
        self.table = table
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        let text = TextView(columns: table.columns, rows: table.rows, look: look)
        scrolled(text, on: &canvas, in: rect, view, look)
    }
}
