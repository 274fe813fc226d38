import MethodKit

/// Why an endpoint did not answer.
///
/// The server may be well another time, so a trial that meets one of these is interrupted, and goes on where it was.
public enum EndpointError: PassingTrouble, Equatable {
    /// There was no answer, or it broke off, as often as it was asked: address, libcurl's words, tries.
    case gone(String, String, tries: Int)
    /// The server is too busy, or has a fault of its own: address, status, its words, tries.
    case busy(String, Int, String, tries: Int)
    /// The server answers, but not this: address, status, its words.
    case refused(String, Int, String)
    /// What came is no answer of such a server: address, what is wrong with it.
    case strange(String, String)
    /// The server does not tell the log-probabilities that were asked for.
    case noProbabilities(String)

    public var description: String {
        switch self {
        case .gone(let address, let words, let tries):
            "The endpoint \(address) does not answer (\(words)), after \(tries) \(tries == 1 ? "try" : "tries")."
        case .busy(let address, let status, let words, let tries):
            "The endpoint \(address) cannot answer now (status \(status)\(Self.quoted(words))), after \(tries) tries."
        case .refused(let address, 401, _), .refused(let address, 403, _):
            "The endpoint \(address) wants another key; it is read from the environment's BENCHTOP_API_KEY."
        case .refused(let address, let status, let words):
            "The endpoint \(address) refuses the question (status \(status)\(Self.quoted(words)))."
        case .strange(let address, let what):
            "What the endpoint \(address) answers is not what such a server says: \(what)."
        case .noProbabilities(let address):
            "The endpoint \(address) does not tell how probable a text is, neither by echo nor by its likeliest tokens."
        }
    }

    /// Whether the server does not like how something is asked, which may be asked otherwise.
    var isRefusal: Bool {
        guard case .refused(_, let status, _) = self else { return false }
        return status != 401 && status != 403
    }

    private static func quoted(_ words: String) -> String { words.isEmpty ? "" : ": \(words)" }
}
