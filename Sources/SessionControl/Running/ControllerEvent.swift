import MethodKit
import Store

/// What a controller tells whoever watches it, in order, on its own queue.
public enum ControllerEvent: Sendable {
    /// A trial said something; it is not saved yet.
    case said(trial: Int64, TrialLink.Batch)
    /// Everything that the trial said up to and including step `through` is durable.
    case saved(trial: Int64, through: Int)
    /// A trial's status changed; a final status is told when it is durable. The message is a sentence, or empty.
    case status(trial: Int64, TrialStatus, message: String)
    /// A trial fails because of what the user gave it; its failed status follows.
    case refused(trial: Int64)
    /// The store cannot take what it is given, in a sentence; nil when it can again. Nothing is lost meanwhile.
    case storeTrouble(String?)
}
