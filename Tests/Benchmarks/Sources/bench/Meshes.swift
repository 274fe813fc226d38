import Foundation
import MethodKit

/// The mesh tokeniser on spheres of 50,000 and 200,000 faces, from the file to the last artifact: linear in the faces
/// would be a factor of 4.
func meshes() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    row("mesh tokeniser", "CPU-s", "", "bar")
    let seconds = try [112, 224].map { rings in
        let path = folder.appending(path: "\(rings).obj").path
        let faces = try writeSphere(rings, to: path)
        let seconds = try median((0..<5).map { _ in try tokenise(path) })
        row("\(faces) faces", text(seconds), "", "-")
        return seconds
    }
    let ratio = seconds[1] / seconds[0]
    row("four times the faces", text(ratio), "", "6 \(ratio <= 6 ? "met" : "MISSED")")
    print()
}

private func tokenise(_ path: String) throws -> Double {
    let info = method("deepmesh")
    let texts = try info.texts(tool: "tokenise", preset: "full", typed: ["mesh": path])
    return try cpuSeconds {
        try info.run("tokenise", tool: "tokenise", texts: texts, seed: 1, link: TrialLink())
    }
}

/// Writes a sphere of two triangles for each of `rings` by 2 `rings` cells as OBJ.
///
/// - Returns: how many faces it has.
private func writeSphere(_ rings: Int, to path: String) throws -> Int {
    let across = 2 * rings
    var lines: [String] = []
    for ring in 0...rings {
        for place in 0..<across {
            let a = Double.pi * Double(ring) / Double(rings),
                b = 2 * Double.pi * Double(place) / Double(across)
            lines.append("v \(sin(a) * cos(b)) \(sin(a) * sin(b)) \(cos(a))")
        }
    }
    for ring in 0..<rings {
        for place in 0..<across {
            let next = (place + 1) % across, row = ring * across + 1
            let (a, b, c, d) = (row + place, row + next, row + across + place, row + across + next)
            lines += ["f \(a) \(c) \(b)", "f \(b) \(c) \(d)"]
        }
    }
    try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    return 2 * rings * across
}
