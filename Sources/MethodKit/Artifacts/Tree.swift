import Foundation

/// A node with its children.
public struct Tree: Sendable, Codable, Equatable {
    /// What the node says.
    public var label: String
    /// What it means.
    public var style: Span.Style
    /// In their order.
    public var children: [Tree]

    private enum CodingKeys: String, CodingKey {
        case label = "label"
        case style = "style"
        case children = "children"
    }

    /// A node from its parts.
    public init(_ label: String, _ style: Span.Style = .plain, children: [Tree] = []) {
        self.label = label
        self.style = style
        self.children = children
    }
}

extension Tree: ArtifactKind {
    static let storedType = "tree"
    var artifact: Artifact { .tree(self) }

    func files(named name: String) throws -> [(name: String, contents: Data)] {
        [("\(name).json", try PlainJSON.encode(self))]
    }
}
