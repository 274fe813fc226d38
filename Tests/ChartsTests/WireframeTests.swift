import Terminal
import Testing

@testable import Charts

/// A wireframe's edges: whole where a face looks at us, dotted where it looks away.
@Suite struct WireframeTests {
    /// How many dots of braille a mesh seen from straight ahead comes to.
    private func dots(_ mesh: Wireframe) -> Int {
        var frame = mesh, canvas = Canvas(width: 20, height: 10)
        (frame.yaw, frame.pitch) = (0, 0)
        frame.draw(on: &canvas, in: canvas.bounds, look: Look(theme: Screens.colored))
        return canvas.rows.joined().unicodeScalars.filter { (0x2800...0x28FF).contains($0.value) }
            .reduce(0) { $0 + Int($1.value - 0x2800).nonzeroBitCount }
    }

    private func square(_ face: [Int]) -> Wireframe {
        Wireframe(
            vertices: [SIMD3(-1, -1, 0), SIMD3(1, -1, 0), SIMD3(1, 1, 0), SIMD3(-1, 1, 0)], faces: [face],
            marked: [])
    }

    @Test func aFaceThatLooksAwayIsDotted() {
        let front = dots(square([0, 1, 2, 3])), back = dots(square([3, 2, 1, 0]))
        #expect(front > 80)
        #expect((front * 2 / 5...front * 3 / 5).contains(back))
    }

    @Test func meshesOfOneReachHaveOneScale() {
        var small = square([0, 1, 2, 3])
        let alone = dots(small)
        small.reach *= 4
        #expect((alone / 5...alone / 3).contains(dots(small)))
    }
}
