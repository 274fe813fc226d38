import Foundation
import MethodKit
import SessionControl
import Store
import TextLayout

/// A trial's progress in words.
public enum ProgressText {
    /// What is run.
    public static func heading(_ session: SessionRecord) -> String {
        "Session \(session.shortID): \(session.method), preset \(session.preset)."
    }

    /// One trial in one line, with the most memory that the program has had.
    public static func line(_ trial: TrialView, _ session: SessionRecord, peakMemory: Int = 0) -> String {
        var parts = [trial.name, state(trial)]
        if let (metric, curve) = leading(trial, session), let value = curve.last {
            parts.append("\(metric.name) \(value.brief)")
        }
        parts += [pace(trial), memory(peakMemory)]
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// The first metric that the trial has reported, with its curve: the main one, once it has.
    public static func leading(_ trial: TrialView, _ session: SessionRecord) -> (Metric, Curve)? {
        let place = trial.curves.firstIndex { $0.last != nil }
        return place.map { (session.metrics[$0], trial.curves[$0]) }
    }

    /// Where the trial is.
    public static func state(_ trial: TrialView) -> String {
        switch trial.status {
        case .running where trial.stage.isEmpty: "starting"
        case .running: "\(trial.stage) \(trial.completed)/\(trial.total)"
        default: trial.status.rawValue
        }
    }

    /// Steps in a second, time left, and what is saved.
    public static func pace(_ trial: TrialView) -> String {
        var parts: [String] = []
        if trial.status == .running, let rate = trial.rate { parts.append("\(pace(rate)) steps/s") }
        if let remaining = trial.remaining { parts.append("ETA \(duration(remaining))") }
        if trial.saved > 0 { parts.append("saved through \(trial.saved)") }
        return parts.joined(separator: "  ")
    }

    /// "peak memory 812 MB"; nothing when it is not known.
    public static func memory(_ peak: Int) -> String { peak > 0 ? "peak memory \(peak.asBytes)" : "" }

    /// A rate without digits that change all the time.
    public static func pace(_ rate: Double) -> String {
        rate >= 10 ? "\(Int(rate))" : String(format: "%.1f", rate)
    }

    /// Seconds as "4 s", "2 min 5 s" or "1 h 3 min".
    public static func duration(_ seconds: Double) -> String {
        let seconds = Int(seconds.rounded(.up))
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
        default: return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        }
    }
}
