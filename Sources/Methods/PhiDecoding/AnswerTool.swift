import Base
import Datasets
import Foundation
import MethodKit

extension PhiDecoding {
    /// How the user's own questions are answered, each question in every way.
    enum Decoding: String, CaseIterable {
        case sampled, greedy, phi, bestOfN, stepBeam
    }

    /// The tool: a language model answers the user's questions by phi-decoding, and by what it is held against at about as
    /// many output tokens. The token at which a model stops is not counted, since endpoints do not tell it.
    struct AnswerTool {
        private let inputs: Inputs
        private let trial: Trial<Inputs>
        private let model: any LanguageModel
        private var tallies: [Decoding: Tally] = [:]
        private var rows: [[Table.Cell]] = []

        /// The most steps of a beam search without foresight.
        private static let mostSteps = 12

        init(_ inputs: Inputs, _ trial: Trial<Inputs>) throws {
            guard inputs.model != .builtIn else { throw ProblemError.builtIn }
            (self.inputs, self.trial, model) = (inputs, trial, trial.model(\.model))
        }

        /// - Throws: `FileError`, ``ProblemError``, and what the model throws.
        mutating func run() throws {
            let problems = try JSONLines.read(inputs.problems.path, as: Problem.self, most: 10_000)
            for (line, problem) in problems {
                // Phi-decoding comes before those that may spend what it spends.
                for decoding in Decoding.allCases {
                    if trial.isStopped { throw Stopped() }
                    try answer(problem, line, by: decoding)
                }
                report()
                // Long, and all of it each time.
                if tallies[.phi]?.questions.isMultiple(of: 10) == true || line == problems.last?.line {
                    keepAnswers()
                }
            }
        }

        private mutating func answer(_ problem: Problem, _ line: Int, by decoding: Decoding) throws {
            let random = trial.stream("own questions").derive(line).derive(decoding.rawValue)
            var writer = TextWriter(
                model, problem, .init(step: inputs.stepTokens, rest: inputs.answerTokens), random
            ) { [trial] in trial.keep("tokens", .table(Self.table(of: $0))) }
            let outcome = try outcome(of: problem, by: decoding, &writer, random)
            let text = writer.text(outcome.answer), isRight = problem.isRight(text)
            tallies[decoding, default: Tally()].add(outcome, isRight: isRight)
            let last = text.split(whereSeparator: \.isNewline).last ?? ""
            rows.append([
                .number(Double(line)), .text(decoding.rawValue), .text(String(last.prefix(80))),
                .text(isRight ? "right" : "wrong"), .number(Double(outcome.tokens)),
            ])
        }

        private func outcome(
            of problem: Problem, by decoding: Decoding, _ writer: inout TextWriter, _ random: RandomStream
        ) throws -> Outcome {
            switch decoding {
            case .sampled: return try bestOf(1, temperature: inputs.temperature, &writer)
            case .greedy: return try bestOf(1, temperature: 0, &writer)
            case .bestOfN: return try bestOf(answers, temperature: inputs.bestTemperature, &writer)
            case .stepBeam:
                return try stepBeam(
                    max(1, answers / inputs.rollouts), rollouts: inputs.rollouts,
                    temperature: inputs.beamTemperature, steps: Self.mostSteps, &writer)
            case .phi:
                var streams = SearchStreams(random)
                let outcome = try search(inputs.rule, inputs.temperatures, &writer, using: &streams) {
                    trial.keep("search", tree(.of(problem, $1), $0, nil))
                }
                trial.keep("search", tree(.of(problem, writer), outcome.decisions, outcome))
                trial.keep("steps", stepTable(outcome.decisions, inputs.rule))
                return outcome
            }
        }

        /// Whole answers that phi-decoding's tokens pay for, on the questions so far.
        private var answers: Int {
            let phi = tallies[.phi, default: Tally()].tokens, one = tallies[.sampled, default: Tally()].tokens
            return max(1, Int((Double(phi) / Double(max(1, one))).rounded()))
        }

        // MARK: What is said

        /// What came of one way to decode.
        private struct Tally {
            private(set) var questions = 0, right = 0, tokens = 0

            mutating func add(_ outcome: Outcome, isRight: Bool) {
                questions += 1
                right += isRight ? 1 : 0
                tokens += outcome.tokens
            }
        }

        private func report() {
            let numbers = Decoding.allCases.map { decoding -> [Table.Cell] in
                let own = tallies[decoding, default: Tally()], count = Double(max(1, own.questions))
                return [
                    .text(decoding.rawValue), .number(Double(own.questions)),
                    .number(Double(own.right) / count),
                    .number(Double(own.tokens) / count),
                ]
            }
            let phi = tallies[.phi, default: Tally()]
            trial.report(accuracy, Double(phi.right) / Double(max(1, phi.questions)))
            trial.report(PhiDecoding.tokens, Double(phi.tokens) / Double(max(1, phi.questions)))
            let columns: [Table.Column] = [
                "decoding", .number("questions"), .number("accuracy"), .number("tokens a question"),
            ]
            trial.keep("decodings", .table(Table(columns: columns, rows: numbers)))
        }

        private func keepAnswers() {
            let columns: [Table.Column] = [.number("line"), "decoding", "answer", "right", .number("tokens")]
            trial.keep(
                "answers", .table(Table(columns: columns, rows: Array(rows.suffix(Self.longestTable)))))
        }

        /// Tokens with their log-probabilities, those of one passage.
        private static func table(of tokens: [ModelAnswer.Token]) -> Table {
            let rows = tokens.prefix(longestTable).map { token -> [Table.Cell] in
                let log = token.logProbability ?? .nan
                return [
                    .text(token.text.replacing("\n", with: "\\n")), .number(log), .number(exp(log)),
                ]
            }
            return Table(columns: ["token", .number("log-probability"), .number("probability")], rows: rows)
        }

        private static let longestTable = 2_000
    }
}

extension PhiDecoding.TreeReader {
    /// Of a question in words.
    static func of(
        _ problem: PhiDecoding.Problem, _ writer: PhiDecoding.TextWriter
    ) -> PhiDecoding.TreeReader {
        func line(_ text: String) -> String {
            let words = text.split(whereSeparator: \.isNewline).joined(separator: " / ")
            return words.count > 72 ? "\(words.prefix(71))…" : words
        }
        return PhiDecoding.TreeReader(
            question: line(problem.question), text: { line(writer.text($0)) },
            isRight: { problem.isRight(writer.text($0)) }, right: "right", wrong: "wrong")
    }
}
