import Foundation

/// Nodes and named edges.
public struct Graph: Sendable, Codable, Equatable {
    /// One edge, by the places of its nodes.
    public struct Edge: Sendable, Codable, Equatable {
        /// Where it begins and ends.
        public var from, to: Int
        /// What it says.
        public var label: String

        private enum CodingKeys: String, CodingKey {
            case from = "from"
            case to = "to"
            case label = "label"
        }

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

    private enum CodingKeys: String, CodingKey {
        case nodes = "nodes"
        case edges = "edges"
    }

    /// A graph from its parts.
    public init(nodes: [String], edges: [Edge]) {
        self.nodes = nodes
        self.edges = edges
    }
}

extension Graph: ArtifactKind {
    static let storedType = "graph"
    var artifact: Artifact { .graph(self) }

    func files(named name: String) -> [(name: String, contents: Data)] { [("\(name).dot", dot)] }

    /// Graphviz DOT.
    private var dot: Data {
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        let nodes = nodes.enumerated().map { "  n\($0) [label=\(quoted($1))];\n" }
        let edges = edges.map { "  n\($0.from) -> n\($0.to) [label=\(quoted($0.label))];\n" }
        return Data("digraph {\n\((nodes + edges).joined())}\n".utf8)
    }
}
