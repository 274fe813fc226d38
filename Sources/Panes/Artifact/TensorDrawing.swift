import Charts
import MethodKit
import Terminal
import TextLayout

/// Numbers of any shape: the shape and the first of them.
struct TensorDrawing: ArtifactDrawing {
    private let numbers: NumberArray
    /// More than these nobody reads on a screen.
    private static let most = 4096

    init?(_ artifact: Artifact) {
        guard case .tensor(let numbers) = artifact else { return nil }
        self.numbers = numbers
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        let shape = numbers.shape.map { "\($0)" }.joined(separator: "x")
        let values = numbers.values.prefix(Self.most).map { Double($0).brief }.joined(separator: " ")
        let text = TextView(spans: [("shape \(shape)\n\(values)", look.text)], width: rect.width)
        scrolled(text, on: &canvas, in: rect, view, look)
    }
}
