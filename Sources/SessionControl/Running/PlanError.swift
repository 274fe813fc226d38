import MethodKit

/// A plan that would run nothing, or could not.
public enum PlanError: InputRefusal, CustomStringConvertible, Equatable {
    /// No arm was named, though some were asked for.
    case noArms(known: [String])
    /// No seed was named.
    case noSeeds
    /// A folder where the input takes a file.
    case isFolder(input: String, path: String)
    /// A trial is to be applied that has not come to its end.
    case notFinished(arm: String, seed: UInt64)
    /// The session has no trial of that arm and seed; what it has.
    case noTrial(arm: String?, seed: UInt64?, known: [String])

    public var description: String {
        switch self {
        case .noArms(let known): "No arm is named; this method has \(known.joined(separator: ", "))."
        case .noSeeds: "No seed is named; a session needs at least one."
        case .isFolder(let input, let path): "'\(path)' is a folder; \(input) takes a file."
        case .notFinished(let arm, let seed):
            "Only a finished trial of the method's own can be applied to a file, and \(arm) with seed \(seed) is none."
        case .noTrial(let arm, let seed, let known):
            "The session has no trial"
                + (arm.map { " of arm '\($0)'" } ?? "") + (seed.map { " with seed \($0)" } ?? "")
                + "; it has \(known.joined(separator: ", "))."
        }
    }
}
