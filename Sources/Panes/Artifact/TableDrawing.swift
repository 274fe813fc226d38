import Charts
import MethodKit
import Terminal
import TextLayout

/// Rows of texts and numbers under headings.
struct TableDrawing: ArtifactDrawing {
    private let table: Table

    init?(_ artifact: Artifact) {
        guard case .table(let table) = artifact else { return nil }
        self.table = table
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        let text = TextView(
            columns: table.columns.map { $0.unit.isEmpty ? $0.name : "\($0.name) \($0.unit)" },
            rows: table.rows.map { $0.map(Self.shown) }, look: look)
        scrolled(text, on: &canvas, in: rect, view, look)
    }

    private static func shown(_ cell: Table.Cell) -> String {
        switch cell {
        case .text(let text): text
        case .number(let number): number.isNaN ? "" : number.brief
        }
    }
}
