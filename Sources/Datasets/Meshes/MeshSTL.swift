/// STL, as text or binary. It holds loose triangles: corners at equal places become one vertex.
enum STLReader {
    static func read(_ bytes: [UInt8], _ path: String) throws -> TriangleMesh {
        if beginsWithSolid(bytes), !hasControl(bytes) {
            var text = STLText(bytes, path)
            return try text.read()
        }
        // Each second byte of such a text is 0, so that it could pass as binary.
        guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
            throw FileError(
                path, line: nil, "it is text in UTF-16",
                allowed: "STL as text in ASCII or UTF-8, or binary STL")
        }
        return try readBinary(bytes, count: try triangles(bytes, path), path)
    }

    /// Whether the first word is that of a text; many programs begin the head of a binary file with it, too.
    private static func beginsWithSolid(_ bytes: [UInt8]) -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let begin = bytes.prefix(64).dropFirst(bytes.starts(with: mark) ? mark.count : 0)
        let word = begin.drop { [9, 10, 12, 13, 32].contains($0) }.prefix(5)
        return word.map { $0 | 32 } == Array("solid".utf8)
    }

    /// Whether there is a byte that no text has. In a binary file the last byte of the number of triangles is one:
    /// 0, as long as the number is allowed.
    private static func hasControl(_ bytes: [UInt8]) -> Bool {
        bytes.prefix(512).contains { $0 < 32 && ![9, 10, 12, 13].contains($0) || $0 == 127 }
    }

    // MARK: Binary

    /// The number of triangles that a binary file's head promises, all of which are there. More bytes may follow, as
    /// some programs write them.
    private static func triangles(_ bytes: [UInt8], _ path: String) throws -> Int {
        func fail(_ what: String, _ allowed: String) -> FileError {
            FileError(path, line: nil, what, allowed: allowed)
        }
        // Other text has no head whose number could be told.
        guard bytes.count >= 84, hasControl(bytes) else {
            let why = beginsWithSolid(bytes) ? "has control characters" : "does not begin with 'solid'"
            throw fail(
                "it has \(bytes.count) bytes and \(why)", "STL as text, or binary STL of at least 84 bytes")
        }
        let count = Int(word(bytes, 80)), needed = 84 + 50 * count
        let promise = "its head, at byte 80, promises \(count) triangles"
        guard bytes.count >= needed else {
            throw fail(
                "\(promise), which need \(needed) bytes, and it has \(bytes.count)",
                "84 bytes and 50 for each triangle, or text that begins with 'solid' and has no control character"
            )
        }
        guard count > 0 else {
            throw fail("\(promise), and it has \(bytes.count) bytes", "1 to \(MeshBuilder.most)")
        }
        return count
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
                try welder.add(SIMD3(place[0], place[1], place[2]), fail)
            }
            try welder.endTriangle(fail)
        }
        return welder.builder.mesh
    }

    private static func word(_ bytes: [UInt8], _ start: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
    }
}

/// Reads STL as text. It knows what is open, so that a file that was cut off is not taken for a smaller mesh.
private struct STLText {
    /// What may be open, each inside the one before.
    private static let parts = ["solid", "facet", "loop"]
    /// What may come when so many of the parts are open.
    private static let allowed = [
        "solid", "facet or endsolid", "outer loop or endfacet", "vertex or endloop",
    ]

    private var scanner: TextScanner
    private var welder = Welder()
    /// The lines on which the open parts begin.
    private var open: [Int] = []

    init(_ bytes: [UInt8], _ path: String) { scanner = TextScanner(bytes, path: path) }

    /// Reads all solids as one mesh.
    mutating func read() throws -> TriangleMesh {
        while scanner.nextWordyLine() { try readLine() }
        guard open.isEmpty else {
            throw scanner.fail(
                "the file ends inside the \(innermost)", allowed: "a file up to its 'endsolid'")
        }
        return welder.builder.mesh
    }

    private mutating func readLine() throws {
        var keyword = scanner.text()
        // Some programs write 'end solid'.
        if keyword.lowercased() == "end" { keyword += scanner.text() }
        switch keyword.lowercased() {
        case "solid": try begin(0, keyword)
        case "facet": try begin(1, keyword)
        case "outer": try begin(2, keyword)
        case "vertex": try vertex(keyword)
        case "endloop": try endLoop(keyword)
        case "endfacet": try end(1, keyword)
        case "endsolid": try end(0, keyword)
        // Some programs give each solid a colour.
        case "color": try expect(1, keyword)
        default:
            throw scanner.fail(
                "'\(keyword)' begins no STL line",
                allowed: "solid, facet, outer loop, vertex, endloop, endfacet or endsolid")
        }
    }

    private mutating func begin(_ part: Int, _ keyword: String) throws {
        try expect(part, keyword)
        open.append(scanner.line)
    }

    private mutating func end(_ part: Int, _ keyword: String) throws {
        try expect(part + 1, keyword)
        open.removeLast()
    }

    private mutating func vertex(_ keyword: String) throws {
        try expect(3, keyword)
        guard welder.corners.count < 3 else {
            throw scanner.fail("the loop has more than three vertices", allowed: "three")
        }
        let place = try scanner.point()
        try welder.add(place, scanner.fail)
    }

    private mutating func endLoop(_ keyword: String) throws {
        try end(2, keyword)
        let count = welder.corners.count
        guard count == 3 else {
            throw scanner.fail(
                "the loop has \(count == 0 ? "no vertex" : "\(count) vertices")", allowed: "three")
        }
        try welder.endTriangle(scanner.fail)
    }

    /// Throws unless exactly so many parts are open.
    private func expect(_ depth: Int, _ keyword: String) throws {
        guard open.count == depth else {
            let place = open.isEmpty ? "outside a solid" : "inside the \(innermost)"
            throw scanner.fail("'\(keyword)' stands \(place)", allowed: Self.allowed[open.count])
        }
    }

    /// The part that was opened last; there must be one.
    private var innermost: String {
        "\(Self.parts[open.count - 1]) that begins on line \(open[open.count - 1])"
    }
}

/// Puts corners at equal places together.
private struct Welder {
    private(set) var builder = MeshBuilder()
    /// The corners of the triangle so far.
    private(set) var corners: [Int] = []
    /// A hash table of vertices' indices, -1 where it is free. A dictionary would hold the places a second time and
    /// take several times the file's size.
    private var slots = [Int32](repeating: -1, count: 1 << 10)

    mutating func add(_ place: SIMD3<Double>, _ fail: (String, String) -> FileError) throws {
        // Adding 0 makes -0 the same place as 0.
        let place = place + SIMD3(repeating: 0)
        let slot = slot(of: place)
        if slots[slot] >= 0 { return corners.append(Int(slots[slot])) }
        let index = builder.mesh.vertices.count
        try builder.add(place, fail)
        slots[slot] = Int32(index)
        corners.append(index)
        if 2 * index > slots.count { grow() }
    }

    mutating func endTriangle(_ fail: (String, String) -> FileError) throws {
        builder.beginFace()
        for corner in corners { try builder.addCorner(corner, fail) }
        corners.removeAll(keepingCapacity: true)
        try builder.endFace(fail)
    }

    /// Where the vertex at a place stands in the table, or belongs.
    private func slot(of place: SIMD3<Double>) -> Int {
        var slot = place.hashValue & (slots.count - 1)
        while slots[slot] >= 0, builder.mesh.vertices[Int(slots[slot])] != place {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: 2 * slots.count)
        for (index, place) in builder.mesh.vertices.enumerated() { slots[slot(of: place)] = Int32(index) }
    }
}
