import Foundation

/// Something a trial made that is not a number over steps. A pane draws it; ``files(named:)`` exports it.
public enum Artifact: Sendable, Codable, Equatable {
    /// Text in which parts can be marked.
    case text([Span])
    /// Rows of texts under headings.
    case table(Table)
    /// A matrix of numbers: attention, confusion, similarity.
    case heatMap(HeatMap)
    /// A gray or colour picture.
    case image(Picture)
    /// Pictures that play.
    case frames(Frames)
    /// A surface of polygons.
    case mesh(Mesh)
    /// Surfaces side by side, seen from the same direction.
    case meshes([NamedMesh])
    /// Points that move, joined by bones.
    case animation(KeypointAnimation)
    /// A search, a decomposition.
    case tree(Tree)
    /// Nodes and named edges.
    case graph(Graph)
    /// How often predictions of a given confidence are right.
    case reliability(Reliability)
    /// Numbers of any shape.
    case tensor(NumberArray)

    /// The kind's name, as records and lists show it.
    public var type: String {
        switch self {
        case .text: "text"
        case .table: "table"
        case .heatMap: "heat map"
        case .image: "image"
        case .frames: "frames"
        case .mesh: "mesh"
        case .meshes: "meshes"
        case .animation: "animation"
        case .tree: "tree"
        case .graph: "graph"
        case .reliability: "reliability"
        case .tensor: "tensor"
        }
    }
}

/// A piece of text with what it means; a theme gives each meaning its colour.
public struct Span: Sendable, Codable, Equatable {
    /// What a piece of text means.
    public enum Style: String, Sendable, Codable {
        case plain, strong, faint, good, bad, first, second, third
    }
    /// May contain line breaks.
    public var text: String
    /// Its meaning.
    public var style: Style

    /// A piece of text.
    public init(_ text: String, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }
}

/// Rows of texts under headings.
public struct Table: Sendable, Codable, Equatable {
    /// One a column.
    public var columns: [String]
    /// Each has one text a column.
    public var rows: [[String]]

    /// A table from its parts.
    public init(columns: [String], rows: [[String]]) {
        self.columns = columns
        self.rows = rows
    }
}

/// A matrix of numbers with names for its rows and columns.
public struct HeatMap: Sendable, Codable, Equatable {
    /// Row by row; NaN is a gap.
    public var values: [Float]
    /// One a row.
    public var rows: [String]
    /// One a column.
    public var columns: [String]
    /// The values of the two ends of the colour scale; nil takes the smallest and largest value.
    public var range: ClosedRange<Float>?

    /// A matrix of shape (rows, columns).
    public init(_ values: [Float], rows: [String], columns: [String], range: ClosedRange<Float>? = nil) {
        precondition(
            values.count == rows.count * columns.count,
            "\(values.count) values for \(rows.count) rows and \(columns.count) columns")
        self.values = values
        self.rows = rows
        self.columns = columns
        self.range = range
    }
}

/// A picture with 8 bits a channel.
public struct Picture: Sendable, Codable, Equatable {
    /// In pixels.
    public var width, height: Int
    /// 1 for gray, 3 for red, green, blue.
    public var channels: Int
    /// Row by row from the top, the channels of a pixel together.
    public var pixels: Data

    /// A picture of `height` rows, `width` columns and `channels` bytes a pixel.
    public init(width: Int, height: Int, channels: Int, pixels: Data) {
        precondition(channels == 1 || channels == 3, "a picture has 1 or 3 channels, not \(channels)")
        precondition(
            pixels.count == width * height * channels,
            "\(pixels.count) bytes for \(height)x\(width)x\(channels)")
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// A picture from values in 0…1, clamped.
    public init(width: Int, height: Int, channels: Int, values: [Float]) {
        let bytes = values.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
        self.init(width: width, height: height, channels: channels, pixels: Data(bytes))
    }
}

/// Pictures of one size that play.
public struct Frames: Sendable, Codable, Equatable {
    /// In their order.
    public var pictures: [Picture]
    /// Pictures a second.
    public var rate: Double

    /// Pictures at a rate.
    public init(_ pictures: [Picture], rate: Double) {
        self.pictures = pictures
        self.rate = rate
    }
}

/// A surface of polygons.
public struct Mesh: Sendable, Codable, Equatable {
    /// x, y, z of each vertex.
    public var vertices: [SIMD3<Float>]
    /// Indices of each face's corners, from 0, counter-clockwise.
    public var faces: [[Int]]
    /// Edges to mark, as pairs of vertices; a vertex alone is marked as a point.
    public var marked: [[Int]]
    /// What the marked edges are.
    public var meaning: String

    /// A mesh from its parts.
    public init(
        vertices: [SIMD3<Float>], faces: [[Int]], marked: [[Int]] = [], meaning: String = "marked edges"
    ) {
        self.vertices = vertices
        self.faces = faces
        self.marked = marked
        self.meaning = meaning
    }
}

/// One of several surfaces.
public struct NamedMesh: Sendable, Codable, Equatable {
    /// What it is among the others.
    public var name: String
    /// The surface.
    public var mesh: Mesh

    /// A surface with its name.
    public init(_ name: String, _ mesh: Mesh) {
        self.name = name
        self.mesh = mesh
    }
}

/// Points that move, joined by bones.
public struct KeypointAnimation: Sendable, Codable, Equatable {
    /// The points of each frame, always equally many; x to the right, y up, both in -1…1.
    public var frames: [[SIMD2<Float>]]
    /// Pairs of point indices to join.
    public var bones: [[Int]]
    /// Frames a second.
    public var rate: Double

    /// An animation from its parts.
    public init(frames: [[SIMD2<Float>]], bones: [[Int]], rate: Double) {
        self.frames = frames
        self.bones = bones
        self.rate = rate
    }
}

/// A node with its children.
public struct Tree: Sendable, Codable, Equatable {
    /// What the node says.
    public var label: String
    /// What it means.
    public var style: Span.Style
    /// In their order.
    public var children: [Tree]

    /// A node from its parts.
    public init(_ label: String, _ style: Span.Style = .plain, children: [Tree] = []) {
        self.label = label
        self.style = style
        self.children = children
    }
}

/// Nodes and named edges.
public struct Graph: Sendable, Codable, Equatable {
    /// One edge, by the places of its nodes.
    public struct Edge: Sendable, Codable, Equatable {
        /// Where it begins and ends.
        public var from, to: Int
        /// What it says.
        public var label: String

        /// An edge from its parts.
        public init(from: Int, to: Int, label: String) {
            self.from = from
            self.to = to
            self.label = label
        }
    }

    /// What the nodes say.
    public var nodes: [String]
    /// In any order.
    public var edges: [Edge]

    /// A graph from its parts.
    public init(nodes: [String], edges: [Edge]) {
        self.nodes = nodes
        self.edges = edges
    }
}

/// How often predictions of a given confidence are right.
public struct Reliability: Sendable, Codable, Equatable {
    /// For each bin of confidence, from 0 to 1 in equal steps: mean confidence, share that was right, and how many.
    public var confidence, accuracy: [Double], counts: [Int]

    /// A diagram from its bins.
    public init(confidence: [Double], accuracy: [Double], counts: [Int]) {
        self.confidence = confidence
        self.accuracy = accuracy
        self.counts = counts
    }
}

/// Numbers of any shape.
public struct NumberArray: Sendable, Codable, Equatable {
    /// The length of each axis.
    public var shape: [Int]
    /// Row-major.
    public var values: [Float]

    /// Numbers of a shape.
    public init(shape: [Int], values: [Float]) {
        precondition(shape.reduce(1, *) == values.count, "\(values.count) values for shape \(shape)")
        self.shape = shape
        self.values = values
    }
}
