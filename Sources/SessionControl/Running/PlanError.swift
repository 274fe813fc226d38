import MethodKit

/// A plan that would run nothing, or could not.
public enum PlanError: InputRefusal, CustomStringConvertible, Equatable {
    /// No arm was named, though some were asked for.
    case noArms(known: [String])
    /// No seed was named.
    case noSeeds
    /// A folder where the input takes a file.
    case isFolder(input: String, path: String)

    public var description: String {
        switch self {
        case .noArms(let known): "No arm is named; this method has \(known.joined(separator: ", "))."
        case .noSeeds: "No seed is named; a session needs at least one."
        case .isFolder(let input, let path): "'\(path)' is a folder; \(input) takes a file."
        }
    }
}
