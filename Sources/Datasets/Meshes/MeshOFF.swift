/// Geomview OFF, as text: OFF with any of the prefixes ST, C and N.
enum OFFReader {
    static func read(_ bytes: [UInt8], _ path: String) throws -> TriangleMesh {
        var scanner = TextScanner(bytes, path: path), builder = MeshBuilder()
        let (vertices, faces) = try counts(&scanner)
        for index in 0..<vertices {
            guard scanner.nextWordyLine() else {
                throw scanner.fail(
                    "the file ends after \(index) vertices", allowed: "\(vertices), as its head says")
            }
            let vertex = try scanner.point()
            try builder.add(vertex, scanner.fail)
        }
        for index in 0..<faces {
            guard scanner.nextWordyLine() else {
                throw scanner.fail(
                    "the file ends after \(index) faces", allowed: "\(faces), as its head says")
            }
            try face(&scanner, &builder, vertices: vertices)
        }
        return builder.mesh
    }

    /// The head: the word OFF, and the numbers of vertices, faces and edges, on its line or the next.
    private static func counts(_ scanner: inout TextScanner) throws -> (vertices: Int, faces: Int) {
        guard scanner.nextWordyLine(), let word = scanner.word(), isHead(scanner.quoted(word)) else {
            throw scanner.fail(
                "the file does not begin with OFF", allowed: "OFF, COFF, NOFF or STOFF as text")
        }
        var ahead = scanner
        if let word = ahead.word() {
            guard scanner.quoted(word) != "BINARY" else {
                throw scanner.fail("the file is binary OFF", allowed: "OFF as text")
            }
        } else {
            guard scanner.nextWordyLine() else {
                throw scanner.fail(
                    "the numbers of vertices and faces are missing", allowed: "two or three numbers")
            }
        }
        let vertices = try scanner.integer("the number of vertices", in: 0...MeshBuilder.most)
        return (vertices, try scanner.integer("the number of faces", in: 0...MeshBuilder.most))
    }

    private static func isHead(_ word: String) -> Bool {
        guard word.hasSuffix("OFF") else { return false }
        return ["", "C", "N", "CN", "ST", "STC", "STN", "STCN"].contains(String(word.dropLast(3)))
    }

    /// A count, that many indices, and perhaps a colour.
    private static func face(
        _ scanner: inout TextScanner, _ builder: inout MeshBuilder, vertices: Int
    ) throws {
        let count = try scanner.integer("the number of corners", in: 1...MeshBuilder.most)
        builder.beginFace()
        for _ in 0..<count {
            let index = try scanner.integer("the corner", in: 0...max(0, vertices - 1))
            try builder.addCorner(index, scanner.fail)
        }
        // Points and lines are no surface.
        if count > 2 { try builder.endFace(scanner.fail) }
    }
}
