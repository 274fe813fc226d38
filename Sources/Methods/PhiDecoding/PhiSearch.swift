import Base
import Foundation
import MethodKit

extension PhiDecoding {
    /// One step of a search by phi-decoding, as it was decided: what the tree shows and what step values are measured on.
    struct Decision {
        /// A candidate of the step.
        struct Candidate {
            /// The beam that it goes on from.
            let beam: Int
            /// The answer before it, and its own tokens.
            let before: [Int]
            let step: Passage
            /// Its place among the kept ones; nil where it was pruned.
            let kept: Int?
        }

        let candidates: [Candidate]
        /// What was foreseen after each kept candidate, and the answer that comes of it; no answers where steps are valued by
        /// themselves.
        let foreseen: [Foreseen]
        let answers: [Whole]
        let choice: Choice
        /// Whether nothing is looked ahead for after it.
        let isLast: Bool

        /// Eq. 13 1 - the mean of (P1 - P2)^2 over those that were drawn from: P1 their weights, P2 the validity of the
        /// answers that were foreseen, scaled to the same sum of 1; 0 where none is valid.
        func valueAccuracy(_ isValid: ([Int]) -> Bool) -> ValueAccuracy {
            let valid = choice.pool.map { isValid(answers[$0].tokens) ? 1.0 : 0 }
            let sum = max(1, valid.reduce(0, +))
            return ValueAccuracy(choice.weights, valid.map { $0 / sum })
        }
    }

    /// Eq. 13 of one step, beside what weights say that know nothing: where the weights are nearly even, all three are alike.
    struct ValueAccuracy: Codable {
        /// Of the step's own weights.
        private(set) var own = 0.0
        /// Of even weights.
        private(set) var even = 0.0
        /// Of the step's own weights in another order: the mean over all orders.
        private(set) var shuffled = 0.0

        /// Of no step.
        init() {}

        /// - Parameters:
        ///   - weights: P1.
        ///   - outcomes: P2, as many.
        init(_ weights: [Double], _ outcomes: [Double]) {
            func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
            func squares(_ values: [Double]) -> Double { mean(values.map { $0 * $0 }) }
            let flat = 1 / Double(weights.count)
            own = 1 - squares(zip(weights, outcomes).map(-))
            even = 1 - squares(outcomes.map { $0 - flat })
            // Over all orders, each weight meets each outcome equally often.
            shuffled = 1 - (squares(weights) + squares(outcomes) - 2 * mean(weights) * mean(outcomes))
        }

        static func + (a: Self, b: Self) -> Self {
            var sum = Self()
            (sum.own, sum.even, sum.shuffled) = (a.own + b.own, a.even + b.even, a.shuffled + b.shuffled)
            return sum
        }
    }

    /// What came of one question.
    struct Outcome {
        /// The whole answers among which one was chosen, and the place of that.
        let answers: [Whole]
        let chosen: Int
        /// Output tokens of all that was written for it.
        let tokens: Int
        /// The steps of a search by phi-decoding, how many of them the beams have taken, and its draw of an answer.
        var decisions: [Decision] = []
        var taken = 0
        var final: Choice?

        /// The answer that was given.
        var answer: [Int] { answers[chosen].tokens }

        /// All whole answers that were written, foresights too.
        var written: [Whole] { decisions.flatMap(\.answers) + answers }
    }

    /// How the beams of a search by phi-decoding become an answer.
    enum Final: String, InputChoice, CaseIterable, Codable, Sendable {
        /// As the released code does: clusters of the answers that became likelier, then a draw.
        case clusters
        /// The answer with the largest average log-probability.
        case likeliest
    }

    /// Where the draws of a search come from, beside those of the tokens.
    struct SearchStreams {
        /// Between candidates, and of the first centres of clusters.
        var candidates, clusters: RandomStream

        /// Streams of their own.
        init(_ random: RandomStream) {
            (candidates, clusters) = (random.derive("candidates"), random.derive("clusters"))
        }

        mutating func draws(_ weights: [Double], _ count: Int) -> [Int] {
            Selection.draws(weights, count, using: &candidates)
        }

        mutating func labels(_ texts: [String], _ count: Int) -> [Int]? {
            Selection.labels(texts, count, using: &clusters)
        }
    }

    /// Temperatures of a search.
    struct Temperatures: Equatable, Sendable {
        /// Of a step, and of what is foreseen after it.
        var step = 0.6, foresight = 0.6
    }
}

/// Phi-decoding of one question.
extension PhiDecoding {
    /// Alg. 1 Looks ahead from every candidate step, and goes on with those whose foresights have become likelier and
    /// agree.
    ///
    /// - Parameters:
    ///   - rule: how steps and the answer are chosen.
    ///   - temperatures: of steps and foresights.
    ///   - writer: writes the answers.
    ///   - streams: of the draws between candidates.
    ///   - show: takes the decisions so far, after each, and who writes.
    /// - Returns: the answer, with all that was decided on the way.
    /// - Throws: what writing fails with.
    static func search<Writer: AnswerWriter>(
        _ rule: Rule, _ temperatures: Temperatures, _ writer: inout Writer,
        using streams: inout SearchStreams, show: ([Decision], Writer) -> Void = { _, _ in }
    ) throws(Writer.Failure) -> Outcome {
        var beams = try writer.begin(rule.beams), values = Array(repeating: 0.0, count: rule.beams)
        var decisions: [Decision] = [], taken = 0
        while decisions.count < rule.most, decisions.last?.isLast != true {
            let (next, decision) = try step(beams, values, decisions, rule, temperatures, &writer, &streams)
            decisions.append(decision)
            show(decisions, writer)
            // The refactored script breaks off before it takes the step.
            if decision.isLast, rule.stopping == .refactor { break }
            (beams, values) = (next, decision.choice.chosen.map { decision.foreseen[$0].value })
            taken += 1
        }
        let (answers, wholes) = try foresee(beams, values, temperatures, &writer)
        var outcome = finished(answers, wholes, rule, tokens: writer.tokens, &streams)
        (outcome.decisions, outcome.taken) = (decisions, taken)
        return outcome
    }

    /// One step: candidates of all beams, what is foreseen after those that are kept, and which of these go on.
    private static func step<Writer: AnswerWriter>(
        _ beams: Writer.Beams, _ values: [Double], _ before: [Decision], _ rule: Rule,
        _ temperatures: Temperatures,
        _ writer: inout Writer, _ streams: inout SearchStreams
    ) throws(Writer.Failure) -> (Writer.Beams, Decision) {
        let (candidates, going) = try candidates(of: beams, rule, temperatures, &writer, &streams)
        let kept = candidates.filter { $0.kept != nil }, parents = kept.map { values[$0.beam] }
        let (foreseen, answers) =
            rule.looksAhead
            ? try foresee(going, parents, temperatures, &writer) : (valued(kept, parents, writer), [])
        let choice = Selection.choose(
            foreseen, rule, clustering: { streams.labels($0, $1) }, drawing: { streams.draws($0, $1) })
        let isLast = Selection.stops(
            before.count, steps: choice.chosen.map { writer.text(kept[$0].step.tokens) },
            shares: before.map(\.choice.largestShare) + [choice.largestShare], rule)
        let decision = Decision(
            candidates: candidates, foreseen: foreseen, answers: answers, choice: choice, isLast: isLast)
        return (going.selecting(choice.chosen), decision)
    }

    /// The continuations of each beam, and beside them those that are sure enough to be looked ahead from.
    private static func candidates<Writer: AnswerWriter>(
        of beams: Writer.Beams, _ rule: Rule, _ temperatures: Temperatures, _ writer: inout Writer,
        _ streams: inout SearchStreams
    ) throws(Writer.Failure) -> ([Decision.Candidate], kept: Writer.Beams) {
        let parents = (0..<beams.count).flatMap { Array(repeating: $0, count: rule.rollouts) }
        var written = beams.selecting(parents)
        let steps = try writer.step(&written, temperature: temperatures.step)
        let confidences = steps.map(\.average), width = Selection.width(confidences, rate: rule.sigmaRate)
        let kept = Selection.kept(width, confidences, beams: rule.beams) { streams.draws($0, $1) }
        let candidates = parents.indices.map { place in
            Decision.Candidate(
                beam: parents[place], before: beams.answers[parents[place]], step: steps[place],
                kept: kept.firstIndex(of: place))
        }
        return (candidates, written.selecting(kept))
    }

    /// Beams written on to their ends, and what that says of each beside the value that it came with.
    private static func foresee<Writer: AnswerWriter>(
        _ beams: Writer.Beams, _ parents: [Double], _ temperatures: Temperatures, _ writer: inout Writer
    ) throws(Writer.Failure) -> ([Foreseen], [Whole]) {
        var whole = beams
        let rests = try writer.rest(&whole, temperature: temperatures.foresight)
        let foreseen = rests.indices.map { beam in
            Foreseen(
                parent: parents[beam], value: rests[beam].average,
                text: writer.words(rests[beam].tokens, after: beams.answers[beam]))
        }
        return (foreseen, whole.wholes)
    }

    /// Steps that are valued by themselves: their own log-probability and words stand where a foresight's would.
    private static func valued(
        _ candidates: [Decision.Candidate], _ parents: [Double], _ writer: some AnswerWriter
    ) -> [Foreseen] {
        zip(candidates, parents).map { candidate, parent in
            Foreseen(
                parent: parent, value: candidate.step.average,
                text: writer.words(candidate.step.tokens, after: candidate.before))
        }
    }

    /// One of the beams' whole answers is chosen.
    private static func finished(
        _ answers: [Foreseen], _ wholes: [Whole], _ rule: Rule, tokens: Int, _ streams: inout SearchStreams
    ) -> Outcome {
        guard rule.final == .clusters else {
            return Outcome(answers: wholes, chosen: likeliest(wholes), tokens: tokens)
        }
        let choice = Selection.finish(
            answers, isMasked: rule.isMasked, clustering: { streams.labels($0, $1) },
            drawing: { streams.draws($0, $1) })
        var outcome = Outcome(answers: wholes, chosen: choice.chosen[0], tokens: tokens)
        outcome.final = choice
        return outcome
    }

    /// The place of the answer with the largest average log-probability.
    static func likeliest(_ answers: [Whole]) -> Int {
        answers.indices.max { answers[$0].average < answers[$1].average } ?? 0
    }
}
