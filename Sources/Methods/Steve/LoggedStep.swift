import Datasets

/// One line of the user's file: a step of their own run, judged, with the log-probabilities of their policies.
struct LoggedStep: Decodable, Sendable {
    /// A state and an action in it.
    struct Pair: Hashable, Sendable {
        let state, action: String
    }

    /// log π(y|x) and log π_ref(y|x), sums over the tokens of y.
    struct Scores: Equatable, Sendable {
        let policy, reference: Double
        /// r = log π(y|x) - log π_ref(y|x)
        var ratio: Double { policy - reference }
    }

    let pair: Pair
    let isGood: Bool
    /// Nil where the log has none.
    let scores: Scores?
    /// Those of the state with the action of the line before, TRL's KL log-probabilities; nil where the log has none.
    let mismatched: Scores?

    private enum CodingKeys: String, CodingKey {
        case state, action, label, policy_logp, ref_logp, policy_kl_logp, ref_kl_logp
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        pair = Pair(
            state: try values.decode(String.self, forKey: .state),
            action: try values.decode(String.self, forKey: .action))
        isGood = try Self.label(values)
        scores = try Self.scores(values, .policy_logp, .ref_logp)
        mismatched = try Self.scores(values, .policy_kl_logp, .ref_kl_logp)
    }

    private static let good = ["good", "desirable", "true", "1"]
    private static let bad = ["bad", "harmful", "neutral", "undesirable", "false", "0", "-1"]

    /// A label in one of the ways in which people write it.
    private static func label(_ values: KeyedDecodingContainer<CodingKeys>) throws -> Bool {
        let text: String
        if let flag = try? values.decode(Bool.self, forKey: .label) {
            text = "\(flag)"
        } else if let number = try? values.decode(Int.self, forKey: .label) {
            text = "\(number)"
        } else {
            text = try values.decode(String.self, forKey: .label).lowercased()
        }
        if good.contains(text) { return true }
        if bad.contains(text) { return false }
        throw Refusal(
            "'label' is '\(text.prefix(40))'", allowed: "one of " + (good + bad).joined(separator: ", "))
    }

    /// Both log-probabilities or neither.
    private static func scores(
        _ values: KeyedDecodingContainer<CodingKeys>, _ policy: CodingKeys, _ reference: CodingKeys
    ) throws -> Scores? {
        let numbers = try [policy, reference].map { key -> Double? in
            guard let value = try values.decodeIfPresent(Double.self, forKey: key) else { return nil }
            guard value.isFinite, value <= 0 else {
                throw Refusal("'\(key.rawValue)' is \(value)", allowed: "a log-probability, at most 0")
            }
            return value
        }
        switch (numbers[0], numbers[1]) {
        case (let p?, let r?): return Scores(policy: p, reference: r)
        case (nil, nil): return nil
        default:
            let (there, missing) = numbers[0] == nil ? (reference, policy) : (policy, reference)
            throw Refusal(
                "'\(missing.rawValue)' is missing beside '\(there.rawValue)'", allowed: "both or neither")
        }
    }
}
