import Foundation
import MethodKit

extension PhiDecoding {
    /// When a large cluster lets a search stop looking ahead: the paper and both released scripts differ.
    enum Stopping: String, InputChoice, CaseIterable, Codable, Sendable {
        /// The paper's script: above delta at t + 1 >= Tmin, also where that was at a step before; the last choice is kept.
        case origin
        /// Its refactor: from delta - 0.01 at t >= Tmin; the last choice is thrown away.
        case refactor
        /// The paper's text: from delta at t + 1 >= Tmin; the last choice is kept.
        case paper
    }

    /// What a search by phi-decoding is set to.
    struct Rule: Equatable, Sendable {
        /// M, and N continuations of each.
        var beams = 4, rollouts = 4
        /// Tmin and Tmax.
        var least = 2, most = 4
        /// K.
        var clusters = 3
        /// How many standard deviations below the mean are kept; infinity prunes nothing.
        var sigmaRate = 1.0
        /// The share of the eligible in one cluster that ends it.
        var delta = 0.7
        var stopping = Stopping.origin
        /// Whether a large cluster, or equal steps, end it before Tmax.
        var stopsEarly = true
        var weighting = Selection.Weighting.released
        /// Whether only candidates, and in the end answers, with a positive advantage are eligible.
        var isMasked = true
        /// Whether F is of the foresight; else it is of the step itself, and nothing is foreseen.
        var looksAhead = true
        /// How the beams become an answer.
        var final = Final.clusters
    }

    /// A kept candidate with what was foreseen after it.
    struct Foreseen {
        /// F of the beam that it goes on from.
        let parent: Double
        /// F: the average log-probability of the foresight's own tokens.
        let value: Double
        /// Of the foresight alone.
        let text: String
    }

    /// Which of the foreseen candidates were drawn, and why.
    struct Choice {
        /// A of each.
        let advantages: [Double]
        /// Places of those that may be put into clusters.
        let eligible: [Int]
        /// The cluster of each eligible one; nil where they were not put into clusters.
        let labels: [Int]?
        /// Places of those that were drawn from, and their weights.
        let pool: [Int]
        let weights: [Double]
        /// Places, in the order of the draw.
        let chosen: [Int]

        /// The largest cluster's share of the eligible; nil without clusters.
        var largestShare: Double? { labels.flatMap { Selection.shares($0).max() } }
    }
}

extension PhiDecoding.Selection {
    typealias Rule = PhiDecoding.Rule
    typealias Foreseen = PhiDecoding.Foreseen
    typealias Choice = PhiDecoding.Choice

    /// Eq. 4 A = F_t - F_(t-1), against the value of the beam that a candidate goes on from.
    static func advantages(_ foreseen: [Foreseen]) -> [Double] { foreseen.map { $0.value - $0.parent } }

    /// Places of those that may be put into clusters: their text is not empty, and the mask lets them pass.
    private static func eligible(_ foreseen: [Foreseen], _ advantages: [Double], isMasked: Bool) -> [Int] {
        foreseen.indices.filter { !foreseen[$0].text.isEmpty && (!isMasked || advantages[$0] > 0) }
    }

    /// §3.3 Draws the next beams from the foreseen candidates.
    ///
    /// Values begin at 0 and log-probabilities lie below it: under the mask the first step is always drawn by advantages
    /// alone.
    static func choose(
        _ foreseen: [Foreseen], _ rule: Rule, clustering: Clustering, drawing: Drawing
    ) -> Choice {
        let advantages = advantages(foreseen), count = min(rule.beams, foreseen.count)
        let eligible = eligible(foreseen, advantages, isMasked: rule.isMasked)
        func drawn(_ pool: [Int], _ labels: [Int]?, _ weights: [Double]) -> Choice {
            Choice(
                advantages: advantages, eligible: eligible, labels: labels, pool: pool, weights: weights,
                chosen: drawing(weights, count).map { pool[$0] })
        }
        guard eligible.count >= rule.beams,
            let labels = clustering(eligible.map { foreseen[$0].text }, rule.clusters)
        else {
            // Too few to cluster, or texts that cannot be: the script then draws over all, masked ones too.
            return drawn(Array(foreseen.indices), nil, softmax(advantages, temperature: released))
        }
        let own = eligible.map { advantages[$0] }
        return drawn(eligible, labels, weights(own, shares: shares(labels), rule.weighting))
    }

    // MARK: In-depth pruning

    /// §3.4 Whether nothing is looked ahead for any more after step t, counted from 0: all chosen steps are one, or
    /// one cluster holds nearly all foresights.
    ///
    /// - Parameters:
    ///   - t: the step.
    ///   - steps: the chosen ones.
    ///   - shares: of the largest cluster at each step so far, this one last; nil where there were no clusters.
    ///   - rule: with Tmin, delta and whose test it is.
    /// - Returns: whether the search ends.
    static func stops(_ t: Int, steps: [String], shares: [Double?], _ rule: Rule) -> Bool {
        guard rule.stopsEarly else { return false }
        if Set(steps).count == 1, t >= rule.least { return true }
        // The origin script raises a flag, and lowers it only for the next question: a large cluster before Tmin counts there.
        let counted = rule.stopping == .origin ? shares : shares.suffix(1)
        guard counted.contains(where: { isLarge($0 ?? 0, rule) }) else { return false }
        return rule.stopping == .refactor ? t >= rule.least : t + 1 >= rule.least
    }

    private static func isLarge(_ share: Double, _ rule: Rule) -> Bool {
        switch rule.stopping {
        case .origin: share > rule.delta
        // Decimal fractions are not exact: 0.7 - 0.01 lies above 0.69.
        case .refactor: share >= rule.delta - 0.01 - 1e-12
        case .paper: share >= rule.delta
        }
    }

    // MARK: The answer

    /// The answer of all beams, each told to its end: one of the larger of two clusters of those that have become likelier.
    ///
    /// - Returns: a choice of one place.
    static func finish(
        _ answers: [Foreseen], isMasked: Bool, clustering: Clustering, drawing: Drawing
    ) -> Choice {
        let advantages = advantages(answers)
        let eligible = eligible(answers, advantages, isMasked: isMasked)
        func drawn(_ pool: [Int], _ labels: [Int]?, sign: Double = 1) -> Choice {
            let weights = softmax(pool.map { sign * advantages[$0] }, temperature: released)
            return Choice(
                advantages: advantages, eligible: eligible, labels: labels, pool: pool, weights: weights,
                chosen: drawing(weights, 1).map { pool[$0] })
        }
        // The minus is the released code's: it takes such texts for empty ones.
        if eligible.isEmpty { return drawn(Array(answers.indices), nil, sign: -1) }
        guard let labels = clustering(eligible.map { answers[$0].text }, 2) else {
            // One eligible answer is no two clusters either: the script then draws over all of them.
            return drawn(Array(answers.indices), nil)
        }
        // A tie goes to cluster 1.
        let larger = labels.count { $0 == 0 } > labels.count { $0 == 1 } ? 0 : 1
        return drawn(zip(eligible, labels).filter { $1 == larger }.map(\.0), labels)
    }
}
