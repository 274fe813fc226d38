import Charts
import MethodKit
import Terminal

/// Several artifacts beside and below each other, all at the same moment.
struct PanelsDrawing: ArtifactDrawing {
    private let rows: [(parts: Int, panels: [(name: String, drawing: any ArtifactDrawing)])]

    init?(_ artifact: Artifact) {
        guard case .panels(let panels) = artifact else { return nil }
        rows = panels.rows.map { row in
            (row.parts, row.panels.map { ($0.name, ArtifactDrawings.drawing(of: $0.artifact)) })
        }
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        let all = rows.reduce(0) { $0 + $1.parts }
        var before = 0
        for row in rows {
            let top = rect.height * before / all, bottom = rect.height * (before + row.parts) / all
            before += row.parts
            for (place, panel) in row.panels.enumerated() {
                let left = rect.width * place / row.panels.count
                let right = rect.width * (place + 1) / row.panels.count
                let part = Rect(
                    x: rect.x + left, y: rect.y + top,
                    width: right - left - (place + 1 < row.panels.count ? 1 : 0), height: bottom - top)
                draw(panel, on: &canvas, in: part, view, look)
            }
        }
    }

    private func draw(
        _ panel: (name: String, drawing: any ArtifactDrawing), on canvas: inout Canvas, in rect: Rect,
        _ view: Viewpoint, _ look: Look
    ) {
        // Where there is no room for both, what is shown matters more than its name.
        guard rect.height > 2 else { return panel.drawing.draw(on: &canvas, in: rect, view, look) }
        let (head, body) = rect.split(top: 1)
        canvas.write(panel.name, x: head.x, y: head.y, style: look.strong, width: head.width)
        panel.drawing.draw(on: &canvas, in: body, view, look)
    }

    /// The clock goes on once, however many panels play.
    func play(_ seconds: Double, _ view: inout Viewpoint) -> Bool {
        var after = view, changes = false
        for panel in rows.flatMap(\.panels) {
            var own = view
            changes = panel.drawing.play(seconds, &own) || changes
            after.clock = max(after.clock, own.clock)
            if own.yaw != view.yaw { after.yaw = own.yaw }
        }
        view = after
        return changes
    }
}
