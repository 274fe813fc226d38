import MethodKit
import SessionControl
import SessionViews

/// What a workbench wants done outside of itself: by the controller, the store or the terminal.
public enum Request: Sendable {
    /// Start a session and show it.
    case start(SessionPlan)
    /// Apply a finished trial of a session to a file that these inputs name, as a session of its own, and show it.
    case apply(SessionKey, trial: Int64, [String: String])
    /// Go on with a session that was stopped, and show it.
    case resume(SessionKey)
    /// Orders to trials.
    case pause([Int64]), goOn([Int64]), step([Int64], Int), stop([Int64])
    /// Change a live input of trials at their next step.
    case edit([Int64], input: String, to: String)
    /// Show a session; `playing` starts its replay.
    case open(SessionKey, playing: Bool)
    /// Put a session's curves over the shown ones.
    case overlay(SessionKey)
    /// Change what the user says about a session.
    case rename(SessionKey, String), note(SessionKey, String), tag(SessionKey, [String]), delete(SessionKey)
    /// Read a part of a curve at full resolution.
    case detail(DetailRequest)
    /// Write an artifact as an ordinary file.
    case export(name: String, Artifact)
    /// Append a choice between two things side by side to a file of the user's.
    case choose(Choice, file: String)
    /// Write a session into a file of its own, which others can replay.
    case share(SessionKey)
    /// Put a text into the clipboard.
    case copy(String)
    /// Use the theme of that name.
    case theme(String)
    /// Give the terminal back and stop, as Ctrl-Z does.
    case suspend
    /// End; open trials are checkpointed first.
    case quit
}

/// A part of a curve that a chart shows larger than its summary is.
public struct DetailRequest: Sendable, Hashable {
    /// The session.
    public let session: SessionKey
    /// The trial and the metric's place.
    public let trial: Int64, metric: Int
    /// First and last step.
    public let steps: ClosedRange<Int>
}
