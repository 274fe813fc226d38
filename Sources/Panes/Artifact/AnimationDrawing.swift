import Charts
import MethodKit
import Terminal

/// Points that move, joined by bones, over and over.
struct AnimationDrawing: ArtifactDrawing {
    private let animation: KeypointAnimation

    init?(_ artifact: Artifact) {
        guard case .animation(let animation) = artifact else { return nil }
        self.animation = animation
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        guard !animation.frames.isEmpty else { return }
        let points = animation.frames[Int(view.clock * animation.rate) % animation.frames.count]
        var frame = Wireframe(
            vertices: points.map { SIMD3($0.x, $0.y, 0) }, faces: animation.bones, marked: [])
        (frame.yaw, frame.pitch) = (0, 0)
        frame.draw(on: &canvas, in: rect, look: look)
    }

    func play(_ seconds: Double, _ view: inout Viewpoint) -> Bool {
        view.advance(by: seconds, rate: animation.rate)
    }
}
