/// The head of a PLY file: what elements there are, how many, and with which properties.
struct PLYHead {
    /// The kinds of a value, with the two names of each.
    enum Kind: String, CaseIterable {
        case int8, uint8, int16, uint16, int32, uint32, float32, float64

        init?(_ name: String) {
            let old = ["char", "uchar", "short", "ushort", "int", "uint", "float", "double"]
            if let index = old.firstIndex(of: name) {
                self = Self.allCases[index]
            } else {
                self.init(rawValue: name)
            }
        }

        /// In bytes.
        var size: Int {
            switch self {
            case .int8, .uint8: 1
            case .int16, .uint16: 2
            case .int32, .uint32, .float32: 4
            case .float64: 8
            }
        }

        /// The number that the low bits stand for.
        func value(_ bits: UInt64) -> Double {
            switch self {
            case .int8: Double(Int8(truncatingIfNeeded: bits))
            case .int16: Double(Int16(truncatingIfNeeded: bits))
            case .int32: Double(Int32(truncatingIfNeeded: bits))
            case .uint8, .uint16, .uint32: Double(bits)
            case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
            case .float64: Double(bitPattern: bits)
            }
        }
    }

    struct Property {
        let name: String
        let kind: Kind
        /// Kind of the length that comes before a list; nil for a single value.
        let length: Kind?
    }

    struct Element {
        let name: String
        let count: Int
        var properties: [Property] = []
    }

    /// Names of the list of a face's corners.
    static let cornerLists = ["vertex_indices", "vertex_index"]

    private(set) var elements: [Element] = []
    private(set) var isText = true, isBigEndian = false

    /// How many vertices there will be.
    var vertices: Int { elements.first { $0.name == "vertex" }?.count ?? 0 }

    /// Reads up to and with the line `end_header`.
    ///
    /// - Throws: ``FileError``.
    init(_ scanner: inout TextScanner) throws {
        guard scanner.nextLine(), scanner.text() == "ply" else {
            throw scanner.fail("the file does not begin with 'ply'", allowed: "a PLY file")
        }
        var hasFormat = false
        while scanner.nextLine() {
            guard scanner.line < 1000 else { break }
            switch scanner.text() {
            case "format":
                try format(&scanner)
                hasFormat = true
            case "element": try element(&scanner)
            case "property": try property(&scanner)
            case "end_header":
                try check(scanner, hasFormat)
                return
            case "comment", "obj_info", "": continue
            case let word:
                throw scanner.fail(
                    "'\(word)' begins no line of a head",
                    allowed: "format, element, property, comment or end_header")
            }
        }
        throw scanner.fail("the head does not end", allowed: "'end_header' within 1,000 lines")
    }

    private mutating func format(_ scanner: inout TextScanner) throws {
        let word = scanner.text()
        switch word {
        case "ascii": isText = true
        case "binary_little_endian", "binary_big_endian":
            (isText, isBigEndian) = (false, word == "binary_big_endian")
        default:
            throw scanner.fail(
                "the format is '\(word)'", allowed: "ascii, binary_little_endian or binary_big_endian")
        }
    }

    private mutating func element(_ scanner: inout TextScanner) throws {
        let name = scanner.text()
        guard !elements.contains(where: { $0.name == name }), elements.count < 32 else {
            throw scanner.fail(
                "element '\(name)' comes twice, or is one too many", allowed: "32 different ones")
        }
        let count = try scanner.integer("the number of element \(name)", in: 0...MeshBuilder.most)
        elements.append(Element(name: name, count: count))
    }

    private mutating func property(_ scanner: inout TextScanner) throws {
        guard !elements.isEmpty, elements[elements.count - 1].properties.count < 256 else {
            throw scanner.fail("a property belongs to no element", allowed: "up to 256 after each 'element'")
        }
        let first = scanner.text()
        let length = first == "list" ? try kind(scanner.text(), scanner) : nil
        let kind = try kind(first == "list" ? scanner.text() : first, scanner)
        elements[elements.count - 1].properties.append(
            Property(name: scanner.text(), kind: kind, length: length))
    }

    private func kind(_ word: String, _ scanner: TextScanner) throws -> Kind {
        guard let kind = Kind(word) else {
            throw scanner.fail(
                "'\(word)' is no type", allowed: "\(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return kind
    }

    /// Vertices have three coordinates and come before the faces. An element without properties would cost a file
    /// nothing, however many of it the head promises.
    private func check(_ scanner: TextScanner, _ hasFormat: Bool) throws {
        guard hasFormat else {
            throw scanner.fail("the format is missing", allowed: "'format ascii 1.0' or binary")
        }
        if let empty = elements.first(where: { $0.count > 0 && $0.properties.isEmpty }) {
            throw scanner.fail("element '\(empty.name)' has no property", allowed: "one or more")
        }
        guard let vertex = elements.firstIndex(where: { $0.name == "vertex" }),
            ["x", "y", "z"].allSatisfy({ axis in
                elements[vertex].properties.contains { $0.name == axis && $0.length == nil }
            })
        else {
            throw scanner.fail("there is no element 'vertex' with x, y and z", allowed: "such an element")
        }
        guard elements[vertex].count > 0 else {
            throw scanner.fail("there are no vertices", allowed: "a mesh of at least one triangle")
        }
        if let face = elements.firstIndex(where: { $0.name == "face" }), elements[face].count > 0 {
            let hasCorners = elements[face].properties.contains {
                Self.cornerLists.contains($0.name) && $0.length != nil
            }
            guard hasCorners, face > vertex else {
                throw scanner.fail(
                    "faces have no list 'vertex_indices', or come before the vertices",
                    allowed: "vertices, then faces")
            }
        }
    }
}
