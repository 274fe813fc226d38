import Foundation
import Testing

@testable import Datasets

@Suite struct MeshFileTests {
    /// A tetrahedron in every format.
    static let samples: [(ending: String, bytes: [UInt8])] = [
        (
            "obj",
            Array(
                "# a\nv 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1/1 3/2 2/3\nf -4 -3 -1\nf 1 4 3\nf 2 3 4\n".utf8)
        ),
        (
            "off",
            Array("OFF\n4 4 6\n0 0 0\n1 0 0\n0 1 0\n0 0 1\n3 0 2 1\n3 0 1 3\n3 0 3 2 255 0 0\n3 1 2 3\n".utf8)
        ),
        (
            "ply",
            Array(
                (plyHead("ascii") + "0 0 0\n1 0 0\n0 1 0\n0 0 1\n3 0 2 1\n3 0 1 3\n3 0 3 2\n3 1 2 3\n").utf8)
        ),
        ("ply", plyBytes(isBigEndian: false)),
        ("ply", plyBytes(isBigEndian: true)),
        ("stl", Array(stlText.utf8)),
        ("stl", stlBytes),
    ]

    static let corners: [SIMD3<Float>] = [.zero, SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)]
    static let triangles: [SIMD3<Int32>] = [SIMD3(0, 2, 1), SIMD3(0, 1, 3), SIMD3(0, 3, 2), SIMD3(1, 2, 3)]

    static func plyHead(_ format: String) -> String {
        "ply\nformat \(format) 1.0\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\n"
            + "element face 4\nproperty list uchar int vertex_indices\nend_header\n"
    }

    /// The end of a head: so many vertices and no face.
    static func plyVertex(_ count: Int) -> String {
        "element vertex \(count)\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
    }

    static func plyBytes(isBigEndian: Bool) -> [UInt8] {
        func bytes(_ word: UInt32) -> [UInt8] {
            let little = (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) }
            return isBigEndian ? little.reversed() : little
        }
        let head = Array(plyHead(isBigEndian ? "binary_big_endian" : "binary_little_endian").utf8)
        let places = corners.flatMap { corner in (0..<3).flatMap { bytes(corner[$0].bitPattern) } }
        return head + places + triangles.flatMap { face in [3] + (0..<3).flatMap { bytes(UInt32(face[$0])) } }
    }

    static let stlText =
        "solid a\n"
        + triangles.map { face in
            let lines = (0..<3).map { corners[Int(face[$0])] }.map { "vertex \($0.x) \($0.y) \($0.z)\n" }
                .joined()
            return "facet normal 0 0 0\nouter loop\n\(lines)endloop\nendfacet\n"
        }.joined() + "endsolid a\n"

    static let stlBytes: [UInt8] = {
        func bytes(_ word: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) }
        }
        let faces = triangles.map { face -> [UInt8] in
            let places = (0..<3).flatMap { corner in
                (0..<3).flatMap { bytes(corners[Int(face[corner])][$0].bitPattern) }
            }
            return Array(repeating: 0, count: 12) + places + [0, 0]
        }
        return Array(repeating: 0, count: 80) + bytes(4) + faces.flatMap { $0 }
    }()

    @Test(arguments: samples.indices)
    func everyFormatGivesTheSameSurface(_ index: Int) throws {
        let (ending, bytes) = Self.samples[index]
        let mesh = try MeshFile.read(bytes, ending: ending, path: "a.\(ending)")
        func places(_ face: SIMD3<Int32>, _ vertices: [SIMD3<Double>]) -> [SIMD3<Double>] {
            (0..<3).map { vertices[Int(face[$0])] }
        }
        let wanted = Self.corners.map { SIMD3<Double>(Double($0.x), Double($0.y), Double($0.z)) }
        #expect(mesh.faces.map { places($0, mesh.vertices) } == Self.triangles.map { places($0, wanted) })
        #expect(mesh.vertices.count == 4)
        let topology = Topology(of: mesh.faces)
        #expect(topology.isWatertight && topology.flipped == 0 && topology.edges == 6)
    }

    @Test func topologyFindsWhatIsWrong() {
        let rim = Topology(of: [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
        #expect(rim.open == [SIMD2(0, 1), SIMD2(0, 3), SIMD2(1, 2), SIMD2(2, 3)] && rim.flipped == 0)
        #expect(abs(rim.openShare - 0.8) < 1e-12 && !rim.isWatertight)
        let book = Topology(of: [SIMD3(0, 1, 2), SIMD3(0, 1, 3), SIMD3(0, 1, 4)])
        #expect(book.nonManifold == [SIMD2(0, 1)])
        #expect(Topology(of: [SIMD3(0, 1, 2), SIMD3(0, 1, 3)]).flipped == 1)
        #expect(Topology(of: []).openShare == 0 && !Topology(of: []).isWatertight)
    }

    @Test(arguments: [
        ("12", 12.0), ("-0.5", -0.5), ("+1e3", 1000), ("1E-2", 0.01), (".25", 0.25), ("3.", 3),
        ("0.1", 0.1), ("123456789.123456789", 123456789.123456789), ("1e-20", 1e-20),
    ])
    func numbersAreRead(_ text: String, _ value: Double) throws {
        let found = try #require(TextScanner.number(Array(text.utf8), 0..<text.utf8.count))
        #expect(abs(found - value) <= 1e-15 * abs(value))
    }

    @Test(arguments: ["nan", "inf", "1e31", "1e99999", "1.2.3", "--1", "1e", "e5", ".", "0x10", "1,5"])
    func otherWordsAreNoNumbers(_ text: String) {
        #expect(TextScanner.number(Array(text.utf8), 0..<text.utf8.count) == nil)
    }

    @Test(arguments: [
        ("obj", "", "it holds no vertex"),
        ("obj", "v 0 0 0\n", "it holds no face"),
        ("obj", "v 0 0\n", "line 1: z is missing; allowed is a number."),
        ("obj", "v 0 0 nan\n", "line 1: z is 'nan'; allowed is a number from -1e30 to 1e30."),
        ("obj", "v 0 0 0\nf 1 2 3\n", "line 2: the face names vertex 3; allowed is 1 to 1."),
        ("obj", "v 0 0 0\nf 1 1\n", "line 2: the face has 2 corners; allowed is three or more."),
        ("obj", "v 0 0 0\nf 0 1 1\n", "line 2: the corner is '0'"),
        ("obj", "v 0 0 0\nf -2 1 1\n", "line 2: the corner is '-2'"),
        ("obj", "\u{1b}[2J", "line 1: '?[2J' begins no OBJ line"),
        ("off", "OFF\n", "the numbers of vertices and faces are missing"),
        ("off", "OFF 3\n", "the number of faces is missing"),
        ("off", "OFF\n99999999999 1 0\n", "line 2: the number of vertices is '99999999999'"),
        ("off", "OFF BINARY\n", "line 1: the file is binary OFF"),
        ("off", "OFF\n3 1 0\n0 0 0\n1 0 0\n", "the file ends after 2 vertices; allowed is 3"),
        (
            "off", "OFF\n1 1 0\n0 0 0\n3 0 0 1\n",
            "line 4: the corner is '1'; allowed is a whole number from 0 to 0."
        ),
        ("ply", "plx\n", "line 1: the file does not begin with 'ply'"),
        ("ply", "ply\nformat ascii 1.0\nend_header\n", "there is no element 'vertex'"),
        ("ply", "ply\nformat zip 1.0\n", "line 2: the format is 'zip'"),
        ("ply", "ply\nelement vertex 4000001\n", "line 2: the number of element vertex is '4000001'"),
        (
            "stl", "solid\nfacet\nouter loop\nvertex 1 2 3\nendloop\n",
            "line 5: the loop has 1 vertices; allowed is three."
        ),
        ("stl", "solid\nfacet\nouter loop\nendloop\n", "line 4: the loop has no vertex; allowed is three."),
        (
            "stl", "solid\nvertex 1 2 3\n",
            "line 2: 'vertex' stands inside the solid that begins on line 1; allowed is facet or endsolid."
        ),
        ("stl", "solid\nendsolid\nfacet\n", "line 3: 'facet' stands outside a solid; allowed is solid."),
        ("stl", "solid\nsolid\n", "line 2: 'solid' stands inside the solid that begins on line 1"),
        ("stl", "SOLID a\nEND LOOP\n", "line 2: 'ENDLOOP' stands inside the solid that begins on line 1"),
        (
            "stl", "solid\nfacet\nouter loop\n" + String(repeating: "vertex 1 2 3\n", count: 9),
            "line 7: the loop has more than three vertices; allowed is three."
        ),
        ("obj", "f 1 2 3\n", "it holds no vertex"),
        ("off", "OFF # 8 8 8\n1 0 0\n0 0 0\n", "it holds no face"),
        (
            "ply", "ply\nformat ascii 1.0\nelement a 9\n" + plyVertex(1),
            "element 'a' has no property; allowed is one or more."
        ),
        ("ply", "ply\nformat ascii 1.0\n" + plyVertex(0), "there are no vertices"),
        ("stl", "short", "it has 5 bytes and does not begin with 'solid'"),
        (
            "stl", "#\n" + String(repeating: "# solid\n", count: 20),
            "it has 162 bytes and does not begin with 'solid'; allowed is STL as text, or binary STL of at least 84"
        ),
        ("stl", "", "it has 0 bytes and does not begin with 'solid'"),
        ("stl", "solid a\u{1}\u{2}", "it has 9 bytes and has control characters"),
        ("xyz", "1 2 3", "its name does not say what it is; allowed is a name that ends in .obj"),
    ])
    func aWrongFileGivesOneSentence(_ ending: String, _ text: String, _ wanted: String) {
        let error = #expect(throws: FileError.self) {
            try MeshFile.read(Array(text.utf8), ending: ending, path: "a.\(ending)")
        }
        let sentence = error.map { "\($0)" } ?? ""
        #expect(sentence.contains(wanted), "\(sentence)")
        #expect(sentence.hasSuffix(".") && !sentence.contains("\n"))
    }

    @Test func whatIsWrongInBinarySTLHasItsByte() {
        var bytes = Self.stlBytes
        bytes.replaceSubrange(84 + 50 + 12..<84 + 50 + 16, with: [0, 0, 0xC0, 0x7F])
        let error = #expect(throws: FileError.self) {
            try MeshFile.read(bytes, ending: "stl", path: "a.stl")
        }
        #expect(error?.description.contains("triangle 2, at byte 134: a coordinate is not finite") == true)
    }

    /// The sentence with which a file is refused; empty when it is read.
    private func sentence(_ bytes: [UInt8], _ ending: String) -> String {
        do {
            _ = try MeshFile.read(bytes, ending: ending, path: "a.\(ending)")
            return ""
        } catch { return "\(error)" }
    }

    @Test func textSTLThatIsCutOffIsNoSmallerMesh() {
        let lines = Self.stlText.split(separator: "\n")
        for count in 1..<lines.count {
            // Seven lines a facet, after the one that begins the solid.
            let (facet, line) = ((count - 1) / 7, (count - 1) % 7)
            let place =
                switch line {
                case 0: "solid that begins on line 1"
                case 1, 6: "facet that begins on line \(7 * facet + 2)"
                default: "loop that begins on line \(7 * facet + 3)"
                }
            let text = lines.prefix(count).joined(separator: "\n")
            let wanted =
                "line \(count): the file ends inside the \(place); allowed is a file up to its 'endsolid'."
            #expect(sentence(Array(text.utf8), "stl").hasSuffix(wanted))
        }
    }

    @Test(arguments: [
        stlText.uppercased(), stlText.replacing("end", with: "end "), "\u{FEFF}\r\n " + stlText,
        stlText.replacing("\nfacet", with: "\n\n \n\tfacet").replacing("endsolid a", with: "ENDSOLID"),
        "solid b # 1\ncolor 1 0 0\n" + stlText.dropFirst(8) + "solid\nendsolid\n\n",
        stlText.replacing("endfacet\nfacet", with: "endfacet\nendsolid a\nsolid c d\nfacet"),
    ])
    func textSTLIsReadAsProgramsWriteIt(_ text: String) throws {
        let mesh = try MeshFile.read(Array(text.utf8), ending: "stl", path: "a.stl")
        #expect(mesh.faces.count == 4 && mesh.vertices.count == 4)
    }

    @Test func binarySTLMayBeginWithSolidAndHaveMoreBytes() throws {
        let plain = try MeshFile.read(Self.stlBytes, ending: "stl", path: "a.stl")
        var bytes = Self.stlBytes
        bytes.replaceSubrange(0..<80, with: Array("solid a".utf8) + Array(repeating: 32, count: 73))
        #expect(try MeshFile.read(bytes, ending: "stl", path: "a.stl") == plain)
        #expect(try MeshFile.read(bytes + [1, 2, 3], ending: "stl", path: "a.stl") == plain)
        let cut = sentence(Array(bytes.dropLast()), "stl")
        #expect(
            cut.contains("its head, at byte 80, promises 4 triangles, which need 284 bytes, and it has 283;"))
        bytes[80] = 0
        #expect(sentence(bytes, "stl").contains("promises 0 triangles, and it has 284 bytes; allowed is 1"))
    }

    @Test func textInUTF16IsNoBinarySTL() {
        let text: [UInt8] = [0xFF, 0xFE] + Array(Self.stlText.utf8).flatMap { [$0, 0] }
        #expect(sentence(text, "stl").contains("it is text in UTF-16; allowed is STL as text in ASCII"))
    }

    @Test(arguments: [
        (1e300, "1e+300, beyond the range"), (-1e31, "-1e+31, beyond the range"),
        (.infinity, "not finite"), (.nan, "not finite"),
    ])
    func binaryCoordinatesHaveARange(_ value: Double, _ wanted: String) {
        let vertex = Self.plyVertex(1).replacing("float", with: "double")
        let head = "ply\nformat binary_big_endian 1.0\n" + vertex
        let values = (0..<3).flatMap { _ in
            (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(56 - 8 * $0)) }
        }
        let found = sentence(Array(head.utf8) + values, "ply")
        let place = "at byte \(head.utf8.count + 24)"
        #expect(found.contains("\(place): a coordinate is \(wanted); allowed is numbers from -1e30 to 1e30."))
    }

    @Test func aPolygonWithoutEndIsRefusedAtTheFirstCornerTooMany() {
        var builder = MeshBuilder(), taken = 0
        builder.beginFace()
        let error = #expect(throws: FileError.self) {
            while taken < 2 * MeshBuilder.most {
                try builder.addCorner(0) { FileError("a", line: nil, $0, allowed: $1) }
                taken += 1
            }
        }
        // A polygon has two triangles fewer than corners.
        #expect(taken == MeshBuilder.most + 2 && builder.mesh.faces.count == MeshBuilder.most)
        #expect(error?.description.contains("there are more than 4000000 triangles") == true)
    }

    @Test func aFileThatCannotBeReadIsNotTakenForAnEmptyOne() throws {
        // A regular file that can be opened, and whose first byte cannot be read.
        let memory = "/proc/self/mem"
        guard FileManager.default.isReadableFile(atPath: memory) else { return }
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).obj").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: memory)
        let error = #expect(throws: FileError.self) { try MeshFile.read(path) }
        let wanted = "reading it failed; allowed is a mesh file that can be read."
        #expect(error?.description.contains(wanted) == true)
    }

    @Test func anOversizedFileIsRefusedUnread() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).obj").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        // A hole of four gigabytes: it takes no room on the disk, and would fill the memory of the process.
        try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: 4 << 30)
        let error = #expect(throws: FileError.self) { try MeshFile.read(path) }
        #expect(error?.description.contains("at most 512") == true)
    }

    @Test func whatIsNoFileIsRefused() {
        for path in ["/nowhere/a.obj", "/dev/zero", "/tmp"] {
            #expect(throws: FileError.self) { try MeshFile.read(path) }
        }
    }

    @Test(arguments: [
        "f 1 2 \\\n3 4\n", "f 1 2\\\r\n3\\\r\n 4\r\n", "f \\\n\\\n1 2 3 4 \\", "f 1 2 3 4 # 5 \\\n",
    ])
    func polygonsAndContinuedLinesBecomeTriangles(_ face: String) throws {
        let text = "v 0 0 0\n# C:\\\nv 1 0 \\\n0\ng a \\\nb\nv 1 1 0\nv 0 1 0 # 9 9\n" + face
        let mesh = try MeshFile.read(Array(text.utf8), ending: "obj", path: "a.obj")
        #expect(mesh.vertices.count == 4 && mesh.faces == [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
    }

    @Test func otherElementsOfPLYArePassedOver() throws {
        let text =
            "ply\r\nformat ascii 1.0\r\ncomment hello\r\nelement vertex 3\r\nproperty uchar red\r\nproperty double x\r\n"
            + "property double y\r\nproperty double z\r\nelement edge 1\r\nproperty list uchar float w\r\nelement face 1\r\n"
            + "property list uchar int vertex_index\r\nproperty uchar red\r\nend_header\r\n9 0 0 0\r\n9 1 0 0\r\n9 0 1 0\r\n"
            + "2 nan 0.5\r\n3 0 1 2 inf\r\n"
        let mesh = try MeshFile.read(Array(text.utf8), ending: "ply", path: "a.ply")
        #expect(mesh.faces == [SIMD3(0, 1, 2)] && mesh.vertices[1] == SIMD3(1, 0, 0))
    }

    @Test(arguments: samples.indices)
    func anyMeshIsReadOrRefused(_ index: Int) throws {
        let (ending, sample) = Self.samples[index]
        try Fuzz.check(sample, seed: index) { bytes in
            let mesh = try MeshFile.read(bytes, ending: ending, path: "a.\(ending)", needsFaces: false)
            let indices = mesh.faces.flatMap { [$0.x, $0.y, $0.z] }
            #expect(indices.allSatisfy { $0 >= 0 && Int($0) < mesh.vertices.count })
            #expect(
                mesh.vertices.allSatisfy { abs($0.x) <= 1e30 && abs($0.y) <= 1e30 && abs($0.z) <= 1e30 })
        }
    }
}
