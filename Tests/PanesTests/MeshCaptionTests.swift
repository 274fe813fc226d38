import MethodKit
import Terminal
import Testing

@testable import Panes

@Suite struct MeshCaptionTests {
    @Test(arguments: [(1, "1 face "), (2, "2 faces ")]) func facesAreCounted(count: Int, caption: String) {
        let mesh = Mesh(
            vertices: [SIMD3(0, 1, 0), SIMD3(-1, 0, 0), SIMD3(1, 0, 0), SIMD3(0, 0, 1)],
            faces: [[0, 1, 2], [0, 2, 3]].prefix(count).map { $0 }, marked: [], meaning: "")
        var canvas = Canvas(width: 30, height: 10)
        ArtifactDrawings.drawing(of: .mesh(mesh)).draw(on: &canvas, in: canvas.bounds, Viewpoint(), Look())
        #expect((canvas.rows[8] + " ").hasPrefix(caption))
    }
}
