import Charts
import MethodKit
import Terminal

/// A picture.
struct ImageDrawing: ArtifactDrawing {
    private let picture: Picture

    init?(_ artifact: Artifact) {
        guard case .image(let picture) = artifact else { return nil }
        self.picture = picture
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        PictureView(picture).draw(on: &canvas, in: rect, look: look)
    }
}

extension PictureView {
    /// A kept picture.
    init(_ picture: Picture) {
        self.init(
            width: picture.width, height: picture.height, channels: picture.channels,
            pixels: Array(picture.pixels))
    }
}
