import Base
import Datasets
import Foundation
import MethodKit

extension PhiDecoding {
    /// One line of the user's file: the candidates of one step, as a model wrote them, with what it foresaw after each.
    struct RecordedStep: Decodable, Sendable {
        /// One candidate.
        struct Candidate: Decodable, Sendable {
            /// The beam that it goes on from, from 0.
            let beam: Int
            let text: String
            /// The average log-probability of its tokens.
            let confidence: Double
            /// What was foreseen after it, and the average log-probability of that; nil where nothing was.
            let foresight: String?
            let value: Double?

            private enum CodingKeys: String, CodingKey {
                case beam, text, tokens, logprob, foresight, foresight_tokens, foresight_logprob
            }

            init(from decoder: any Decoder) throws {
                let values = try decoder.container(keyedBy: CodingKeys.self)
                beam = try values.decode(Int.self, forKey: .beam)
                text = try values.decode(String.self, forKey: .text)
                confidence = try Self.average(values, .logprob, .tokens)
                foresight = try values.decodeIfPresent(String.self, forKey: .foresight)
                value =
                    foresight == nil ? nil : try Self.average(values, .foresight_logprob, .foresight_tokens)
            }

            /// A summed log-probability over its tokens.
            private static func average(
                _ values: KeyedDecodingContainer<CodingKeys>, _ sum: CodingKeys, _ count: CodingKeys
            ) throws -> Double {
                let sum = (key: sum.rawValue, value: try values.decode(Double.self, forKey: sum))
                let count = (key: count.rawValue, value: try values.decode(Int.self, forKey: count))
                // Probabilities instead of their logarithms, the commonest mistake, are positive.
                guard sum.value.isFinite, sum.value <= 0 else {
                    throw Refusal(
                        "'\(sum.key)' is \(sum.value)", allowed: "a summed log-probability, at most 0")
                }
                guard count.value >= 0 else {
                    throw Refusal(
                        "'\(count.key)' is \(count.value)", allowed: "a number of tokens, at least 0")
                }
                return Selection.average(sum.value, tokens: count.value)
            }
        }

        /// Whose steps follow one another; nil where the file has one question.
        let question: String?
        /// F of each beam, of the step before; nil at the first one, where it is 0.
        let previous: [Double]?
        let candidates: [Candidate]

        private enum CodingKeys: String, CodingKey { case question, previous, candidates }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            question = try values.decodeIfPresent(String.self, forKey: .question)
            previous = try values.decodeIfPresent([Double].self, forKey: .previous)
            candidates = try values.decode([Candidate].self, forKey: .candidates)
            guard !candidates.isEmpty else { throw Refusal("'candidates' is empty", allowed: "one or more") }
            guard previous?.isEmpty != true else {
                throw Refusal("'previous' is empty", allowed: "a number for each beam, or no 'previous'")
            }
            for (place, candidate) in candidates.enumerated() {
                let most = previous.map { $0.count - 1 } ?? Int.max
                guard (0...most).contains(candidate.beam) else {
                    throw Refusal(
                        "candidate \(place + 1) goes on from beam \(candidate.beam)",
                        allowed: previous == nil ? "a beam from 0 on" : "a beam in 0...\(most)")
                }
            }
        }
    }

    /// A recorded step under the rule.
    struct ReplayedStep {
        let step: RecordedStep
        let width: Selection.Width
        /// Places of the kept candidates.
        let kept: [Int]
        let choice: Choice
        /// Which step of its question it is, from 0.
        let number: Int
        let isLast: Bool
    }

    /// The most steps of a user's file that are read.
    static let longestFile = 100_000

    /// Puts the user's recorded steps through the rule of the searches.
    ///
    /// - Throws: `FileError` for a line that is wrong, also one where a kept candidate has no foresight.
    static func replay(_ inputs: Inputs, _ trial: Trial<Inputs>) throws {
        let path = inputs.steps.path
        let lines = try JSONLines.read(path, as: RecordedStep.self, most: longestFile)
        var streams = SearchStreams(trial.stream("replay"))
        var shares: [String: [Double?]] = [:], steps: [ReplayedStep] = []
        for (line, step) in lines {
            let before = shares[step.question ?? "", default: []]
            do {
                let one = try replayed(step, after: before, inputs.rule, &streams)
                steps.append(one)
                shares[step.question ?? ""] = before + [one.choice.largestShare]
            } catch let refusal as Refusal {
                throw FileError(path, line: line, refusal.what, allowed: refusal.allowed)
            }
        }
        report(steps, trial)
    }

    /// - Parameters:
    ///   - step: recorded.
    ///   - before: the largest cluster's share at each step of the same question before it.
    ///   - rule: of the choice.
    ///   - streams: of the draws.
    /// - Returns: what the rule makes of the step.
    /// - Throws: `Refusal` where a kept candidate has no foresight, or a later step has no values to advance from.
    static func replayed(
        _ step: RecordedStep, after before: [Double?], _ rule: Rule, _ streams: inout SearchStreams
    ) throws -> ReplayedStep {
        guard before.isEmpty || step.previous != nil else {
            throw Refusal(
                "step \(before.count + 1) of its question has no 'previous'",
                allowed: "a number for each beam; only a question's first step has none")
        }
        let confidences = step.candidates.map(\.confidence)
        let width = Selection.width(confidences, rate: rule.sigmaRate)
        let kept = Selection.kept(width, confidences, beams: rule.beams) { streams.draws($0, $1) }
        let foreseen = kept.compactMap { place -> Foreseen? in
            let candidate = step.candidates[place]
            guard let text = candidate.foresight, let value = candidate.value else { return nil }
            return Foreseen(parent: step.previous?[candidate.beam] ?? 0, value: value, text: text)
        }
        guard foreseen.count == kept.count else {
            throw Refusal(
                "a candidate that is not pruned has no foresight",
                allowed: "foresight, foresight_tokens and foresight_logprob for each that is kept")
        }
        let choice = Selection.choose(
            foreseen, rule, clustering: { streams.labels($0, $1) }, drawing: { streams.draws($0, $1) })
        let texts = choice.chosen.map { step.candidates[kept[$0]].text }
        return ReplayedStep(
            step: step, width: width, kept: kept, choice: choice, number: before.count,
            isLast: Selection.stops(
                before.count, steps: texts, shares: before + [choice.largestShare], rule))
    }

    private static func report(_ steps: [ReplayedStep], _ trial: Trial<Inputs>) {
        let candidates = steps.reduce(0) { $0 + $1.step.candidates.count }
        let kept = steps.reduce(0) { $0 + $1.kept.count }
        trial.report(keptShare, Double(kept) / Double(candidates))
        trial.report(clustered, Double(steps.count { $0.choice.labels != nil }) / Double(steps.count))
        trial.log("\(steps.count) steps, \(candidates) candidates, \(candidates - kept) of them pruned.")
        trial.keep("candidates", .table(candidateTable(steps)))
        trial.keep("steps", .table(stepTable(steps)))
    }

    /// The most rows of a table.
    private static let longestTable = 10_000

    private static func candidateTable(_ steps: [ReplayedStep]) -> Table {
        let rows = steps.flatMap { one in
            one.step.candidates.indices.map { row(of: $0, one) }
        }
        return Table(
            columns: [
                "question", .number("step"), .number("beam"), "text", .number("confidence"), "pruned",
                .number("foresight"), .number("advantage"), .number("cluster"), .number("weight"),
                .number("drawn"),
            ], rows: Array(rows.prefix(longestTable)))
    }

    /// Numbers that a candidate does not have are left empty.
    private static func row(of place: Int, _ one: ReplayedStep) -> [Table.Cell] {
        let candidate = one.step.candidates[place], choice = one.choice
        let kept = one.kept.firstIndex(of: place)
        func cell(_ value: Double?) -> Table.Cell { .number(value ?? .nan) }
        let cluster = kept.flatMap { kept in
            choice.labels.flatMap { labels in choice.eligible.firstIndex(of: kept).map { labels[$0] } }
        }
        let weight = kept.flatMap { kept in choice.pool.firstIndex(of: kept).map { choice.weights[$0] } }
        let drawn = kept.flatMap { choice.chosen.firstIndex(of: $0) }
        return [
            .text(one.step.question ?? ""), .number(Double(one.number + 1)), .number(Double(candidate.beam)),
            .text(String(candidate.text.prefix(80))), .number(candidate.confidence),
            .text(kept == nil ? "pruned" : ""), cell(kept.flatMap { _ in candidate.value }),
            cell(kept.map { choice.advantages[$0] }), cell(cluster.map(Double.init)), cell(weight),
            cell(drawn.map { Double($0 + 1) }),
        ]
    }

    private static func stepTable(_ steps: [ReplayedStep]) -> Table {
        let rows = steps.prefix(longestTable).map { one -> [Table.Cell] in
            [
                .text(one.step.question ?? ""), .number(Double(one.number + 1)),
                .number(Double(one.step.candidates.count)), .number(one.width.threshold),
                .number(Double(one.kept.count)), .number(Double(one.choice.eligible.count)),
                .number(one.choice.largestShare ?? .nan),
                .text(one.isLast ? "last" : ""),
            ]
        }
        return Table(
            columns: [
                "question", .number("step"), .number("candidates"), .number("threshold"), .number("kept"),
                .number("eligible"), .number("largest share"), "looks ahead",
            ], rows: rows)
    }
}
