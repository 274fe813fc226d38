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
        /// What was foreseen after each kept candidate, and the answer that comes of it.
        let foreseen: [Foreseen]
        let answers: [[Int]]
        let choice: Choice
        /// Whether nothing is looked ahead for after it.
        let isLast: Bool

        /// Eq. 13 1 - the mean of (P1 - P2)^2 over those that were drawn from: P1 their weights, P2 the validity of the
        /// answers that were foreseen, scaled to the same sum of 1; 0 where none is valid.
        func valueAccuracy(_ isValid: ([Int]) -> Bool) -> Double {
            let valid = choice.pool.map { isValid(answers[$0]) ? 1.0 : 0 }, sum = max(1, valid.reduce(0, +))
            let squares = zip(choice.weights, valid).reduce(0) { $0 + pow($1.0 - $1.1 / sum, 2) }
            return 1 - squares / Double(valid.count)
        }
    }

    /// What came of one question.
    struct Outcome {
        /// The answer that was given.
        var answer: [Int]
        /// All whole answers among which it was chosen.
        var answers: [[Int]]
        /// Output tokens of all that was written for it.
        var tokens: Int
        /// The steps of a search by phi-decoding, and its choice of an answer.
        var decisions: [Decision] = []
        var final: Choice?
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
    ///   - rule: how steps are chosen.
    ///   - temperatures: of steps and foresights.
    ///   - final: how an answer is chosen.
    ///   - writer: writes the answers.
    ///   - streams: of the draws between candidates.
    ///   - show: takes the decisions so far, after each.
    /// - Returns: the answer, with all that was decided on the way.
    static func search(
        _ rule: Rule, _ temperatures: Temperatures, final: Final, _ writer: inout StepWriter,
        using streams: inout SearchStreams, show: ([Decision]) -> Void = { _ in }
    ) -> Outcome {
        var beams = writer.begin(rule.beams), values = Array(repeating: 0.0, count: rule.beams)
        var decisions: [Decision] = []
        for t in 0..<rule.most {
            let (next, decision) = step(t, beams, values, rule, temperatures, &writer, &streams)
            decisions.append(decision)
            show(decisions)
            // The refactored script breaks off before it takes the step.
            if decision.isLast, rule.stopping == .refactor { break }
            (beams, values) = (next, decision.choice.chosen.map { decision.foreseen[$0].value })
            if decision.isLast { break }
        }
        return finished(beams, values, decisions, temperatures, final, &writer, &streams)
    }

    private static func step(
        _ t: Int, _ beams: Beams, _ values: [Double], _ rule: Rule, _ temperatures: Temperatures,
        _ writer: inout StepWriter, _ streams: inout SearchStreams
    ) -> (Beams, Decision) {
        let parents = (0..<beams.count).flatMap { Array(repeating: $0, count: rule.rollouts) }
        var candidates = beams.selecting(parents)
        let steps = writer.step(&candidates, temperature: temperatures.step)
        let confidences = steps.map(\.average)
        let kept = Selection.kept(
            Selection.width(confidences, rate: rule.sigmaRate), confidences, beams: rule.beams
        ) { streams.draws($0, $1) }
        let going = candidates.selecting(kept)
        var ahead = going
        let foresights = writer.rest(&ahead, temperature: temperatures.foresight)
        let foreseen = kept.indices.map { place in
            Foreseen(
                parent: values[parents[kept[place]]], value: foresights[place].average,
                text: LatinSquares.words(foresights[place].tokens, after: going.answers[place]))
        }
        let choice = Selection.choose(
            foreseen, rule, clustering: { streams.labels($0, $1) }, drawing: { streams.draws($0, $1) })
        let texts = choice.chosen.map { Token.text(steps[kept[$0]].tokens) }
        let decision = Decision(
            candidates: steps.indices.map { place in
                Decision.Candidate(
                    beam: parents[place], before: beams.answers[parents[place]], step: steps[place],
                    kept: kept.firstIndex(of: place))
            }, foreseen: foreseen, answers: ahead.answers, choice: choice,
            isLast: Selection.stops(t, steps: texts, largestShare: choice.largestShare, rule))
        return (going.selecting(choice.chosen), decision)
    }

    /// Every beam is told to its end, and one answer is chosen.
    private static func finished(
        _ beams: Beams, _ values: [Double], _ decisions: [Decision], _ temperatures: Temperatures,
        _ final: Final, _ writer: inout StepWriter, _ streams: inout SearchStreams
    ) -> Outcome {
        var whole = beams
        let rests = writer.rest(&whole, temperature: temperatures.foresight)
        let answers = rests.indices.map { beam in
            Foreseen(
                parent: values[beam], value: rests[beam].average,
                text: LatinSquares.words(rests[beam].tokens, after: beams.answers[beam]))
        }
        var outcome = Outcome(answer: [], answers: whole.answers, tokens: writer.tokens, decisions: decisions)
        switch final {
        case .clusters:
            let choice = Selection.finish(
                answers, clustering: { streams.labels($0, $1) }, drawing: { streams.draws($0, $1) })
            outcome.final = choice
            outcome.answer = whole.answers[choice.chosen[0]]
        case .likeliest: outcome.answer = whole.answers[likeliest(whole)]
        }
        return outcome
    }

    /// The beam with the largest average log-probability of its whole answer.
    static func likeliest(_ beams: Beams) -> Int {
        (0..<beams.count).max { beams.average($0) < beams.average($1) } ?? 0
    }
}
