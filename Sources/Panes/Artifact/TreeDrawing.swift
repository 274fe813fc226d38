import Charts
import MethodKit
import Terminal

/// A search or a decomposition: a tree's nodes with their branches, one a line.
struct TreeDrawing: ArtifactDrawing {
    private let tree: Tree

    init?(_ artifact: Artifact) {
        guard case .tree(let tree) = artifact else { return nil }
        self.tree = tree
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        scrolled(TextView(Self.lines(tree, look)), on: &canvas, in: rect, view, look)
    }

    private static func lines(_ tree: Tree, _ look: Look) -> [[Piece]] {
        [[(tree.label, look.style(tree.style))]]
            + tree.children.enumerated().flatMap { place, child -> [[Piece]] in
                let isLast = place + 1 == tree.children.count
                return lines(child, look).enumerated().map { row, line in
                    let sign = row == 0 ? (isLast ? "└─ " : "├─ ") : (isLast ? "   " : "│  ")
                    return [(sign, look.faint)] + line
                }
            }
    }
}
