import Foundation

extension MusicInfuser {
    /// §3.4 The beta-uniform law of noise levels: σ ~ Beta(1, β), where β falls from its first value to 1, so that
    /// training begins at little noise and ends with the uniform law.
    struct BetaUniform: Sendable {
        /// β at step 0; the paper's is 3.
        var first = 3.0
        /// Steps after which half of what is above 1 is gone; the official code's is 200, of 4,000.
        var halfLife = 200.0

        /// §3.4 β(step) = 1 + (β_0 - 1) 2^(-step / half-life).
        func beta(at step: Int) -> Double { 1 + (first - 1) * exp2(-Double(step) / halfLife) }

        /// The density of Beta(1, β): β (1 - σ)^(β - 1).
        static func density(_ sigma: Double, beta: Double) -> Double { beta * pow(1 - sigma, beta - 1) }

        /// §3.4 The noise level at a place u of the distribution, which for a uniform u is a draw: 1 - (1 - u)^(1/β).
        static func quantile(_ u: Double, beta: Double) -> Double { 1 - pow(1 - u, 1 / beta) }

        /// The mean of Beta(1, β), 1 / (1 + β): from a quarter to a half.
        static func mean(beta: Double) -> Double { 1 / (1 + beta) }
    }
}
