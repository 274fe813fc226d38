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
    private var viewpoint = Viewpoint()
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

    private mutating func reset() { (version, playback, viewpoint.row, viewpoint.column) = (nil, nil, 0, 0) }

    /// The artifact of the same name is looked at in the other session too.
    mutating func sessionChanged(_ context: PaneContext) {
        let name = name
        self = ArtifactPane()
        self.name = name
    }

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

    mutating func zoom(by factor: Double) { viewpoint.size = max(0.2, min(20, viewpoint.size * factor)) }

    mutating func move(_ move: Move, _ context: PaneContext) {
        guard let kept = current(context)?.kept else { return }
        ArtifactDrawings.drawing(of: kept.artifact).move(move, &viewpoint)
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
        guard isPlaying else { return isOther }
        let drawing = ArtifactDrawings.drawing(of: current.kept.artifact)
        return drawing.play(seconds, &viewpoint) || isOther
    }

    /// Goes on to the version whose time has come; after the newest it follows the trial again.
    private mutating func advanceVersions(by seconds: Double, of count: Int) -> Bool {
        guard let time = playback else { return false }
        let place = Int((time + seconds) * Self.versionsPerSecond), before = version
        (playback, version) = place < count - 1 ? (time + seconds, place) : (nil, nil)
        return version != before
    }

    // MARK: Drawing

    func draw(on canvas: inout Canvas, in rect: Rect, _ context: PaneContext, isFocused: Bool) {
        let look = context.look
        guard let trial = context.view?.trial, let chosen = chosen(in: trial) else {
            canvas.write(" nothing was kept yet", x: rect.x, y: rect.y, style: look.faint, width: rect.width)
            return
        }
        ArtifactDrawings.drawing(of: chosen.kept.artifact).draw(
            on: &canvas, in: rect.inset(by: 1, 0), viewpoint, look)
    }
}

extension PaneID { static let artifact = PaneID(rawValue: "artifact") }

extension Workbench {
    var artifact: ArtifactPane {
        get { panes[ArtifactPane.self] }
        set { panes[ArtifactPane.self] = newValue }
    }
}
