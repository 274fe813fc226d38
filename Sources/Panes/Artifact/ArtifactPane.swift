import Charts
import Foundation
import MethodKit
import SessionViews
import Terminal
import TextLayout

/// What the shown trial keeps: pictures, meshes, tables, texts; one of them, in one of its versions.
struct ArtifactPane: Pane {
    static let id = PaneID.artifact, place = PanePlace.lower(parts: 60)
    private var name: String?
    /// The chosen version; nil follows the newest.
    private var version: Int?
    private var scroll = (row: 0, column: 0)
    private var yaw = 0.6, pitch = 0.4, size = 1.0
    private var clock = 0.0
    /// Whether frames play or a mesh turns.
    var isPlaying = false
    /// Seconds since the versions began to play from the first; nil while they do not.
    private var playback: Double?
    private static let versionsPerSecond = 4.0
    /// Whether anything changes with time.
    var isMoving: Bool { isPlaying || playback != nil }

    func title(_ context: PaneContext) -> String {
        guard let trial = context.view?.trial, let chosen = chosen(in: trial) else { return "artifact" }
        let versions = trial.artifacts.first { $0.name == chosen.name }?.versions.count ?? 1
        var parts = [chosen.name]
        if trial.artifacts.count > 1 {
            let place = trial.artifacts.firstIndex { $0.name == chosen.name } ?? 0
            parts.append("\(place + 1) of \(trial.artifacts.count)")
        }
        parts.append("step \(chosen.kept.step)")
        if versions > 1 { parts.append("version \((version ?? versions - 1) + 1) of \(versions)") }
        return parts.joined(separator: " · ")
    }

    /// The artifact that is shown: its name and the chosen version.
    func current(_ context: PaneContext) -> (name: String, kept: TrialView.Kept)? {
        context.view?.trial.flatMap { chosen(in: $0) }
    }

    private func chosen(in trial: TrialView) -> (name: String, kept: TrialView.Kept)? {
        guard let item = trial.artifacts.first(where: { $0.name == name }) ?? trial.artifacts.first else {
            return nil
        }
        let place = min(version ?? .max, item.versions.count - 1)
        return (item.name, item.versions[place])
    }

    private mutating func reset() { (version, playback, scroll) = (nil, nil, (0, 0)) }

    mutating func sessionChanged(_ context: PaneContext) { self = ArtifactPane() }

    mutating func trialChanged() { reset() }

    /// Plays the versions from the first to the newest, or stops at the one that is shown.
    mutating func playVersions() {
        if playback == nil { (playback, version) = (0, 0) } else { playback = nil }
    }

    mutating func next(by places: Int, _ context: PaneContext) {
        guard let trial = context.view?.trial, let now = chosen(in: trial) else { return }
        let place = trial.artifacts.firstIndex { $0.name == now.name } ?? 0
        name = trial.artifacts[(place + places + trial.artifacts.count) % trial.artifacts.count].name
        reset()
    }

    mutating func version(by places: Int, _ context: PaneContext) {
        guard let trial = context.view?.trial, let now = chosen(in: trial),
            let count = trial.artifacts.first(where: { $0.name == now.name })?.versions.count
        else { return }
        playback = nil
        let place = max(0, (version ?? count - 1) + places)
        version = place >= count - 1 ? nil : place
    }

    mutating func zoom(by factor: Double) { size = max(0.2, min(20, size * factor)) }

    mutating func move(_ move: Move, _ context: PaneContext) {
        if current(context)?.kept.artifact.turns == true {
            switch move {
            case .left: yaw -= 0.2
            case .right: yaw += 0.2
            case .up: pitch = min(1.5, pitch + 0.15)
            case .down: pitch = max(-1.5, pitch - 0.15)
            case .top: (yaw, pitch, size) = (0.6, 0.4, 1)
            default: break
            }
            return
        }
        switch move {
        case .left: scroll.column = max(0, scroll.column - 4)
        case .right: scroll.column += 4
        case .up: scroll.row = max(0, scroll.row - 1)
        case .down: scroll.row += 1
        case .pageUp: scroll.row = max(0, scroll.row - 10)
        case .pageDown: scroll.row += 10
        case .top: scroll = (0, 0)
        case .bottom: scroll.row = 100_000
        }
    }

    /// Lets time pass for what moves.
    ///
    /// - Returns: whether the picture changes.
    mutating func advance(by seconds: Double, _ context: PaneContext) -> Bool {
        guard let trial = context.view?.trial, let current = chosen(in: trial) else {
            playback = nil
            return false
        }
        let versions = trial.artifacts.first { $0.name == current.name }?.versions.count ?? 1
        let isOther = advanceVersions(by: seconds, of: versions)
        return advance(current.kept.artifact, by: seconds) || isOther
    }

    /// Goes on to the version whose time has come; after the newest it follows the trial again.
    private mutating func advanceVersions(by seconds: Double, of count: Int) -> Bool {
        guard let time = playback else { return false }
        let place = Int((time + seconds) * Self.versionsPerSecond), before = version
        (playback, version) = place < count - 1 ? (time + seconds, place) : (nil, nil)
        return version != before
    }

    private mutating func advance(_ artifact: Artifact, by seconds: Double) -> Bool {
        guard isPlaying else { return false }
        let before = clock
        clock += seconds
        switch artifact {
        case .mesh, .meshes:
            yaw += seconds * 0.8
            return true
        case .frames(let frames): return Int(before * frames.rate) != Int(clock * frames.rate)
        case .animation(let animation): return Int(before * animation.rate) != Int(clock * animation.rate)
        default: return false
        }
    }

    // MARK: Drawing

    func draw(on canvas: inout Canvas, in rect: Rect, _ context: PaneContext, isFocused: Bool) {
        let look = context.look
        guard let trial = context.view?.trial, let chosen = chosen(in: trial) else {
            canvas.write(" nothing was kept yet", x: rect.x, y: rect.y, style: look.faint, width: rect.width)
            return
        }
        draw(chosen.kept.artifact, on: &canvas, in: rect.inset(by: 1, 0), look)
    }

    private func draw(_ artifact: Artifact, on canvas: inout Canvas, in rect: Rect, _ look: Look) {
        switch artifact {
        case .text(let spans):
            scrolled(
                TextView(spans: spans.map { ($0.text, look.style($0.style)) }, width: rect.width),
                on: &canvas, in: rect, look)
        case .table(let table):
            scrolled(
                TextView(columns: table.columns, rows: table.rows, look: look), on: &canvas, in: rect, look)
        case .tree(let tree): scrolled(TextView(Self.lines(tree, "", look)), on: &canvas, in: rect, look)
        case .graph(let graph): scrolled(TextView(Self.lines(graph, look)), on: &canvas, in: rect, look)
        case .heatMap(let map):
            HeatMapView(map.values, rows: map.rows, columns: map.columns, range: map.range).draw(
                on: &canvas, in: rect, look: look, firstRow: min(scroll.row, max(0, map.rows.count - 1)),
                firstColumn: min(scroll.column / 4, max(0, map.columns.count - 1)))
        case .image(let picture): PictureView(picture).draw(on: &canvas, in: rect, look: look)
        case .frames(let frames):
            guard !frames.pictures.isEmpty else { return }
            let place = Int(clock * frames.rate) % frames.pictures.count
            PictureView(frames.pictures[place]).draw(on: &canvas, in: rect.split(bottom: 1).rest, look: look)
            canvas.write(
                "frame \(place + 1) of \(frames.pictures.count)", x: rect.x, y: rect.y + rect.height - 1,
                style: look.faint, width: rect.width)
        case .mesh(let mesh): draw([NamedMesh("", mesh)], on: &canvas, in: rect, look)
        case .meshes(let meshes): draw(meshes, on: &canvas, in: rect, look)
        case .animation(let animation): draw(animation, on: &canvas, in: rect, look)
        case .reliability(let diagram): draw(diagram, on: &canvas, in: rect, look)
        case .tensor(let numbers):
            let text =
                "shape \(numbers.shape.map { "\($0)" }.joined(separator: "x"))\n"
                + numbers.values.prefix(4096).map { Double($0).brief }.joined(separator: " ")
            scrolled(TextView(spans: [(text, look.text)], width: rect.width), on: &canvas, in: rect, look)
        }
    }

    private func scrolled(_ text: TextView, on canvas: inout Canvas, in rect: Rect, _ look: Look) {
        let first = min(scroll.row, max(0, text.lines.count - rect.height))
        text.draw(on: &canvas, in: rect, first: first, column: scroll.column)
        canvas.scrollMark(
            first..<min(text.lines.count, first + rect.height), of: text.lines.count,
            in: Rect(x: rect.x, y: rect.y, width: rect.width + 1, height: rect.height), look: look)
    }

    /// Surfaces side by side: each turns in its own place, all at one scale.
    private func draw(_ meshes: [NamedMesh], on canvas: inout Canvas, in rect: Rect, _ look: Look) {
        let frames = meshes.map {
            Wireframe(vertices: $0.mesh.vertices, faces: $0.mesh.faces, marked: $0.mesh.marked)
        }
        let reach = frames.map(\.reach).max() ?? 0, width = rect.width / max(1, meshes.count)
        for (place, named) in meshes.enumerated() {
            let part = Rect(x: rect.x + place * width, y: rect.y, width: width, height: rect.height)
            var frame = frames[place]
            (frame.yaw, frame.pitch, frame.zoom, frame.reach) = (yaw, pitch, size, reach)
            let (picture, caption) = part.split(bottom: 2)
            frame.draw(on: &canvas, in: picture, look: look)
            let name = named.name.isEmpty ? "" : named.name + ": "
            let edges = Set(named.mesh.marked.filter { $0.count == 2 }.map { Set($0) }).count
            let lines = [
                "\(name)\(named.mesh.faces.count) faces", edges == 0 ? "" : "\(edges) \(named.mesh.meaning)",
            ]
            for (row, line) in lines.enumerated() {
                canvas.write(line, x: caption.x, y: caption.y + row, style: look.faint, width: width - 1)
            }
        }
    }

    private func draw(_ animation: KeypointAnimation, on canvas: inout Canvas, in rect: Rect, _ look: Look) {
        guard !animation.frames.isEmpty else { return }
        let points = animation.frames[Int(clock * animation.rate) % animation.frames.count]
        var frame = Wireframe(
            vertices: points.map { SIMD3($0.x, $0.y, 0) }, faces: animation.bones, marked: [])
        (frame.yaw, frame.pitch) = (0, 0)
        frame.draw(on: &canvas, in: rect, look: look)
    }

    private func draw(_ diagram: Reliability, on canvas: inout Canvas, in rect: Rect, _ look: Look) {
        let points = zip(diagram.confidence, diagram.accuracy).map { Series.Point($0, $1) }.sorted {
            $0.x < $1.x
        }
        var chart = LineChart(
            "share right by confidence",
            [
                Series("perfect", [Series.Point(0, 0), Series.Point(1, 1)], color: 1, kind: .faint),
                Series("measured", points, color: 0),
            ])
        (chart.x, chart.y) = (Scale(0...1), Scale(0...1))
        chart.draw(on: &canvas, in: rect, look: look)
    }

    /// A tree's nodes with their branches.
    private static func lines(_ tree: Tree, _ indent: String, _ look: Look) -> [[Piece]] {
        let branch = look.glyphs == .ascii ? ["|- ", "`- ", "|  ", "   "] : ["├─ ", "└─ ", "│  ", "   "]
        return [[(tree.label, look.style(tree.style))]]
            + tree.children.enumerated().flatMap { place, child -> [[Piece]] in
                let isLast = place + 1 == tree.children.count
                return lines(child, indent, look).enumerated().map { row, line in
                    let sign = row == 0 ? branch[isLast ? 1 : 0] : branch[isLast ? 3 : 2]
                    return [(sign, look.faint)] + line
                }
            }
    }

    /// A graph's edges, one a line.
    private static func lines(_ graph: MethodKit.Graph, _ look: Look) -> [[Piece]] {
        graph.edges.map { edge in
            func node(_ place: Int) -> String {
                graph.nodes.indices.contains(place) ? graph.nodes[place] : "?"
            }
            return [
                (node(edge.from), look.text), (look.glyphs == .ascii ? " -" : " ─", look.faint),
                (edge.label, look.accent),
                (look.glyphs == .ascii ? "-> " : "→ ", look.faint), (node(edge.to), look.text),
            ]
        }
    }
}

extension PaneID { static let artifact = PaneID(rawValue: "artifact") }

extension Workbench {
    var artifact: ArtifactPane {
        get { panes[ArtifactPane.self] }
        set { panes[ArtifactPane.self] = newValue }
    }
}

extension Artifact {
    /// Whether it is seen from a side that the user chooses.
    fileprivate var turns: Bool {
        switch self {
        case .mesh, .meshes: true
        default: false
        }
    }
}

extension PictureView {
    /// A kept picture.
    init(_ picture: Picture) {
        self.init(
            width: picture.width, height: picture.height, channels: picture.channels,
            pixels: Array(picture.pixels))
    }
}

extension Look {
    /// The style of a piece of marked text.
    func style(_ meaning: Span.Style) -> Style {
        func free(_ place: Int) -> Style {
            let marks: [Style.Attributes] = [.bold, .underline, .reverse]
            return Style(
                theme.spans[place % theme.spans.count], on: theme.background, isMono ? marks[place] : [])
        }
        return switch meaning {
        case .plain: text
        case .strong: strong
        case .faint: faint
        case .good: good
        case .bad: bad
        case .first: free(0)
        case .second: free(1)
        case .third: free(2)
        }
    }
}
