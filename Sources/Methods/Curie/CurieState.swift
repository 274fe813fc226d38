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
        private(set) var all = 0, right = 0, lists = 0
        /// Calls on true records that the extraction has by another name, one that training papers lack or have.
        private(set) var hidden = Found(), seen = Found()
        /// F1 with matches to the first prediction, and without.
        private(set) var counted = 0.0, skipping = 0.0

        /// How many there are, and how many the judge found.
        struct Found: Codable, Sendable {
            private(set) var all = 0, right = 0

            mutating func add(_ isRight: Bool) { (all, right) = (all + 1, right + (isRight ? 1 : 0)) }

            /// NaN of none.
            var recall: Double { Double(right) / Double(all) }
        }

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
                (all, right) = (all + 1, right + (isRight ? 1 : 0))
                switch Self.isHidden(place, extraction, paper, avoided) {
                case true?: hidden.add(isRight)
                case false?: seen.add(isRight)
                case nil: break
                }
            }
        }

        /// Whether no training paper has the other name by which the extraction has the fact; nil where it has it by the
        /// truth's own name, or not at all.
        private static func isHidden(
            _ place: Int, _ extraction: Extraction, _ paper: Paper, _ avoided: Avoided
        ) -> Bool? {
            let fact = paper.facts[place], truth = paper.records[place]
            let others = zip(extraction.sources, extraction.records).filter { $0.0 == place }.map(\.1)
            let material = others.contains { $0["material"] != truth["material"] }
            let property = others.contains { $0["property_name"] != truth["property_name"] }
            guard material || property else { return nil }
            return material && avoided.materials.contains(fact.material)
                || property && avoided.properties.contains(fact.property)
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
        /// Names that no training paper has.
        let avoided: Avoided
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

        /// The scores on a mix of errors.
        func sheet(_ mix: ErrorMix) -> Sheet { sheets[mix.place] }

        // MARK: Learning

        /// One training paper, and how all extractors read it: what a judge sees before it is held against the truth.
        mutating func lesson() -> (paper: Paper, extractions: [Extraction]) {
            let paper = Paper(using: &training, avoiding: avoided)
            let extractions = Extractor.qualities.indices.map {
                ErrorMix.mixed.extraction($0, of: paper, avoiding: avoided, using: &training)
            }
            return (paper, extractions)
        }

        /// Learns from a lesson.
        ///
        /// - Returns: the mean cross-entropy of its pairs, before they were learnt from.
        mutating func learn() -> Double {
            let (paper, extractions) = lesson()
            return extractions.reduce(0) { loss, extraction in
                loss + (matcher?.learn(extraction, of: paper) ?? 0) / Double(extractions.count)
            }
        }

        // MARK: Judging

        /// One paper a mix, as all extractors read it.
        mutating func judge(_ arm: Arm, _ inputs: Inputs) throws {
            last = papers[ErrorMix.mixed.place]
            let seen = Materials.synonyms(without: avoided)
            for mix in ErrorMix.allCases {
                let paper = Paper(using: &papers[mix.place])
                for extractor in Extractor.qualities.indices {
                    let extraction = mix.extraction(extractor, of: paper, using: &papers[mix.place])
                    try judge(arm, extraction, paper, extractor, mix, inputs, seen)
                }
            }
        }

        private mutating func judge(
            _ arm: Arm, _ extraction: Extraction, _ paper: Paper, _ extractor: Int, _ mix: ErrorMix,
            _ inputs: Inputs, _ seen: Synonyms
        ) throws {
            let judge = judge(of: arm, inputs, seen)
            let (score, verdicts) = try Curie.idea(
                arm, extraction.records, paper.records, judge, inputs.rules, seen: seen)
            if let noisy = judge as? CoinFlipJudge { errors = noisy.random }
            sheets[mix.place].add(extractor, score, extraction.trueF1)
            // Questions about judges are asked on mixed errors alone.
            guard mix == .mixed else { return }
            if arm.hasJudge { calls.add(verdicts, extraction, paper, avoided) }
            if arm.isOracle { try sweep.add(extractor, extraction, paper, inputs.rules) }
        }

        /// The arm's judge; nil for arms without one.
        func judge(of arm: Arm, _ inputs: Inputs, _ seen: Synonyms) -> (any Judge)? {
            let schema = Paper.schema
            return switch arm {
            case .rules: RuleJudge(schema: schema, synonyms: Materials.synonyms)
            case .rulesSeen: RuleJudge(schema: schema, synonyms: seen)
            case .noisy:
                CoinFlipJudge(
                    RuleJudge(schema: schema, synonyms: Materials.synonyms), error: inputs.error, errors)
            case .nearest: TrigramJudge(schema: schema, least: 0)
            case .trigrams: TrigramJudge(schema: schema, least: inputs.least)
            case .matcher, .matcherRaw, .matcherCore, .matcherOne: matcher
            case .rouge, .rougeL, .exact, .count, .greedy, .hungarian, .canonical, .aligned, .alignedSeen: nil
            }
        }

        /// The last paper with mixed errors, how the middle extractor read it, and what the arm's judge says of that.
        func shown(_ arm: Arm, _ inputs: Inputs) throws -> Shown? {
            guard var random = last else { return nil }
            let paper = Paper(using: &random)
            let read = Extractor.qualities.indices.map {
                ErrorMix.mixed.extraction($0, of: paper, using: &random)
            }
            let extraction = read[read.count / 2], seen = Materials.synonyms(without: avoided)
            let judge = judge(of: arm, inputs, seen)
            let (_, verdicts) = try Curie.idea(
                arm, extraction.records, paper.records, judge, inputs.rules, seen: seen)
            return Shown(paper: paper, extraction: extraction, verdicts: verdicts)
        }

        /// A paper beside what was made of it.
        struct Shown {
            let paper: Paper
            let extraction: Extraction
            let verdicts: [LLMSim.Verdict?]
        }

        // MARK: What is said of it

        /// How well the arm follows the truth so far.
        func report(_ arm: Arm, _ trial: Trial<Inputs>) {
            let mixed = sheet(.mixed)
            trial.report(Curie.within, mixed.within)
            trial.report(Curie.withinSwaps, sheet(.swaps).within)
            trial.report(Curie.withinShifted, sheet(.shifted).within)
            trial.report(Curie.withinRead, sheet(.read).within)
            trial.report(Curie.pooled, mixed.pooled)
            trial.report(Curie.chance, mixed.chance)
            trial.report(Curie.meanScore, mixed.meanScore)
            trial.report(Curie.trueF1, mixed.meanTruth)
            trial.keep("extractors", Curie.bars(sheets))
            guard arm.hasJudge, calls.all > 0 else { return }
            trial.report(Curie.accuracy, Double(calls.right) / Double(calls.all))
            let recalls = [(Curie.hiddenRecall, calls.hidden.recall), (Curie.seenRecall, calls.seen.recall)]
            // Before the first record of a kind there is no share of them.
            for (metric, recall) in recalls where recall.isFinite { trial.report(metric, recall) }
            trial.report(Curie.firstBias, (calls.skipping - calls.counted) / Double(calls.lists))
            trial.report(Curie.calls, Double(calls.all) / Double(calls.lists))
        }
    }

    /// How good a judge must be: the rule judge with more and more chance errors, beside the measures without a judge.
    /// Half of its errors on matches change no score, see ``CoinFlipJudge``: a judge that errs otherwise must err less.
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
                let (score, _) = try Curie.idea(
                    .noisy, extraction.records, paper.records, judge, rules, seen: Synonyms())
                streams[place] = judge.random
                judged[place].add(extractor, score, truth)
            }
            func without(_ arm: Arm) throws -> Double {
                try Curie.idea(arm, extraction.records, paper.records, nil, rules, seen: Synonyms()).score
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
