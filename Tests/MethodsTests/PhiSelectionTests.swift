import Base
import Foundation
import Testing

@testable import Methods

/// The selection rule of phi-decoding, part by part.
@Suite struct PhiSelectionTests {
    typealias Selection = PhiDecoding.Selection
    typealias Rule = PhiDecoding.Rule

    /// Takes the likeliest places, so that a choice can be told from its weights.
    private static func top(_ weights: [Double], _ count: Int) -> [Int] {
        Array(weights.indices.sorted { weights[$0] > weights[$1] }.prefix(count))
    }

    private static func foreseen(_ values: [Double], parent: Double, texts: [String]? = nil) -> [PhiDecoding
        .Foreseen]
    {
        values.enumerated().map {
            PhiDecoding.Foreseen(parent: parent, value: $1, text: texts?[$0] ?? "word\($0)")
        }
    }

    private static func choose(
        _ foreseen: [PhiDecoding.Foreseen], _ rule: Rule, labels: [Int]? = nil
    ) -> PhiDecoding.Choice {
        Selection.choose(foreseen, rule, clustering: { _, _ in labels }, drawing: top)
    }

    /// Values begin at 0, and log-probabilities lie below: no candidate of the first step has an advantage.
    @Test func theFirstStepIsDrawnByAdvantagesAlone() {
        let choice = Self.choose(
            Self.foreseen([-0.3, -0.1, -0.2, -0.5], parent: 0), Rule(beams: 2), labels: [0, 0, 1, 1])
        #expect(choice.eligible == [] && choice.labels == nil)
        #expect(choice.pool == [0, 1, 2, 3] && choice.chosen == [1, 2])
    }

    /// Against its own parent: the same foresight is an advance for one beam and none for another.
    @Test func advantagesAreAgainstTheParentsValue() {
        let both = Self.foreseen([-0.2], parent: -0.5) + Self.foreseen([-0.2], parent: -0.1)
        let advantages = Selection.advantages(both)
        #expect(abs(advantages[0] - 0.3) < 1e-12 && abs(advantages[1] + 0.1) < 1e-12)
        #expect(Self.choose(both, Rule(beams: 1), labels: [0]).eligible == [0])
    }

    /// What the mask leaves out is clustered without it.
    @Test func theMaskLeavesOutWhatBecameLessLikely() {
        let all = Self.foreseen([-0.1, -0.2, -0.9, -0.8], parent: -0.5)
        #expect(Self.choose(all, Rule(beams: 2), labels: [0, 0]).eligible == [0, 1])
        let unmasked = Self.choose(all, Rule(beams: 2, isMasked: false), labels: [0, 0, 1, 1])
        #expect(unmasked.eligible == [0, 1, 2, 3])
        let empty = Self.foreseen([-0.1, -0.2, -0.3], parent: -0.5, texts: ["", "word", "word"])
        #expect(Self.choose(empty, Rule(beams: 2, isMasked: false), labels: [0, 0]).eligible == [1, 2])
    }

    /// A large cluster outweighs a larger advantage, and does nothing where clusters are off.
    @Test func clustersOutweighAdvantages() {
        let all = Self.foreseen([-0.30, -0.31, -0.32, -0.29], parent: -0.5), labels = [0, 0, 0, 1]
        #expect(Self.choose(all, Rule(beams: 1), labels: labels).chosen == [0])
        let alone = Self.choose(all, Rule(beams: 1, weighting: .advantage), labels: labels)
        #expect(alone.chosen == [3] && alone.largestShare == 0.75, "clusters that only stop")
    }

    /// Where texts cannot be clustered the script draws over all that were kept: what the mask left out returns.
    @Test func clusteringThatFailsDrawsOverAll() {
        let all = Self.foreseen([-0.1, -0.2, -0.9, -0.3], parent: -0.5)
        let failed = Self.choose(all, Rule(beams: 2), labels: nil)
        #expect(failed.eligible == [0, 1, 3] && failed.pool == [0, 1, 2, 3] && failed.labels == nil)
        let wanted = Selection.softmax([0.4, 0.3, -0.4, 0.2], temperature: 0.1)
        #expect(zip(failed.weights, wanted).allSatisfy { abs($0 - $1) < 1e-12 })
        let finished = Selection.finish(
            all, isMasked: true, clustering: { _, _ in nil }, drawing: Self.top)
        #expect(finished.pool == [0, 1, 2, 3] && finished.chosen == [0])
    }

    /// K of the rule for steps, and two for answers.
    @Test func stepsAndAnswersAskForTheirOwnClusters() {
        let all = Self.foreseen([-0.1, -0.2, -0.1], parent: -0.5)
        var asked: [Int] = []
        func labels(_ texts: [String], _ count: Int) -> [Int]? {
            asked.append(count)
            return texts.map { _ in 1 }
        }
        _ = Selection.choose(all, Rule(beams: 2, clusters: 5), clustering: labels, drawing: Self.top)
        _ = Selection.finish(all, isMasked: true, clustering: labels, drawing: Self.top)
        #expect(asked == [5, 2])
    }

    /// The mask holds for answers as it does for steps; without it only empty ones are left out.
    @Test func theMaskAlsoHoldsInTheEnd() {
        let answers = Self.foreseen([-0.9, -0.1, -0.8], parent: -0.5, texts: ["aa", "bb", ""])
        func eligible(_ isMasked: Bool) -> [Int] {
            Selection.finish(
                answers, isMasked: isMasked, clustering: { texts, _ in texts.map { _ in 1 } },
                drawing: Self.top
            ).eligible
        }
        #expect(eligible(true) == [1] && eligible(false) == [0, 1])
    }

    @Test func prunedCandidatesFillUpTheBeams() {
        let confidences = [-0.1, -0.1, -0.1, -2], width = Selection.width(confidences, rate: 1)
        #expect(width.kept == [0, 1, 2])
        #expect(Selection.kept(width, confidences, beams: 4, drawing: Self.top) == [0, 1, 2, 3])
        #expect(Selection.kept(width, confidences, beams: 3, drawing: Self.top) == [0, 1, 2])
        var weights: [Double] = []
        let pruned = Selection.Width(mean: 0, deviation: 0, threshold: 0, kept: [0], pruned: [1, 2])
        _ = Selection.kept(pruned, [-0.1, -0.5, -0.6], beams: 2) {
            weights = $0
            return Self.top($0, $1)
        }
        #expect(abs(weights[0] / weights[1] - exp(1)) < 1e-9, "drawn at a temperature of 0.1")
        #expect(Selection.width(confidences, rate: .infinity).pruned == [])
        #expect(Selection.width([-0.25, -0.25, -0.25], rate: .infinity).kept == [0, 1, 2])
    }

    /// The three versions part at a share of 0.7 and at the step that counts.
    @Test(arguments: [
        (PhiDecoding.Stopping.origin, 0.7, 3, false), (.origin, 0.71, 1, true), (.origin, 0.71, 0, false),
        (.paper, 0.7, 1, true), (.paper, 0.69, 3, false), (.refactor, 0.69, 2, true),
        (.refactor, 0.69, 1, false),
    ])
    func aLargeClusterStopsIt(_ stopping: PhiDecoding.Stopping, _ share: Double, _ t: Int, _ stops: Bool) {
        let rule = Rule(least: 2, stopping: stopping)
        #expect(Selection.stops(t, steps: ["a", "b"], shares: [share], rule) == stops)
    }

    /// The origin script's flag stays raised; the other two look at this step alone.
    @Test(arguments: PhiDecoding.Stopping.allCases)
    func aLargeClusterBeforeTminCountsInTheOriginScript(_ stopping: PhiDecoding.Stopping) {
        let shares: [Double?] = [0.9, nil, 0.4], rule = Rule(least: 2, stopping: stopping)
        #expect(!Selection.stops(0, steps: ["a", "b"], shares: [0.9], rule))
        #expect(Selection.stops(2, steps: ["a", "b"], shares: shares, rule) == (stopping == .origin))
        #expect(Selection.stops(1, steps: ["a", "b"], shares: [0.9, nil], rule) == (stopping == .origin))
    }

    @Test func equalStepsStopItAndNoPruningNeverDoes() {
        #expect(Selection.stops(2, steps: ["a", "a"], shares: [nil], Rule(least: 2)))
        #expect(!Selection.stops(1, steps: ["a", "a"], shares: [nil], Rule(least: 2)))
        #expect(!Selection.stops(3, steps: ["a", "a"], shares: [1], Rule(least: 2, stopsEarly: false)))
    }

    /// By enumeration: each place first with its weight, or second after any other.
    @Test func drawsAreWithoutReplacement() {
        let weights = [0.5, 0.3, 0.2]
        var random = RandomStream(seed: 71), counts = [0, 0, 0]
        for _ in 0..<20_000 {
            let drawn = Selection.draws(weights, 2, using: &random)
            #expect(Set(drawn).count == 2)
            for place in drawn { counts[place] += 1 }
        }
        for place in 0..<3 {
            let wanted = (0..<3).filter { $0 != place }.reduce(weights[place]) {
                $0 + weights[$1] * weights[place] / (1 - weights[$1])
            }
            #expect(abs(Double(counts[place]) / 20_000 - wanted) < 0.015, "\(place)")
        }
        #expect(Selection.draws([0, 0], 2, using: &random).sorted() == [0, 1])
    }

    /// Where no answer became likelier, the code prefers the one that fell most; else one of the larger cluster.
    @Test func theAnswerIsOfTheLargerCluster() {
        let fallen = Self.foreseen([-0.9, -0.6], parent: -0.5)
        let first = Selection.finish(fallen, isMasked: true, clustering: { _, _ in nil }, drawing: Self.top)
        #expect(first.pool == [0, 1] && first.chosen == [0])
        let risen = Self.foreseen([-0.1, -0.3, -0.2, -0.9], parent: -0.5)
        let second = Selection.finish(
            risen, isMasked: true, clustering: { _, _ in [0, 1, 1] }, drawing: Self.top)
        #expect(second.eligible == [0, 1, 2] && second.pool == [1, 2] && second.chosen == [2])
        let tie = Selection.finish(
            Array(risen.prefix(2)), isMasked: true, clustering: { _, _ in [0, 1] }, drawing: Self.top)
        #expect(tie.chosen == [1])
    }

    /// Digits alone are no words, which would leave nothing to cluster.
    @Test func wordsHaveTwoCharacters() {
        #expect(PhiDecoding.TFIDF.words("So x = 12, y=3: naïve_1!") == ["so", "12", "naïve_1"])
        #expect(PhiDecoding.TFIDF.vectors(["3 1 4 2 5", "1 2"]) == nil)
        let cells = PhiDecoding.LatinSquares.words([3, 1, 6, 4], after: [1, 2, 3, 4, 5, 6])
        #expect(cells == "5_3 6_1 7_4")
        #expect(PhiDecoding.TFIDF.vectors([cells])?.vocabulary == ["5_3", "6_1", "7_4"])
    }

    @Test func fewerTextsThanClustersCannotBeClustered() {
        var random = RandomStream(seed: 72)
        #expect(Selection.labels(["one two", "three four"], 3, using: &random) == nil)
        let labels = Selection.labels(["aa bb", "aa bb", "cc dd", "cc dd"], 2, using: &random)
        #expect(labels.map { $0[0] == $0[1] && $0[2] == $0[3] && $0[0] != $0[2] } == true)
    }

    /// K-means looks once more where its first centres are drawn from: they are spread, and the iterations end.
    @Test func clustersOfSpreadPointsAreFound() {
        var random = RandomStream(seed: 73)
        let points = (0..<12).map { place -> [Double] in
            let group = Double(place / 4), member = Double(place % 4)
            return [10 * group + 0.01 * member, 1]
        }
        for _ in 0..<50 {
            let labels = PhiDecoding.KMeans.clusters(points, 3, using: &random)?.labels ?? []
            #expect(Set(labels).count == 3 && (0..<12).allSatisfy { labels[$0] == labels[$0 / 4 * 4] })
        }
        let same = PhiDecoding.KMeans.clusters(Array(repeating: [1, 2], count: 4), 3, using: &random)
        #expect(same.map { Set($0.labels).count } == 1)
    }

    /// The golden file's exact probabilities that a place is among two drawn, met by draws.
    @Test func drawsHaveTheGoldenInclusionProbabilities() throws {
        let file = try #require(GoldenFile.all.first { $0.name == "phi-decoding-weights" })
        var random = RandomStream(seed: 74)
        for one in file.cases {
            let weights = try Golden.numbers(one.expected["code_weights"])
            let wanted = try Golden.numbers(one.expected["code_inclusion_prob_m2"])
            var counts = weights.map { _ in 0.0 }
            for _ in 0..<20_000 {
                for place in Selection.draws(weights, 2, using: &random) { counts[place] += 1 }
            }
            #expect(zip(counts, wanted).allSatisfy { abs($0 / 20_000 - $1) < 0.02 }, "\(one.name)")
        }
    }

    /// Even weights say what knows nothing; shuffled ones are the mean over all orders, here of two.
    @Test func stepValuesAreMeasuredAgainstWhatIsValid() {
        let found = PhiDecoding.ValueAccuracy([0.75, 0.25], [1, 0])
        #expect(abs(found.own - (1 - 0.0625)) < 1e-12 && abs(found.even - 0.75) < 1e-12)
        let other = PhiDecoding.ValueAccuracy([0.25, 0.75], [1, 0])
        #expect(abs(found.shuffled - (found.own + other.own) / 2) < 1e-12)
        let none = PhiDecoding.ValueAccuracy([0.75, 0.25], [0, 0])
        #expect(abs(none.own - (1 - (0.5625 + 0.0625) / 2)) < 1e-12)
        let two = found + none
        #expect(two.own == found.own + none.own && two.even == found.even + none.even)
    }
}
