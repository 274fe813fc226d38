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
        let place = view.frame(of: frames.pictures.count, rate: frames.rate)
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
        let before = tick(rate)
        clock += seconds
        return tick(rate) != before
    }

    /// Which of some frames, which play over and over, has its time now.
    func frame(of count: Int, rate: Double) -> Int { tick(rate) % count }

    /// Frames since the first; a stored rate may be anything.
    private func tick(_ rate: Double) -> Int {
        let ticks = clock * rate
        return ticks >= 0 && ticks < 1e15 ? Int(ticks) : 0
    }
}
