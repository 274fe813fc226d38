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
        let points = animation.frames[view.frame(of: animation.frames.count, rate: animation.rate)]
        var frame = Wireframe(
            vertices: points.map { SIMD3($0.x, $0.y, 0) }, faces: animation.bones, marked: [])
        (frame.yaw, frame.pitch) = (0, 0)
        (frame.centre, frame.reach) = stage
        frame.draw(on: &canvas, in: rect, look: look)
    }

    /// The middle and half the longer side of the box of all frames: what moves is seen to move.
    private var stage: (centre: SIMD3<Float>, reach: Double) {
        let points = animation.frames.joined(), first = points.first ?? SIMD2()
        let low = points.reduce(first) { pointwiseMin($0, $1) }
        let high = points.reduce(first) { pointwiseMax($0, $1) }
        let middle = (low + high) / 2
        return (SIMD3(middle.x, middle.y, 0), Double((high - low).max()) / 2)
    }

    func play(_ seconds: Double, _ view: inout Viewpoint) -> Bool {
        view.advance(by: seconds, rate: animation.rate)
    }
}
