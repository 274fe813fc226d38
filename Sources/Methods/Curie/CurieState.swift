import Base
import Measures
import MethodKit

extension Curie {
    /// Scores beside the truth, of one mix of errors: a list an extractor, a number a paper.
    struct Sheet: Codable, Sendable {
        private(set) var scores: [[Double]], truths: [[Double]]

        init() {
            scores = Extractor.qualities.map { _ in [] }
            truths = scores
        }

        mutating func add(_ extractor: Int, _ score: Double, _ truth: Double) {
            scores[extractor].append(score)
            truths[extractor].append(truth)
        }

        /// Each extractor's ρ with the truth; 0 where one of them does not vary, for then it tells nothing.
        var byExtractor: [Double] { zip(scores, truths).map { Self.rho($0, $1) } }

        /// The mean of them.
        var within: Double { byExtractor.reduce(0, +) / Double(byExtractor.count) }

        /// ρ over all papers and extractors, which also sees that extractors differ.
        var pooled: Double { Self.rho(scores.flatMap { $0 }, truths.flatMap { $0 }) }

        /// As within, each score beside the truth of the paper before it.
        var chance: Double {
            let turned = truths.map { Array($0.suffix(1) + $0.dropLast()) }
            return zip(scores, turned).reduce(0) { $0 + Self.rho($1.0, $1.1) } / Double(scores.count)
        }

        var meanScore: Double { Self.mean(scores) }
        var meanTruth: Double { Self.mean(truths) }

        private static func rho(_ a: [Double], _ b: [Double]) -> Double {
            let rho = Correlation.spearman(a, b)
            return rho.isNaN ? 0 : rho
        }

        private static func mean(_ lists: [[Double]]) -> Double {
            let all = lists.flatMap { $0 }
            return all.isEmpty ? 0 : all.reduce(0, +) / Double(all.count)
        }
    }

    /// How often a judge was right.
    struct Calls: Codable, Sendable {
        private(set) var all = 0, right = 0, hidden = 0, rightHidden = 0, lists = 0
        /// F1 with matches to the first prediction, and without.
        private(set) var counted = 0.0, skipping = 0.0

        /// Takes the verdicts on one extraction.
        mutating func add(
            _ verdicts: [LLMSim.Verdict?], _ extraction: Extraction, _ paper: Paper,
            _ avoided: Avoided
        ) {
            lists += 1
            let count = extraction.records.count
            counted += LLMSim.score(verdicts, predictions: count).score.f1
            skipping += LLMSim.score(verdicts, predictions: count, LLMSim.Rules(skipsFirst: true)).score.f1
            for (place, verdict) in verdicts.enumerated() {
                let sources = extraction.sources
                let isRight = verdict.map { sources[$0.index] == place } ?? !sources.contains(place)
                let isHidden = Self.isHidden(place, extraction, paper, avoided)
                (all, right) = (all + 1, right + (isRight ? 1 : 0))
                if isHidden { (hidden, rightHidden) = (hidden + 1, rightHidden + (isRight ? 1 : 0)) }
            }
        }

        /// Whether the extraction has the fact by a name that no training paper has.
        private static func isHidden(
            _ place: Int, _ extraction: Extraction, _ paper: Paper, _ avoided: Avoided
        ) -> Bool {
            let fact = paper.facts[place], truth = paper.records[place]
            return zip(extraction.sources, extraction.records).contains { source, record in
                guard source == place else { return false }
                return avoided.materials.contains(fact.material) && record["material"] != truth["material"]
                    || avoided.properties.contains(fact.property)
                        && record["property_name"] != truth["property_name"]
            }
        }
    }

    /// Everything that changes while a trial runs.
    struct State: Codable {
        /// What the trained judges have learnt; nil for all other arms.
        var matcher: TrainedMatcher?
        /// One a mix, in the order of its cases.
        private(set) var sheets = ErrorMix.allCases.map { _ in Sheet() }
        private(set) var calls = Calls()
        private(set) var sweep: Sweep
        private let avoided: Avoided
        private var training: RandomStream, papers: [RandomStream], errors: RandomStream
        /// From which the last paper with mixed errors is drawn again, so that its text is not stored.
        private var last: RandomStream?

        init(_ trial: Trial<Inputs>) {
            var names = trial.stream("hidden names")
            let (m, p) = (Materials.materials.count, Materials.properties.count)
            let share = trial.inputs.hidden
            avoided = Avoided(
                materials: names.choose(Int((share * Double(m)).rounded()), of: m),
                properties: names.choose(Int((share * Double(p)).rounded()), of: p))
            training = trial.stream("training papers")
            papers = ErrorMix.allCases.map { trial.stream("papers, \($0.rawValue)") }
            errors = trial.stream("judge errors")
            sweep = Sweep(trial.stream("sweep"))
        }

        // MARK: Learning

        /// One training paper, as all extractors read it.
        ///
        /// - Returns: the mean cross-entropy of its pairs, before they were learnt from.
        mutating func learn() -> Double {
            let paper = Paper(using: &training, avoiding: avoided), levels = Extractor.qualities.indices
            var loss = 0.0
            for level in levels {
                let extraction = ErrorMix.mixed.extraction(
                    level, of: paper, avoiding: avoided, using: &training)
                loss += (matcher?.learn(extraction, of: paper) ?? 0) / Double(levels.count)
            }
            return loss
        }

        // MARK: Judging

        /// One paper a mix, as all extractors read it.
        mutating func judge(_ arm: Arm, _ inputs: Inputs) throws {
            last = papers[0]
            for (place, mix) in ErrorMix.allCases.enumerated() {
                let paper = Paper(using: &papers[place])
                for level in Extractor.qualities.indices {
                    let extraction = mix.extraction(level, of: paper, using: &papers[place])
                    try judge(arm, extraction, paper, level, place, inputs)
                }
            }
        }

        private mutating func judge(
            _ arm: Arm, _ extraction: Extraction, _ paper: Paper, _ extractor: Int, _ mix: Int,
            _ inputs: Inputs
        ) throws {
            let judge = judge(of: arm, inputs)
            let (score, verdicts) = try Curie.idea(
                arm, extraction.records, paper.records, judge, inputs.rules)
            if let noisy = judge as? CoinFlipJudge { errors = noisy.random }
            sheets[mix].add(extractor, score, extraction.trueF1)
            // Questions about judges are asked on mixed errors alone.
            guard mix == 0 else { return }
            if arm.hasJudge { calls.add(verdicts, extraction, paper, avoided) }
            if arm.isOracle { try sweep.add(extractor, extraction, paper, inputs.rules) }
        }

        /// The arm's judge; nil for arms without one.
        func judge(of arm: Arm, _ inputs: Inputs) -> (any Judge)? {
            let rules = RuleJudge(schema: Paper.schema, synonyms: Materials.synonyms)
            return switch arm {
            case .rules: rules
            case .noisy: CoinFlipJudge(rules, error: inputs.error, errors)
            case .trigrams: TrigramJudge(schema: Paper.schema, least: inputs.least)
            case .matcher, .matcherRaw: matcher
            case .rouge, .rougeL, .exact, .count, .greedy, .hungarian, .canonical, .aligned: nil
            }
        }

        /// The last paper with mixed errors, and how the middle extractor read it.
        func shown() -> (paper: Paper, extraction: Extraction)? {
            guard var random = last else { return nil }
            let paper = Paper(using: &random), levels = Extractor.qualities.indices
            let read = levels.map { ErrorMix.mixed.extraction($0, of: paper, using: &random) }
            return (paper, read[levels.count / 2])
        }

        // MARK: What is said of it

        /// How well the arm follows the truth so far.
        func report(_ arm: Arm, _ trial: Trial<Inputs>) {
            trial.report(Curie.within, sheets[0].within)
            trial.report(Curie.withinSwaps, sheets[1].within)
            trial.report(Curie.withinShifted, sheets[2].within)
            trial.report(Curie.withinRead, sheets[3].within)
            trial.report(Curie.pooled, sheets[0].pooled)
            trial.report(Curie.chance, sheets[0].chance)
            trial.report(Curie.meanScore, sheets[0].meanScore)
            trial.report(Curie.trueF1, sheets[0].meanTruth)
            guard arm.hasJudge, calls.all > 0 else { return }
            trial.report(Curie.accuracy, Double(calls.right) / Double(calls.all))
            if calls.hidden > 0 {
                trial.report(Curie.hiddenAccuracy, Double(calls.rightHidden) / Double(calls.hidden))
            }
            trial.report(Curie.firstBias, (calls.skipping - calls.counted) / Double(calls.lists))
            trial.report(Curie.calls, Double(calls.all) / Double(calls.lists))
        }
    }

    /// How good a judge must be: the rule judge with more and more chance errors, beside the measures without a judge.
    struct Sweep: Codable, Sendable {
        /// Shares of calls that are answered as the rules would.
        static let accuracies = [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1]

        private var streams: [RandomStream]
        private(set) var judged = Sweep.accuracies.map { _ in Sheet() }
        private(set) var rouge = Sheet(), aligned = Sheet()

        init(_ random: RandomStream) { streams = Sweep.accuracies.indices.map { random.derive($0) } }

        mutating func add(
            _ extractor: Int, _ extraction: Extraction, _ paper: Paper, _ rules: LLMSim.Rules
        ) throws {
            let oracle = RuleJudge(schema: Paper.schema, synonyms: Materials.synonyms)
            let truth = extraction.trueF1
            for (place, accuracy) in Sweep.accuracies.enumerated() {
                let judge = CoinFlipJudge(oracle, error: 1 - accuracy, streams[place])
                let (score, _) = try Curie.idea(.noisy, extraction.records, paper.records, judge, rules)
                streams[place] = judge.random
                judged[place].add(extractor, score, truth)
            }
            func without(_ arm: Arm) throws -> Double {
                try Curie.idea(arm, extraction.records, paper.records, nil, rules).score
            }
            rouge.add(extractor, try without(.rouge), truth)
            aligned.add(extractor, try without(.aligned), truth)
        }

        /// The least accuracy from which on the judge is at least as good as a measure, between two that were tried by a
        /// straight line; 1 where none is, the least that was tried where all are.
        func crossing(_ measure: Sheet) -> Double {
            let (values, level) = (judged.map(\.within), measure.within)
            guard let below = values.lastIndex(where: { $0 < level }) else { return Sweep.accuracies[0] }
            guard below + 1 < values.count else { return 1 }
            let share = (level - values[below]) / (values[below + 1] - values[below])
            return Sweep.accuracies[below] + share * (Sweep.accuracies[below + 1] - Sweep.accuracies[below])
        }
    }
}
