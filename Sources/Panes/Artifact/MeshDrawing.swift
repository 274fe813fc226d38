import Charts
import MethodKit
import Terminal

/// Surfaces side by side, which keys turn: each in its own place, all at one scale.
struct MeshDrawing: ArtifactDrawing {
    private let meshes: [NamedMesh]

    init?(_ artifact: Artifact) {
        switch artifact {
        case .mesh(let mesh): meshes = [NamedMesh("", mesh)]
        case .meshes(let several): meshes = several
        default: return nil
        }
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        let frames = meshes.map {
            Wireframe(vertices: $0.mesh.vertices, faces: $0.mesh.faces, marked: $0.mesh.marked)
        }
        let reach = frames.map(\.reach).max() ?? 0, width = rect.width / max(1, meshes.count)
        for (place, named) in meshes.enumerated() {
            let part = Rect(x: rect.x + place * width, y: rect.y, width: width, height: rect.height)
            var frame = frames[place]
            (frame.yaw, frame.pitch, frame.zoom, frame.reach) = (view.yaw, view.pitch, view.size, reach)
            let (picture, caption) = part.split(bottom: 2)
            frame.draw(on: &canvas, in: picture, look: look)
            for (row, line) in Self.caption(named).enumerated() {
                canvas.write(line, x: caption.x, y: caption.y + row, style: look.faint, width: width - 1)
            }
        }
    }

    private static func caption(_ named: NamedMesh) -> [String] {
        let name = named.name.isEmpty ? "" : named.name + ": "
        let edges = Set(named.mesh.marked.filter { $0.count == 2 }.map { Set($0) }).count
        let faces = named.mesh.faces.count == 1 ? "1 face" : "\(named.mesh.faces.count) faces"
        return [name + faces, edges == 0 ? "" : "\(edges) \(named.mesh.meaning)"]
    }

    func move(_ move: Move, _ view: inout Viewpoint) {
        switch move {
        case .left: view.yaw -= 0.2
        case .right: view.yaw += 0.2
        case .up: view.pitch = min(1.5, view.pitch + 0.15)
        case .down: view.pitch = max(-1.5, view.pitch - 0.15)
        case .top: (view.yaw, view.pitch, view.size) = (0.6, 0.4, 1)
        case .bottom, .pageUp, .pageDown: break
        }
    }

    func play(_ seconds: Double, _ view: inout Viewpoint) -> Bool {
        view.yaw += seconds * 0.8
        return true
    }
}
