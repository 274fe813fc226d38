import Charts
import MethodKit
import Terminal

/// Pictures that play, over and over.
struct FramesDrawing: ArtifactDrawing {
    private let frames: Frames

    init?(_ artifact: Artifact) {
        guard case .frames(let frames) = artifact else { return nil }
        self.frames = frames
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        guard !frames.pictures.isEmpty else { return }
        let place = Int(view.clock * frames.rate) % frames.pictures.count
        PictureView(frames.pictures[place]).draw(on: &canvas, in: rect.split(bottom: 1).rest, look: look)
        canvas.write(
            "frame \(place + 1) of \(frames.pictures.count)", x: rect.x, y: rect.y + rect.height - 1,
            style: look.faint, width: rect.width)
    }

    func play(_ seconds: Double, _ view: inout Viewpoint) -> Bool {
        view.advance(by: seconds, rate: frames.rate)
    }
}

extension Viewpoint {
    /// Lets the clock go on.
    ///
    /// - Returns: whether another frame's time has come.
    mutating func advance(by seconds: Double, rate: Double) -> Bool {
        let before = Int(clock * rate)
        clock += seconds
        return Int(clock * rate) != before
    }
}
