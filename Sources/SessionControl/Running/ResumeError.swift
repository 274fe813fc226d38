/// Why a session cannot go on.
public enum ResumeError: Error, CustomStringConvertible, Equatable {
    /// The method has changed since: short id, its version then and now.
    case otherVersion(String, Int, Int)
    /// Another process runs it.
    case isRunning(String)
    /// A file that it reads is not there any more.
    case missingFile(String, input: String, path: String)
    /// A file that it reads has other contents than it had.
    case changedFile(String, input: String, path: String)
    /// All its trials have finished.
    case isFinished(String)

    public var description: String {
        switch self {
        case .otherVersion(let id, let then, let now):
            "Session \(id) was run by version \(then) of its method, and this program has version \(now), "
                + "which gives other numbers; run it afresh."
        case .isRunning(let id): "Session \(id) is being run by another process; stop it there first."
        case .missingFile(let id, let input, let path):
            "Session \(id) reads '\(path)' (input \(input)), which is not there any more or cannot be read."
        case .changedFile(let id, let input, let path):
            "Session \(id) reads '\(path)' (input \(input)), which has changed since: going on would give other "
                + "numbers. Put the old contents back, or run it afresh."
        case .isFinished(let id): "Session \(id) has finished; there is nothing left to resume."
        }
    }
}
