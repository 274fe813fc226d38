import SessionViews
import Store

/// A session's status from those of its trials.
enum SessionStatus {
    /// The one status of all trials, or how many have which.
    static func text(_ trials: [TrialRecord], of session: SessionRecord) -> String {
        let counts = Dictionary(grouping: trials) { $0.status(in: session) }.mapValues(\.count)
        if counts.count == 1, let only = counts.keys.first { return only.rawValue }
        return counts.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    }
}
