import MethodKit
import Terminal

/// An artifact of a kind that this version does not know.
struct NewerDrawing: ArtifactDrawing {
    private let type: String

    init(_ artifact: Artifact) { type = artifact.type }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        canvas.write(
            "\(type): of a newer version; w writes it as it is", x: rect.x, y: rect.y, style: look.faint,
            width: rect.width)
    }
}
