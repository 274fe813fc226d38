import Foundation

/// Direct preference optimisation over whole sequences (§3.3), in Double: what the training loop and the golden tests
/// call.
///
/// Probabilities of whole sequences underflow: everything is in logarithms, summed over tokens.
public enum DPO {
    /// Log-probabilities of two sequences, summed over their tokens.
    public struct Pair: Sendable, Codable, Equatable {
        /// Of the preferred sequence y⁺ and of the other y⁻.
        public var win, lose: Double

        /// The sums of two sequences.
        public init(win: Double, lose: Double) {
            self.win = win
            self.lose = lose
        }
    }

    /// A pair's loss and gradient.
    public struct Outcome: Sendable {
        /// β (log π/π_ref) of both sequences: the implicit rewards.
        public let rewardWin, rewardLose: Double
        /// Reward of the preferred sequence minus reward of the other.
        public var margin: Double { rewardWin - rewardLose }
        /// -log σ(margin)
        public let loss: Double
        /// d loss / d log π of each token of y⁺; that of y⁻ is its negative.
        public let slope: Double
    }

    /// §3.3  L = -log σ(β[(log π/π_ref)(y⁺) - (log π/π_ref)(y⁻)]).
    public static func outcome(policy: Pair, reference: Pair, beta: Double) -> Outcome {
        let win = beta * (policy.win - reference.win), lose = beta * (policy.lose - reference.lose)
        let margin = win - lose
        return Outcome(
            rewardWin: win, rewardLose: lose, loss: max(-margin, 0) + log1p(exp(-abs(margin))),
            slope: -beta / (1 + exp(margin)))
    }
}
