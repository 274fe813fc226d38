/// Wavefront OBJ: vertices and faces; texture, normals, groups and materials are passed over.
enum OBJReader {
    static func read(_ bytes: [UInt8], _ path: String) throws -> TriangleMesh {
        var scanner = TextScanner(bytes, path: path, joinsLines: true), builder = MeshBuilder()
        // A face may name a vertex that comes later, so the largest index is checked at the end.
        var largest = (index: -1, line: 0)
        while scanner.nextWordyLine() {
            guard let keyword = scanner.word() else { continue }
            switch (keyword.count, bytes[keyword.lowerBound]) {
            case (1, UInt8(ascii: "v")):
                let vertex = try scanner.point()
                try builder.add(vertex, scanner.fail)
            case (1, UInt8(ascii: "f")):
                let highest = try face(&scanner, &builder)
                if highest > largest.index { largest = (highest, scanner.line) }
            default:
                guard isKeyword(bytes[keyword]) else {
                    throw scanner.fail(
                        "'\(scanner.quoted(keyword))' begins no OBJ line",
                        allowed: "v, f or another OBJ keyword")
                }
            }
        }
        guard builder.mesh.vertices.isEmpty || largest.index < builder.mesh.vertices.count else {
            throw FileError(
                path, line: largest.line, "the face names vertex \(largest.index + 1)",
                allowed: "1 to \(builder.mesh.vertices.count)")
        }
        return builder.mesh
    }

    /// Reads corners such as 7, 7/1, 7//3, 7/1/3 or -1, and returns the largest index from 0.
    private static func face(_ scanner: inout TextScanner, _ builder: inout MeshBuilder) throws -> Int {
        builder.beginFace()
        var largest = -1
        while let word = scanner.word() {
            let index = try corner(word, scanner, vertices: builder.mesh.vertices.count)
            largest = max(largest, index)
            try builder.addCorner(index, scanner.fail)
        }
        try builder.endFace(scanner.fail)
        return largest
    }

    private static func corner(_ word: Range<Int>, _ scanner: TextScanner, vertices: Int) throws -> Int {
        let slash = scanner.bytes[word].firstIndex(of: UInt8(ascii: "/")) ?? word.upperBound
        let value =
            slash == word.lowerBound ? nil : TextScanner.integer(scanner.bytes, word.lowerBound..<slash)
        let allowed = "a number from 1, or a negative one counted back from the last vertex"
        guard let value, value != 0, value <= MeshBuilder.most, value >= -vertices else {
            throw scanner.fail("the corner is '\(scanner.quoted(word))'", allowed: allowed)
        }
        return value > 0 ? value - 1 : vertices + value
    }

    /// Keywords are letters, digits and underscores; anything else is no OBJ file.
    private static func isKeyword(_ word: ArraySlice<UInt8>) -> Bool {
        word.count <= 32
            && word.allSatisfy { (97...122).contains($0 | 32) || (48...57).contains($0) || $0 == 95 }
            && word.first.map { (97...122).contains($0 | 32) } == true
    }
}
