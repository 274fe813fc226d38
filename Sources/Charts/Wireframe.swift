import Foundation
import Terminal

/// The edges of a mesh, seen from a side; those of faces that look away are dotted.
public struct Wireframe: Sendable {
    /// x, y, z of each vertex; y up.
    public var vertices: [SIMD3<Float>]
    /// Indices of each face's corners, counter-clockwise seen from outside.
    public var faces: [[Int]]
    /// Edges to mark, as pairs of vertices; a vertex alone is marked as a point.
    public var marked: [[Int]]
    /// Turn about the vertical axis and tilt towards the viewer, in radians.
    public var yaw = 0.6, pitch = 0.4
    /// How large it is; 1 lets a ball of ``reach`` fill the rectangle.
    public var zoom = 1.0
    /// Half of what is seen, in the vertices' units: at first half the diagonal of the mesh's own box.
    public var reach: Double
    /// What stands in the middle of the rectangle: at first the middle of the mesh's own box.
    public var centre: SIMD3<Float>

    /// A mesh from its parts.
    public init(vertices: [SIMD3<Float>], faces: [[Int]], marked: [[Int]]) {
        self.vertices = vertices
        self.faces = faces
        self.marked = marked
        let first = vertices.first ?? SIMD3()
        let low = vertices.reduce(first) { pointwiseMin($0, $1) }
        let high = vertices.reduce(first) { pointwiseMax($0, $1) }
        centre = (low + high) / 2
        reach = Double(((high - low) * (high - low)).sum().squareRoot()) / 2
    }

    /// More edges than this are thinned out, since no cell shows them apart.
    private static let mostEdges = 60_000

    /// Draws the edges; marked ones in the colour of what is bad.
    public func draw(on canvas: inout Canvas, in rect: Rect, look: Look) {
        guard !rect.isEmpty, !vertices.isEmpty else { return }
        let kind: DotGrid.Kind = look.glyphs == .ascii ? .ascii : .braille
        var grid = DotGrid(kind, columns: rect.width, rows: rect.height)
        let points = projected(width: Double(grid.width), height: Double(grid.height), kind)
        let (plain, open) = (grid.addLayer(), grid.addLayer())
        let every = max(1, faces.reduce(0) { $0 + $1.count } / Self.mostEdges)
        for face in stride(from: 0, to: faces.count, by: every).map({ faces[$0] }) where face.count > 1 {
            let isAway = looksAway(face, points)
            for corner in face.indices {
                let next = face[(corner + 1) % face.count]
                line(face[corner], next, points, into: &grid, plain, isStippled: isAway)
            }
        }
        for edge in marked where edge.count == 2 { line(edge[0], edge[1], points, into: &grid, open) }
        draw(grid, plain, open, kind, on: &canvas, in: rect, look)
        for vertex in marked where vertex.count == 1 && points.indices.contains(vertex[0]) {
            mark(points[vertex[0]], of: grid, on: &canvas, in: rect, look)
        }
    }

    private func draw(
        _ grid: DotGrid, _ plain: Int, _ open: Int, _ kind: DotGrid.Kind, on canvas: inout Canvas,
        in rect: Rect,
        _ look: Look
    ) {
        for row in 0..<rect.height {
            for column in 0..<rect.width {
                let place = row * grid.columns + column
                let bad = grid.bits(open, cell: place), good = grid.bits(plain, cell: place)
                guard bad | good != 0 else { continue }
                let style = bad != 0 ? look.bad : Style(look.theme.series(0), on: look.theme.background)
                canvas[rect.x + column, rect.y + row] = Cell(
                    DotGrid.character(bad | good, kind, mark: bad != 0 ? "#" : "."), style)
            }
        }
    }

    /// A point at a place on the grid of dots.
    private func mark(
        _ place: (x: Double, y: Double), of grid: DotGrid, on canvas: inout Canvas, in rect: Rect,
        _ look: Look
    ) {
        let x = place.x * Double(rect.width) / Double(grid.width)
        let y = place.y * Double(rect.height) / Double(grid.height)
        guard (0..<Double(rect.width)).contains(x), (0..<Double(rect.height)).contains(y) else { return }
        canvas[rect.x + Int(x), rect.y + Int(y)] = Cell("●", look.bad)
    }

    /// Places on the grid of dots: turned, tilted, centred, with the same scale both ways.
    private func projected(width: Double, height: Double, _ kind: DotGrid.Kind) -> [(x: Double, y: Double)] {
        // A dot of an ASCII cell is twice as high as wide; dots of braille are square.
        let aspect = kind == .ascii ? 2.0 : 1.0
        let scale = zoom * min(width / aspect, height) / 2 / max(1e-9, reach) * 0.98
        return vertices.map { vertex in
            let p = vertex - centre
            let (x, y, z) = (Double(p.x), Double(p.y), Double(p.z))
            let turned = (x: x * cos(yaw) + z * sin(yaw), z: z * cos(yaw) - x * sin(yaw))
            let up = y * cos(pitch) - turned.z * sin(pitch)
            return (width / 2 + turned.x * scale * aspect, height / 2 - up * scale)
        }
    }

    /// Whether a face's corners run clockwise on the screen, whose rows grow downwards.
    private func looksAway(_ face: [Int], _ points: [(x: Double, y: Double)]) -> Bool {
        guard face.allSatisfy(points.indices.contains) else { return false }
        let area = face.indices.reduce(0.0) { sum, corner in
            let (p, q) = (points[face[corner]], points[face[(corner + 1) % face.count]])
            return sum + p.x * q.y - q.x * p.y
        }
        return area > 0
    }

    private func line(
        _ a: Int, _ b: Int, _ points: [(x: Double, y: Double)], into grid: inout DotGrid, _ layer: Int,
        isStippled: Bool = false
    ) {
        guard points.indices.contains(a), points.indices.contains(b) else { return }
        let (p, q) = (points[a], points[b])
        let steps = max(abs(q.x - p.x), abs(q.y - p.y)).rounded(.up)
        guard steps.isFinite, steps < 10_000 else { return }
        for step in 0...max(0, Int(steps)) {
            let share = steps > 0 ? Double(step) / steps : 0
            let x = Int((p.x + (q.x - p.x) * share).rounded()), y = Int((p.y + (q.y - p.y) * share).rounded())
            grid.fill(layer, x: x, from: y, to: y, isStippled: isStippled)
        }
    }
}
