import Foundation

/// The sigmoid loss of pairs, in Double: what the training loop and the golden tests call.
///
/// The paper prints 1 / (1 + e^(z (-t x·y + b))), with the sign of b turned round inside; b would then have to start at
/// +10. Here the logit is t x·y + b, as in the authors' code, and b starts at -10, as in SigLIP and in the paper's table.
public enum SigLIP {
    /// Where t' and b start: t = exp(t') = 10.
    public static let initialLogScale = log(10.0), initialBias = -10.0

    /// A loss and its gradient.
    public struct Outcome: Sendable {
        /// The sum over all pairs, divided by the number of rows.
        public let loss: Double
        /// d loss / d x_i·y_j, row by row.
        public let slopes: [Double]
        /// d loss / d t and d loss / d b.
        public let scaleSlope, biasSlope: Double
    }

    /// Eq. 1  L = -(1/B) Σ_ij log σ(z_ij (t x_i·y_j + b)), with B the number of rows; pairs with z = 0 are left out.
    ///
    /// - Parameters:
    ///   - products: x_i·y_j of vectors of length 1, row by row: [rows * columns]
    ///   - signs: z.
    ///   - t: e to the learnt t', so always positive.
    ///   - b: the learnt bias.
    /// - Returns: the loss and its slopes.
    public static func outcome(_ products: [Double], _ signs: PairSigns, scale t: Double, bias b: Double)
        -> Outcome
    {
        precondition(
            products.count == signs.values.count,
            "\(products.count) products do not fit \(signs.rows)x\(signs.columns) signs")
        let share = 1 / Double(signs.rows)
        var slopes = Array(repeating: 0.0, count: products.count)
        var (loss, scaleSlope, biasSlope) = (0.0, 0.0, 0.0)
        for (index, z) in signs.values.enumerated() where z != 0 {
            let margin = Double(z) * (t * products[index] + b)
            // -log σ(m) = ln(1 + e^-m) and its slope -σ(-m), from e^-|m|, which cannot overflow.
            let e = exp(-abs(margin))
            loss += (max(-margin, 0) + log1p(e)) * share
            let slope = -Double(z) * share * (margin > 0 ? e : 1) / (1 + e)
            slopes[index] = slope * t
            scaleSlope += slope * products[index]
            biasSlope += slope
        }
        return Outcome(loss: loss, slopes: slopes, scaleSlope: scaleSlope, biasSlope: biasSlope)
    }
}
