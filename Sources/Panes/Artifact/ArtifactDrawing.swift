import Charts
import MethodKit
import Terminal

/// From where an artifact is seen: what the user scrolled, turned and let play.
struct Viewpoint: Sendable {
    /// Lines and cells that are scrolled away.
    var row = 0, column = 0
    /// Turn and tilt in radians, and how large.
    var yaw = 0.6, pitch = 0.4, size = 1.0
    /// Seconds that have been played.
    var clock = 0.0
}

/// How artifacts of one kind are drawn and moved in. Their data and their export live in MethodKit, which sees no
/// terminal; a kind's drawing is one file here and a line in ``ArtifactDrawings``.
protocol ArtifactDrawing: Sendable {
    /// Takes an artifact of its kind; nil for all others.
    init?(_ artifact: Artifact)
    /// Draws it.
    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look)
    /// What the keys that move do: scroll, unless the kind has something better.
    func move(_ move: Move, _ view: inout Viewpoint)
    /// Lets seconds of playing pass.
    ///
    /// - Returns: whether the drawing changes; false for what does not play.
    func play(_ seconds: Double, _ view: inout Viewpoint) -> Bool
}

extension ArtifactDrawing {
    func move(_ move: Move, _ view: inout Viewpoint) {
        switch move {
        case .left: view.column = max(0, view.column - 4)
        case .right: view.column += 4
        case .up: view.row = max(0, view.row - 1)
        case .down: view.row += 1
        case .pageUp: view.row = max(0, view.row - 10)
        case .pageDown: view.row += 10
        case .top: (view.row, view.column) = (0, 0)
        case .bottom: view.row = 100_000
        }
    }

    func play(_ seconds: Double, _ view: inout Viewpoint) -> Bool { false }

    /// Draws lines from where the user scrolled to.
    func scrolled(
        _ text: TextView, on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look
    ) {
        let first = min(view.row, max(0, text.lines.count - rect.height))
        text.draw(on: &canvas, in: rect, first: first, column: view.column)
        canvas.scrollMark(
            first..<min(text.lines.count, first + rect.height), of: text.lines.count,
            in: Rect(x: rect.x, y: rect.y, width: rect.width + 1, height: rect.height), look: look)
    }
}

/// The kinds that can be drawn.
enum ArtifactDrawings {
    private static let all: [any ArtifactDrawing.Type] = [
        TextDrawing.self, TableDrawing.self, TreeDrawing.self, GraphDrawing.self, HeatMapDrawing.self,
        ImageDrawing.self, FramesDrawing.self, MeshDrawing.self, AnimationDrawing.self,
        TimelineDrawing.self, PanelsDrawing.self, ReliabilityDrawing.self, PlotDrawing.self,
        TensorDrawing.self,
    ]

    /// The drawing of an artifact; a kind that this version does not know is named.
    static func drawing(of artifact: Artifact) -> any ArtifactDrawing {
        for kind in all { if let drawing = kind.init(artifact) { return drawing } }
        return NewerDrawing(artifact)
    }
}
