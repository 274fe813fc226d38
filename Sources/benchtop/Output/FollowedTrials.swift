import Base
import SessionControl
import Store

/// What became of the trials that a command waits for.
struct FollowedTrials {
    /// A trial that ended.
    struct End {
        let trial: TrialRecord
        let status: TrialStatus
        let message: String
    }

    /// Trials that ended because of what the user gave them.
    private(set) var refused: Set<Int64> = []
    /// Trials that ended, in the order in which they did.
    private(set) var ended: [End] = []
    /// What the store says while it refuses, and since when.
    private(set) var trouble: (sentence: String, since: Double)?
    /// The signal by which the user asked for an end.
    var interruption: Int32?
    private let trials: [TrialRecord]

    init(_ trials: [TrialRecord]) { self.trials = trials }

    /// Whether every trial has ended.
    var isOver: Bool { ended.count == trials.count }

    /// Seconds for which the store has refused what it is given; nil when it takes it.
    var waitForStore: Double? { trouble.map { Uptime.seconds - $0.since } }

    mutating func take(_ event: ControllerEvent) {
        switch event {
        case .status(let id, let status, let message):
            guard status.isFinal, let trial = trials.first(where: { $0.id == id }) else { return }
            ended.append(End(trial: trial, status: status, message: message))
        case .refused(let trial): refused.insert(trial)
        case .storeTrouble(let sentence):
            trouble = sentence.map { ($0, trouble?.since ?? Uptime.seconds) }
        case .said, .saved: return
        }
    }
}
