import Foundation
import MethodKit
import Testing

@Suite struct ArtifactTests {
    /// A session may come from anywhere: what it calls its artifacts leads out of no folder.
    @Test(arguments: ["../../.bashrc", "/etc/passwd", "a/b\0c", "..", "\u{1B}[2J"])
    func namesOfFilesStayInTheirFolder(name: String) throws {
        let mesh = Mesh(vertices: [SIMD3(0, 0, 0)], faces: [])
        for artifact in [Artifact.text([Span("x")]), .mesh(mesh), .meshes([NamedMesh(name, mesh)])] {
            for file in try artifact.files(named: name) {
                #expect(!file.name.contains("/") && !file.name.hasPrefix("."), "\(file.name)")
                #expect(file.name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) })
            }
        }
    }
}
