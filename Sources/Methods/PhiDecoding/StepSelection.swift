import Base
import Foundation
import MethodKit

extension PhiDecoding {
    /// The selection rule of phi-decoding: pure functions of log-probabilities, texts and draws. Searches and replayed
    /// candidates go through the same ones.
    enum Selection {
        /// §3.2 The average log-probability of so many tokens, as the released code takes it: of none it is 0.
        static func average(_ logProbability: Double, tokens: Int) -> Double {
            logProbability / (Double(tokens) + 1e-8)
        }

        /// e^(x / T) over their sum.
        static func softmax(_ values: [Double], temperature: Double = 1) -> [Double] {
            let most = values.max() ?? 0
            let powers = values.map { exp(($0 - most) / temperature) }, sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }

        // MARK: In-width pruning

        /// Which candidates are sure enough of their step.
        struct Width {
            let mean, deviation, threshold: Double
            /// Places above the threshold, and those that are not.
            let kept, pruned: [Int]
        }

        /// §3.4 Keeps i with s_i > mean - rate sigma, where sigma is the population's standard deviation.
        ///
        /// - Parameters:
        ///   - confidences: s, average log-probabilities of all candidates of all beams together.
        ///   - rate: how many standard deviations below the mean are still kept; infinity keeps all.
        /// - Returns: the threshold and the places on both sides of it.
        static func width(_ confidences: [Double], rate: Double) -> Width {
            let count = Double(confidences.count), mean = confidences.reduce(0, +) / count
            let variance = confidences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
            // Equal numbers have a deviation of some last bits, and none of them is above their mean.
            let deviation = variance.squareRoot() < 1e-12 ? 0 : variance.squareRoot()
            let threshold = rate == .infinity ? -.infinity : mean - rate * deviation
            let isKept = confidences.map { deviation == 0 ? threshold == -.infinity : $0 > threshold }
            return Width(
                mean: mean, deviation: deviation, threshold: threshold,
                kept: isKept.indices.filter { isKept[$0] }, pruned: isKept.indices.filter { !isKept[$0] })
        }

        /// The kept candidates, and where they are fewer than the beams, some of the pruned ones too.
        static func kept(_ width: Width, _ confidences: [Double], beams: Int, drawing: Drawing) -> [Int] {
            let missing = min(beams - width.kept.count, width.pruned.count)
            guard missing > 0 else { return width.kept }
            let weights = softmax(width.pruned.map { confidences[$0] }, temperature: released)
            return (width.kept + drawing(weights, missing).map { width.pruned[$0] }).sorted()
        }

        // MARK: Drawing

        /// The temperature of every softmax over log-probabilities in the released code.
        static let released = 0.1
        /// tau_1, tau_2 and tau of the paper.
        static let printed = 0.6

        /// Draws `count` different places by their weights.
        typealias Drawing = (_ weights: [Double], _ count: Int) -> [Int]

        /// Draws without replacement: one place after another, each by the weights of those that are left.
        static func draws(_ weights: [Double], _ count: Int, using random: inout RandomStream) -> [Int] {
            var left = Array(weights.indices)
            return (0..<min(count, weights.count)).map { _ in
                let own = left.map { weights[$0] }
                // A softmax may round a weight to 0: where only such are left, each is as likely.
                let drawn = own.contains { $0 > 0 } ? random.categorical(own) : random.below(own.count)
                return left.remove(at: drawn)
            }
        }

        // MARK: Weights

        /// How advantage and alignment become the weights of a draw.
        enum Weighting: String, InputChoice, CaseIterable, Codable, Sendable {
            /// The released code's: the mean of both softmaxes, tau = 0.1 for advantages and 1 for clusters.
            case released
            /// The paper's: exp(R / tau) of the sum of both, every tau 0.6.
            case printed
            /// Advantages alone, tau = 0.1.
            case advantage
        }

        /// §3.3, Alg. 1 The weights of the eligible: their advantages A, and the share C of the eligible that lie in the
        /// same cluster.
        static func weights(_ advantages: [Double], shares: [Double], _ weighting: Weighting) -> [Double] {
            switch weighting {
            case .released:
                zip(softmax(advantages, temperature: released), softmax(shares)).map { ($0 + $1) / 2 }
            case .printed: softmax(values(advantages, shares: shares), temperature: printed)
            case .advantage: softmax(advantages, temperature: released)
            }
        }

        /// §3.3 R = exp(A / tau_1) / sum + exp(C / tau_2) / sum, the paper's value of a step.
        static func values(_ advantages: [Double], shares: [Double]) -> [Double] {
            zip(softmax(advantages, temperature: printed), softmax(shares, temperature: printed)).map(+)
        }

        /// §3.3 C_i: of all that were clustered, the share that lies in i's cluster.
        static func shares(_ labels: [Int]) -> [Double] {
            labels.map { label in Double(labels.count { $0 == label }) / Double(labels.count) }
        }

        /// Puts texts into clusters: their labels, or nil where that cannot be done.
        typealias Clustering = (_ texts: [String], _ count: Int) -> [Int]?

        /// TF-IDF, then k-means.
        static func labels(_ texts: [String], _ count: Int, using random: inout RandomStream) -> [Int]? {
            guard let vectors = TFIDF.vectors(texts) else { return nil }
            return KMeans.clusters(vectors.rows, count, using: &random)?.labels
        }
    }
}
