/// Stanford PLY, as text or binary of either byte order: the elements `vertex` and `face`; others are passed over.
enum PLYReader {
    static func read(_ bytes: [UInt8], _ path: String) throws -> TriangleMesh {
        var scanner = TextScanner(bytes, path: path)
        let head = try PLYHead(&scanner)
        var source: any PLYSource =
            head.isText
            ? PLYText(scanner: scanner)
            : PLYBytes(bytes: bytes, place: scanner.next, isBigEndian: head.isBigEndian, path: path)
        var builder = MeshBuilder()
        for element in head.elements {
            for index in 0..<element.count {
                try source.begin(element.name, index)
                switch element.name {
                case "vertex": try vertex(element, &source, &builder)
                case "face": try face(element, &source, &builder, vertices: head.vertices)
                default: for property in element.properties { try skip(property, &source) }
                }
            }
        }
        return builder.mesh
    }

    private static func vertex(
        _ element: PLYHead.Element, _ source: inout any PLYSource, _ builder: inout MeshBuilder
    ) throws {
        var place = SIMD3<Double>()
        for property in element.properties {
            switch property.name {
            case "x": place.x = try source.value(property.kind)
            case "y": place.y = try source.value(property.kind)
            case "z": place.z = try source.value(property.kind)
            default: try skip(property, &source)
            }
        }
        try builder.add(place, source.fail)
    }

    private static func face(
        _ element: PLYHead.Element, _ source: inout any PLYSource, _ builder: inout MeshBuilder, vertices: Int
    ) throws {
        for property in element.properties {
            guard let length = property.length, PLYHead.cornerLists.contains(property.name) else {
                try skip(property, &source)
                continue
            }
            let count = try self.count(length, &source)
            builder.beginFace()
            for _ in 0..<count {
                let index = try source.value(property.kind)
                guard index >= 0, index < Double(vertices), index == index.rounded() else {
                    throw source.fail("a corner names no vertex", "0 to \(vertices - 1)")
                }
                try builder.addCorner(Int(index), source.fail)
            }
            // Points and lines are no surface.
            if count > 2 { try builder.endFace(source.fail) }
        }
    }

    private static func count(_ kind: PLYHead.Kind, _ source: inout any PLYSource) throws -> Int {
        let count = try source.value(kind)
        guard count >= 0, count <= Double(MeshBuilder.most), count == count.rounded() else {
            throw source.fail("a list's length is wrong", "0 to \(MeshBuilder.most)")
        }
        return Int(count)
    }

    private static func skip(_ property: PLYHead.Property, _ source: inout any PLYSource) throws {
        let count = try property.length.map { try self.count($0, &source) } ?? 1
        for _ in 0..<count { try source.skip(property.kind) }
    }
}

/// Where the values after the head come from.
private protocol PLYSource {
    /// Goes to an entry of an element; `index` counts from 0.
    mutating func begin(_ element: String, _ index: Int) throws
    mutating func value(_ kind: PLYHead.Kind) throws -> Double
    /// Goes past a value, whatever it is.
    mutating func skip(_ kind: PLYHead.Kind) throws
    func fail(_ what: String, _ allowed: String) -> FileError
}

/// Values as words, an entry a line.
private struct PLYText: PLYSource {
    var scanner: TextScanner

    mutating func begin(_ element: String, _ index: Int) throws {
        guard scanner.nextWordyLine() else {
            throw scanner.fail(
                "the file ends after \(index) of element \(element)", allowed: "as many as its head says")
        }
    }

    mutating func value(_ kind: PLYHead.Kind) throws -> Double { try scanner.number("a value") }

    mutating func skip(_ kind: PLYHead.Kind) throws {
        guard scanner.word() != nil else { throw scanner.fail("a value is missing", allowed: "a number") }
    }

    func fail(_ what: String, _ allowed: String) -> FileError { scanner.fail(what, allowed: allowed) }
}

/// Values as bytes.
private struct PLYBytes: PLYSource {
    let bytes: [UInt8]
    var place: Int
    let isBigEndian: Bool
    let path: String

    mutating func begin(_ element: String, _ index: Int) throws {}

    mutating func value(_ kind: PLYHead.Kind) throws -> Double {
        let start = place
        try skip(kind)
        var bits: UInt64 = 0
        for offset in 0..<kind.size {
            let shift = 8 * (isBigEndian ? kind.size - 1 - offset : offset)
            bits |= UInt64(bytes[start + offset]) << UInt64(shift)
        }
        return kind.value(bits)
    }

    mutating func skip(_ kind: PLYHead.Kind) throws {
        guard place + kind.size <= bytes.count else {
            throw fail("the file ends too early", "all that its head promises")
        }
        place += kind.size
    }

    func fail(_ what: String, _ allowed: String) -> FileError {
        FileError(path, line: nil, "at byte \(min(place, bytes.count)): \(what)", allowed: allowed)
    }
}
