import Foundation

/// Nodes and named edges.
public struct Graph: Sendable, Equatable {
    /// One node.
    public struct Node: Sendable, Equatable, ExpressibleByStringLiteral {
        /// What it says.
        public var text: String
        /// What it means.
        public var style: Span.Style
        /// Its place from the left, from 0; nil puts it after all nodes that lead to it.
        public var layer: Int?

        /// A node from its parts.
        public init(_ text: String, _ style: Span.Style = .plain, layer: Int? = nil) {
            (self.text, self.style, self.layer) = (text, style, layer)
        }

        public init(stringLiteral text: String) { self.init(text) }
    }

    /// One edge, by the places of its nodes.
    public struct Edge: Sendable, Codable, Equatable {
        /// Where it begins and ends.
        public var from, to: Int
        /// What it says.
        public var label: String
        /// What it means; nil for an ordinary one.
        public var style: Span.Style?
        /// Whether its line is broken; nil for a whole one.
        public var isDashed: Bool?

        private enum CodingKeys: String, CodingKey {
            case from = "from"
            case to = "to"
            case label = "label"
            case style = "style"
            case isDashed = "isDashed"
        }

        /// An edge from its parts.
        public init(
            from: Int, to: Int, label: String, _ style: Span.Style? = nil, isDashed: Bool? = nil
        ) {
            (self.from, self.to, self.label) = (from, to, label)
            (self.style, self.isDashed) = (style, isDashed)
        }
    }

    /// In the order that edges count them by.
    public var nodes: [Node]
    /// In any order.
    public var edges: [Edge]

    /// A graph from its parts.
    public init(nodes: [Node], edges: [Edge]) {
        self.nodes = nodes
        self.edges = edges
    }
}

extension Graph: Codable {
    /// `styles` and `layers` came later: without them all nodes are plain and lie where edges put them.
    private enum CodingKeys: String, CodingKey {
        case nodes = "nodes"
        case styles = "styles"
        case layers = "layers"
        case edges = "edges"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(nodes.map(\.text), forKey: .nodes)
        if nodes.contains(where: { $0.style != .plain }) {
            try container.encode(nodes.map(\.style), forKey: .styles)
        }
        if nodes.contains(where: { $0.layer != nil }) {
            try container.encode(nodes.map(\.layer), forKey: .layers)
        }
        try container.encode(edges, forKey: .edges)
    }

    /// - Throws: `DecodingError` also when there is not a style or layer for each node, or a layer beyond all nodes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let texts = try container.decode([String].self, forKey: .nodes)
        let styles = try container.decodeIfPresent([Span.Style].self, forKey: .styles)
        let layers = try container.decodeIfPresent([Int?].self, forKey: .layers)
        try container.require(styles?.count ?? texts.count == texts.count, .styles, "one for each node")
        try container.require(
            layers?.count ?? texts.count == texts.count
                && (layers ?? []).allSatisfy { 0..<texts.count ~= $0 ?? 0 }, .layers, "one for each node")
        nodes = texts.indices.map { Node(texts[$0], styles?[$0] ?? .plain, layer: layers?[$0]) }
        edges = try container.decode([Edge].self, forKey: .edges)
    }
}

extension Graph: ArtifactKind {
    static let storedType = "graph"
    var artifact: Artifact { .graph(self) }

    func files(named name: String) -> [(name: String, contents: Data)] { [("\(name).dot", dot)] }

    /// Graphviz DOT.
    private var dot: Data {
        let lines = nodes.enumerated().map { "  n\($0) [\(Self.attributes($1.text, $1.style))];\n" }
        let ranks = Dictionary(grouping: nodes.indices.filter { nodes[$0].layer != nil }) {
            nodes[$0].layer ?? 0
        }
        let same = ranks.sorted { $0.key < $1.key }.map { _, places in
            "  {rank=same; \(places.map { "n\($0)" }.joined(separator: "; "))}\n"
        }
        let arrows = edges.map { edge in
            let dashes = edge.isDashed == true ? ", style=dashed" : ""
            return
                "  n\(edge.from) -> n\(edge.to) [\(Self.attributes(edge.label, edge.style ?? .plain))\(dashes)];\n"
        }
        return Data("digraph {\n\((lines + same + arrows).joined())}\n".utf8)
    }

    private static func attributes(_ label: String, _ style: Span.Style) -> String {
        let quoted = label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "label=\"\(quoted)\"" + (color(style).map { ", color=\($0)" } ?? "")
    }

    /// A colour of Graphviz' for each meaning; nil where black does.
    private static func color(_ style: Span.Style) -> String? {
        switch style {
        case .plain, .strong: nil
        case .faint, .struck: "gray"
        case .good: "green"
        case .bad: "red"
        case .first: "blue"
        case .second: "orange"
        case .third: "purple"
        }
    }
}
