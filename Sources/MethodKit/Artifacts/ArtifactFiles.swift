import CPng
import Checkpoints
import Foundation

extension Artifact {
    /// The artifact as ordinary files: PNG, OBJ, CSV, JSON, DOT, text or safetensors.
    ///
    /// - Parameter text: what the files' names are made of.
    /// - Returns: names with endings, and contents; several for frames.
    /// - Throws: ``PictureError`` when a picture cannot be written as PNG.
    public func files(named text: String) throws -> [(name: String, contents: Data)] {
        let name = Names.file(text)
        return switch self {
        case .text(let spans): [("\(name).txt", Data(spans.map(\.text).joined().utf8))]
        case .table(let table): [("\(name).csv", table.csv)]
        case .heatMap(let map): [("\(name).csv", map.csv)]
        case .image(let picture): [("\(name).png", try picture.png())]
        case .frames(let frames):
            try frames.pictures.enumerated().map { index, picture in
                (String(format: "%@-%04d.png", name, index), try picture.png())
            }
        case .mesh(let mesh): [("\(name).obj", mesh.obj)]
        case .meshes(let meshes): meshes.map { ("\(name)-\(Names.file($0.name)).obj", $0.mesh.obj) }
        case .animation(let animation): [("\(name).json", try Self.json(animation))]
        case .tree(let tree): [("\(name).json", try Self.json(tree))]
        case .graph(let graph): [("\(name).dot", graph.dot)]
        case .reliability(let diagram): [("\(name).csv", diagram.csv)]
        case .tensor(let array): [("\(name).safetensors", try array.safetensors(named: name))]
        }
    }

    private static func json(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return try encoder.encode(value)
    }
}

/// Comma-separated values as RFC 4180 has them.
public enum CSV {
    /// Rows as the bytes of a file; a field with a comma, a quote or a line break is quoted.
    public static func encode(_ rows: [[String]]) -> Data {
        Data(rows.map { $0.map(field).joined(separator: ",") + "\n" }.joined().utf8)
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

extension Table {
    var csv: Data { CSV.encode([columns] + rows) }
}

extension HeatMap {
    var csv: Data {
        let width = columns.count
        let lines = rows.enumerated().map { index, row in
            [row] + values[(index * width)..<((index + 1) * width)].map { "\($0)" }
        }
        return CSV.encode([[""] + columns] + lines)
    }
}

extension Reliability {
    var csv: Data {
        CSV.encode(
            [["confidence", "accuracy", "count"]]
                + counts.indices.map { ["\(confidence[$0])", "\(accuracy[$0])", "\(counts[$0])"] })
    }
}

extension Mesh {
    /// Wavefront OBJ; its indices count from 1.
    var obj: Data {
        // A mesh without a vertex still is a file that can be read.
        guard !vertices.isEmpty else { return Data("# no vertex\n".utf8) }
        let points = vertices.map { "v \($0.x) \($0.y) \($0.z)\n" }
        let polygons = faces.map { "f " + $0.map { "\($0 + 1)" }.joined(separator: " ") + "\n" }
        return Data((points + polygons).joined().utf8)
    }
}

extension Graph {
    /// Graphviz DOT.
    var dot: Data {
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        let nodes = nodes.enumerated().map { "  n\($0) [label=\(quoted($1))];\n" }
        let edges = edges.map { "  n\($0.from) -> n\($0.to) [label=\(quoted($0.label))];\n" }
        return Data("digraph {\n\((nodes + edges).joined())}\n".utf8)
    }
}

extension NumberArray {
    func safetensors(named name: String) throws -> Data {
        var file = Safetensors()
        file.tensors[name] = values.withUnsafeBufferPointer { Safetensors.Entry(shape: shape, floats: $0) }
        return try file.encoded()
    }
}

extension Picture {
    /// The picture as a PNG file.
    ///
    /// - Throws: ``PictureError``.
    public func png() throws -> Data {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(width)
        image.height = png_uint_32(height)
        image.format = channels == 1 ? 0 : png_uint_32(PNG_FORMAT_FLAG_COLOR)
        return try pixels.withUnsafeBytes { input in
            var size = png_alloc_size_t(pixels.count + pixels.count / 8 + height * 8 + 4096)
            var output = Data(count: Int(size))
            let written = output.withUnsafeMutableBytes {
                png_image_write_to_memory(&image, $0.baseAddress, &size, 0, input.baseAddress, 0, nil)
            }
            guard written != 0 else { throw PictureError(width: width, height: height) }
            return output.prefix(Int(size))
        }
    }
}

/// A picture that cannot be written.
public struct PictureError: Error, CustomStringConvertible {
    /// Its size in pixels.
    public let width, height: Int
    public var description: String { "A picture of \(width)x\(height) pixels cannot be written as PNG." }
}
