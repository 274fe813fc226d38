import Foundation
import Tensors

extension Tulip {
    /// The sigmoid loss of pairs, in Double: what the training loop and the golden tests call.
    ///
    /// The paper prints 1 / (1 + e^(z (-t x·y + b))), with the sign of b turned round inside; b would then have to
    /// start at +10. Here the logit is t x·y + b, as in the authors' code, and b starts at -10, as in SigLIP and in
    /// the paper's table.
    enum SigLIP {
        /// Where t' and b start: t = exp(t') = 10.
        static let initialLogScale = log(10.0), initialBias = -10.0

        /// A loss and its gradient.
        struct Outcome: Sendable {
            /// The sum over all pairs, divided by the number of rows.
            let loss: Double
            /// d loss / d x_i·y_j, row by row.
            let slopes: [Double]
            /// d loss / d t and d loss / d b.
            let scaleSlope, biasSlope: Double
        }

        /// Eq. 1  L = -(1/B) Σ_ij log σ(z_ij (t x_i·y_j + b)), with B the number of rows; pairs with z = 0 are left
        /// out.
        ///
        /// - Parameters:
        ///   - products: x_i·y_j of vectors of length 1, row by row: [rows * columns]
        ///   - signs: z.
        ///   - t: e to the learnt t', so always positive.
        ///   - b: the learnt bias.
        /// - Returns: the loss and its slopes.
        static func outcome(_ products: [Double], _ signs: PairSigns, scale t: Double, bias b: Double)
            -> Outcome
        {
            precondition(
                products.count == signs.values.count,
                "\(products.count) products do not fit \(signs.rows)x\(signs.columns) signs")
            // By the rows alone, as SigLIP has it, however many negative columns there are.
            let share = 1 / Double(signs.rows)
            var slopes = Array(repeating: 0.0, count: products.count)
            var (loss, scaleSlope, biasSlope) = (0.0, 0.0, 0.0)
            for (index, z) in signs.values.enumerated() where z != 0 {
                let margin = Double(z) * (t * products[index] + b)
                // -log σ(m) = ln(1 + e^-m) and its slope -σ(-m), from e^-|m|, which cannot overflow.
                let e = exp(-abs(margin))
                loss += (max(-margin, 0) + log1p(e)) * share
                let slope = -Double(z) * share * (margin > 0 ? e : 1) / (1 + e)
                // d margin / d x·y = z t, / d t = z x·y, / d b = z; `slope` has z in it.
                slopes[index] = slope * t
                scaleSlope += slope * products[index]
                biasSlope += slope
            }
            return Outcome(loss: loss, slopes: slopes, scaleSlope: scaleSlope, biasSlope: biasSlope)
        }
    }

    /// SigLIP's signs where each item has several views: originals, then block by block its other views. Any image
    /// of an item belongs to any of its texts: z = 1 for views of one item, -1 for those of two.
    static func signsOfViews(items: Int, views: Int) -> PairSigns {
        PairSigns(rows: items * views, columns: items * views) { row, column in
            row % items == column % items ? 1 : -1
        }
    }

    /// Generative contrastive views: which pairs attract and which repel when negatives are made for a batch.
    ///
    /// A positive view says the same in other words or pixels; a negative view is changed as little as it takes to
    /// say something else.
    enum GeCo {
        /// Eq. 6  Anchors against the positive views of all, then the negative views: z = 1 for an anchor with its
        /// own positive view, -1 for every other one, and -1 for *every* negative view.
        static func sameModality(batch: Int, negatives: Int) -> PairSigns {
            PairSigns(rows: batch, columns: batch + negatives) { row, column in row == column ? 1 : -1 }
        }

        /// Eq. 6, Fig. 5  The same with positive views as anchors too: originals and positive views against
        /// originals, positive views, then negative views. An anchor says nothing of its own kind: [0 1 -1; 1 0 -1],
        /// block by block.
        static func bothAnchors(batch: Int, negatives: Int) -> PairSigns {
            PairSigns(rows: 2 * batch, columns: 2 * batch + negatives) { row, column in
                if column >= 2 * batch { return -1 }
                if (row < batch) == (column < batch) { return 0 }
                return row % batch == column % batch ? 1 : -1
            }
        }

        /// Eq. 7  Images against texts, both followed by their negative views: z = -1 if exactly one of the two is
        /// negative; two negatives may well belong together, so they count for nothing.
        static func imageText(batch: Int, negatives: Int) -> PairSigns {
            let side = batch + negatives
            return PairSigns(rows: side, columns: side) { row, column in
                switch (row < batch, column < batch) {
                case (true, true): row == column ? 1 : -1
                case (false, false): 0
                default: -1
                }
            }
        }
    }

    /// Which pairs of embeddings belong together: z_ij for rows x and columns y.
    struct PairSigns: Sendable, Equatable {
        /// How many rows and columns there are.
        let rows, columns: Int
        /// Row by row: 1 for a pair, -1 for a pair that must come apart, 0 for one that counts for nothing.
        let values: [Int8]

        /// Signs by a rule for each row and column.
        init(rows: Int, columns: Int, _ sign: (_ row: Int, _ column: Int) -> Int8) {
            (self.rows, self.columns) = (rows, columns)
            values = (0..<rows).flatMap { row in (0..<columns).map { sign(row, $0) } }
        }
    }

    /// What can be weighted and summed: numbers in reports and tests, tensors where gradients flow.
    protocol WeightedTerm {
        static func + (a: Self, b: Self) -> Self
        /// The term times a weight.
        func weighted(_ weight: Double) -> Self
    }
}

extension Double: Tulip.WeightedTerm {
    func weighted(_ weight: Double) -> Double { weight * self }
}

extension Tensor: Tulip.WeightedTerm {
    func weighted(_ weight: Double) -> Tensor { self * Float(weight) }
}

extension Tulip {
    /// The weights of the losses; the paper publishes none of them.
    struct LossWeights: Sendable {
        /// λ_c of the contrasts and λ_r of the reconstructions.
        var contrast, reconstruction: Double
        /// λ_i of images and λ_t of texts within λ_r.
        var image, text: Double
    }

    /// The five losses of one batch; a missing one is off.
    struct LossParts<Term: WeightedTerm> {
        /// L_IT, L_II and L_TT.
        var imageText: Term
        var imageImage, textText: Term?
        /// L_img and L_txt.
        var image, text: Term?

        /// §3  L = λ_c (L_IT + L_II + L_TT) + λ_r (λ_i L_img + λ_t L_txt).
        func total(_ weights: LossWeights) -> Term {
            let contrast = [imageImage, textText].compactMap { $0 }.reduce(imageText, +)
            let rebuilt = [image?.weighted(weights.image), text?.weighted(weights.text)].compactMap { $0 }
            return rebuilt.reduce(contrast.weighted(weights.contrast)) {
                $0 + $1.weighted(weights.reconstruction)
            }
        }

        /// The same losses as numbers, or as tensors.
        func map<Other: WeightedTerm>(_ part: (Term) -> Other) -> LossParts<Other> {
            LossParts<Other>(
                imageText: part(imageText), imageImage: imageImage.map(part), textText: textText.map(part),
                image: image.map(part), text: text.map(part))
        }
    }
}
