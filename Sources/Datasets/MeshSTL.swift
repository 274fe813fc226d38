/// STL, as text or binary. It holds loose triangles: corners at equal places become one vertex.
enum STLReader {
    static func read(_ bytes: [UInt8], _ path: String) throws -> TriangleMesh {
        if let count = triangles(bytes), bytes.count == 84 + 50 * count {
            return try readBinary(bytes, count: count, path)
        }
        if beginsWithSolid(bytes) { return try readText(bytes, path) }
        guard let count = triangles(bytes) else {
            throw FileError(
                path, line: nil, "it has \(bytes.count) bytes and does not begin with 'solid'",
                allowed: "STL as text, or at least 84 bytes of binary STL")
        }
        throw FileError(
            path, line: nil, "its head promises \(count) triangles and \(bytes.count) bytes do not hold them",
            allowed: "84 bytes and 50 for each triangle, or STL as text")
    }

    private static func beginsWithSolid(_ bytes: [UInt8]) -> Bool {
        bytes.prefix(64).drop { $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }.starts(
            with: Array("solid".utf8))
    }

    /// The count in a binary file's head; nil when the file is too short for one.
    private static func triangles(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 84 else { return nil }
        return (0..<4).reduce(0) { $0 | Int(bytes[80 + $1]) << (8 * $1) }
    }

    private static func readBinary(_ bytes: [UInt8], count: Int, _ path: String) throws -> TriangleMesh {
        var welder = Welder()
        for index in 0..<count {
            func fail(_ what: String, _ allowed: String) -> FileError {
                FileError(
                    path, line: nil, "triangle \(index + 1), at byte \(84 + 50 * index): \(what)",
                    allowed: allowed)
            }
            for corner in 0..<3 {
                let start = 84 + 50 * index + 12 + 12 * corner
                let place = (0..<3).map { Double(Float(bitPattern: word(bytes, start + 4 * $0))) }
                guard place.allSatisfy({ abs($0) <= 1e30 }) else {
                    throw fail("a coordinate is not finite", "numbers from -1e30 to 1e30")
                }
                try welder.add(SIMD3(place[0], place[1], place[2]), fail)
            }
            try welder.endTriangle(fail)
        }
        return welder.builder.mesh
    }

    private static func word(_ bytes: [UInt8], _ start: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
    }

    private static func readText(_ bytes: [UInt8], _ path: String) throws -> TriangleMesh {
        var scanner = TextScanner(bytes, path: path), welder = Welder()
        var corners = 0
        while scanner.nextWordyLine() {
            let keyword = scanner.text()
            switch keyword {
            case "vertex":
                let place = try scanner.point()
                try welder.add(place, scanner.fail)
                corners += 1
            case "endloop", "endfacet":
                guard corners > 0 || keyword == "endfacet" else {
                    throw scanner.fail("the loop has no vertex", allowed: "three")
                }
                if corners > 0 {
                    guard corners == 3 else {
                        throw scanner.fail("the loop has \(corners) vertices", allowed: "three")
                    }
                    try welder.endTriangle(scanner.fail)
                }
                corners = 0
            case "solid", "facet", "outer", "endsolid": continue
            default:
                throw scanner.fail(
                    "'\(keyword)' begins no STL line",
                    allowed: "solid, facet, outer loop, vertex, endloop, endfacet or endsolid")
            }
        }
        guard corners == 0 else {
            throw scanner.fail("the file ends inside a loop", allowed: "'endloop' after three vertices")
        }
        return welder.builder.mesh
    }

    /// Puts corners at equal places together.
    private struct Welder {
        private(set) var builder = MeshBuilder()
        private var known: [SIMD3<Double>: Int] = [:]
        private var corners: [Int] = []

        mutating func add(_ place: SIMD3<Double>, _ fail: (String, String) -> FileError) throws {
            // Adding 0 makes -0 the same place as 0.
            let place = place + SIMD3(repeating: 0)
            if let index = known[place] { return corners.append(index) }
            try builder.add(place, fail)
            known[place] = builder.mesh.vertices.count - 1
            corners.append(builder.mesh.vertices.count - 1)
        }

        mutating func endTriangle(_ fail: (String, String) -> FileError) throws {
            builder.beginFace()
            for corner in corners { builder.addCorner(corner) }
            corners.removeAll(keepingCapacity: true)
            try builder.endFace(fail)
        }
    }
}
