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

    private func text(_ artifact: Artifact, _ name: String = "a") throws -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: try artifact.files(named: name).map {
                ($0.name, String(decoding: $0.contents, as: UTF8.self))
            })
    }

    @Test func anAnimationIsWrittenAsATable() throws {
        let animation = KeypointAnimation(
            frames: [[SIMD2(0, 0.5), SIMD2(1, -1)], [SIMD2(0.25, 0.5), SIMD2(1, 0)]], bones: [[1, 0]],
            rate: 10,
            names: ["hips", "hand"])
        let files = try text(.animation(animation))
        #expect(
            files["a.csv"]
                == "time [s],hips x,hips y,hand x,hand y\n0.0,0.0,0.5,1.0,-1.0\n0.1,0.25,0.5,1.0,0.0\n")
        #expect(files["a-bones.csv"] == "from,to\nhand,hips\n")
        var unnamed = animation
        unnamed.names = nil
        #expect(try text(.animation(unnamed))["a.csv"]?.hasPrefix("time [s],0 x,0 y,1 x,1 y\n") == true)
    }

    @Test func aTimelineIsWrittenAsATable() throws {
        let timeline = Timeline(
            duration: 1,
            lanes: [
                .init("beats", [.init(at: 0.5, "one")]), .init("wave", levels: .init([1, -1], in: -1...1)),
            ])
        #expect(
            try text(.timeline(timeline))["a.csv"] == """
                lane,begin [s],end [s],label,level
                beats,0.5,0.5,one,
                wave,0.0,0.5,,1.0
                wave,0.5,1.0,,-1.0

                """)
    }

    /// Each panel is written as it would be alone; none overwrites another's file.
    @Test func panelsAreWrittenOneByOne() throws {
        let panels = Panels([
            .init([.init("left side", .text([Span("x")])), .init("right", .text([Span("y")]))]),
            .init([.init("below", .heatMap(HeatMap([1], rows: ["r"], columns: ["c"])))], parts: 2),
        ])
        let files = try text(.panels(panels), "all")
        #expect(files["all-left_side.txt"] == "x" && files["all-right.txt"] == "y")
        #expect(files["all-below.csv"] == ",c\nr,1.0\n" && files.count == 3)
    }

    @Test func aGraphKeepsItsStylesInDOT() throws {
        let graph = Graph(
            nodes: [Graph.Node("a", .bad, layer: 0), Graph.Node("b", layer: 0)],
            edges: [.init(from: 0, to: 1, label: "\"x\"", .first, isDashed: true)])
        #expect(
            try text(.graph(graph))["a.dot"] == """
                digraph {
                  n0 [label="a", color=red];
                  n1 [label="b"];
                  {rank=same; n0; n1}
                  n0 -> n1 [label="\\"x\\"", color=blue, style=dashed];
                }

                """)
    }
}
