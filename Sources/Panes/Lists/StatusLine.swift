import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store
import Terminal
import TextLayout

/// The row on top: what is shown, how far it is, what is saved, how fast the screen is.
enum StatusLine {
    static func draw(on canvas: inout Canvas, in rect: Rect, _ bench: Workbench) {
        let look = bench.look
        let right = machine(bench, width: rect.width)
        let room = rect.width - TextWidth.of(right) - 3
        let pending = bench.pending.map { [("\($0)…  ", look.accent)] } ?? []
        canvas.write(
            [(" benchtop ", look.strong)] + pending + pieces(bench, width: room), x: rect.x, y: rect.y,
            width: room)
        canvas.write(right, x: rect.x + rect.width - TextWidth.of(right) - 1, y: rect.y, style: look.faint)
    }

    private static func pieces(_ bench: Workbench, width: Int) -> [Piece] {
        let look = bench.look
        guard let view = bench.view else { return [("nothing is open", look.faint)] }
        let record = view.record
        let what = record.name.isEmpty ? "\(record.method) \(record.purpose) \(record.preset)" : record.name
        if let replay = bench.replay, replay.isInUse {
            return [(what + "  ", look.text)] + position(of: replay, look)
        }
        guard let trial = view.trial else { return [(what, look.text)] }
        return [(what + "  ", look.text)] + progress(of: trial, view, look)
    }

    private static func position(of replay: Replay, _ look: Look) -> [Piece] {
        let state =
            replay.isPlaying ? "playing \(replay.speed.brief)x" : replay.isAtEnd ? "at the end" : "paused"
        let sign = replay.isPlaying ? "▶" : "■"
        return [
            ("replay ", look.accent), ("\(sign) \(state) ", look.text),
            ("\(seconds(replay.position)) of \(seconds(replay.recording.duration))", look.faint),
            (replay.skipsIdle ? "" : "  idle shown", look.faint),
        ]
    }

    private static func seconds(_ value: Double) -> String {
        value < 60 ? String(format: "%.1f s", value) : ProgressText.duration(value)
    }

    private static func progress(of trial: TrialView, _ view: SessionView, _ look: Look) -> [Piece] {
        let finished = view.trials.count { $0.status == .finished }
        var pieces: [Piece] = []
        if view.trials.count > 1 { pieces.append(("\(trial.name) ", look.accent)) }
        pieces.append((state(of: trial), style(of: trial.status, look)))
        if trial.status == .running, let rate = trial.rate {
            pieces.append(("  \(ProgressText.pace(rate)) \(trial.unit)s/s", look.text))
            if let left = trial.remaining {
                pieces.append(("  ETA \(ProgressText.duration(left))", look.text))
            }
        }
        if trial.saved > 0, trial.status != .finished {
            pieces.append(("  saved through \(trial.saved)", look.faint))
        }
        if view.trials.count > 1 {
            pieces.append(("  \(finished)/\(view.trials.count) finished", look.faint))
        }
        return pieces
    }

    private static func state(of trial: TrialView) -> String {
        guard trial.status == .running || trial.status == .paused else { return trial.status.rawValue }
        let step = max(0, trial.completed - trial.stageStart)
        let place = trial.stage.isEmpty ? "starting" : "\(trial.stage) \(step)/\(trial.stageTotal)"
        return trial.status == .paused ? "paused at \(place)" : place
    }

    private static func style(of status: TrialStatus, _ look: Look) -> Style {
        switch status {
        case .failed: look.bad
        case .paused, .interrupted, .stopped: look.warning
        case .finished: look.good
        case .queued, .running: look.text
        }
    }

    /// Paint delay and memory, where there is room.
    private static func machine(_ bench: Workbench, width: Int) -> String {
        guard width >= 60 else { return "" }
        var parts: [String] = []
        if let delay = bench.paintDelay { parts.append("paint \(Int((delay * 1000).rounded())) ms") }
        if bench.memory > 0, width >= 100 { parts.append(bench.memory.asBytes) }
        return parts.joined(separator: "  ")
    }
}
