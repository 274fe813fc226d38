import Base
import MethodKit

extension PhiDecoding {
    /// Answers to a question in words, side by side.
    struct TextBeams: AnswerBeams {
        fileprivate(set) var answers: [[Int]]
        /// Of each answer the sum of its log-probabilities, how many tokens that is of, and whether it is over.
        fileprivate var logProbabilities: [Double], written: [Int], over: [Bool]

        func isOver(_ beam: Int) -> Bool { over[beam] }

        func average(_ beam: Int) -> Double {
            Selection.average(logProbabilities[beam], tokens: written[beam])
        }

        func selecting(_ beams: [Int]) -> TextBeams {
            TextBeams(
                answers: beams.map { answers[$0] }, logProbabilities: beams.map { logProbabilities[$0] },
                written: beams.map { written[$0] }, over: beams.map { over[$0] })
        }
    }

    /// Writes the answers of a question in words with any language model; a step is a line.
    ///
    /// The tokens of ``TextBeams`` are numbers of its own for the pieces of text that the model wrote.
    struct TextWriter: AnswerWriter {
        typealias Failure = any Error

        private let model: any LanguageModel
        private let problem: Problem
        private let limits: Limits
        /// Of the draws.
        private var random: RandomStream
        private(set) var tokens = 0
        private var pieces = ["\n"], numbers = ["\n": Self.line]
        /// Takes the tokens of the first beam of all that are written on, as they come.
        private let heard: ([ModelAnswer.Token]) -> Void

        /// The most tokens of a step, and of what is written out to the end.
        struct Limits {
            let step, rest: Int
        }

        /// The number of the end of a line.
        private static let line = 0

        init(
            _ model: any LanguageModel, _ problem: Problem, _ limits: Limits, _ random: RandomStream,
            heard: @escaping ([ModelAnswer.Token]) -> Void = { _ in }
        ) {
            (self.model, self.problem, self.limits) = (model, problem, limits)
            (self.random, self.heard) = (random, heard)
        }

        func begin(_ count: Int) -> TextBeams {
            TextBeams(
                answers: Array(repeating: [], count: count),
                logProbabilities: Array(repeating: 0, count: count),
                written: Array(repeating: 0, count: count), over: Array(repeating: false, count: count))
        }

        mutating func step(_ beams: inout TextBeams, temperature: Double) throws -> [Passage] {
            let passages = try write(&beams, temperature, stop: "\n", longest: limits.step)
            for beam in beams.answers.indices where !beams.over[beam] {
                let said = text(passages[beam].tokens)
                // A model that has nothing to say, or has given its answer, is done.
                beams.over[beam] = said.allSatisfy(\.isWhitespace) || Problem.givesAnswer(said)
                beams.answers[beam].append(Self.line)
            }
            return passages
        }

        mutating func rest(_ beams: inout TextBeams, temperature: Double) throws -> [Passage] {
            let passages = try write(&beams, temperature, stop: Problem.end, longest: limits.rest)
            beams.over = beams.over.map { _ in true }
            return passages
        }

        func text(_ part: [Int]) -> String { part.map { pieces[$0] }.joined() }

        func words(_ part: [Int], after before: [Int]) -> String { text(part) }

        /// Goes on with every beam that is not over, each to a stop that is not part of what it says.
        private mutating func write(
            _ beams: inout TextBeams, _ temperature: Double, stop: String, longest: Int
        ) throws -> [Passage] {
            var passages = beams.answers.map { _ in Passage.empty }
            let open = beams.answers.indices.filter { !beams.over[$0] }
            guard !open.isEmpty else { return passages }
            let request = ModelRequest(
                open.map { problem.prompt + text(beams.answers[$0]) }, longest: longest,
                temperature: temperature, stops: [stop], seed: random.next())
            let answers = try model.answer(request)
            heard(answers[0].tokens)
            for (beam, answer) in zip(open, answers) {
                let passage = try passage(answer)
                passages[beam] = passage
                beams.answers[beam] += passage.tokens
                beams.logProbabilities[beam] += passage.logProbability
                beams.written[beam] += passage.tokens.count
                tokens += passage.tokens.count
            }
            return passages
        }

        private mutating func passage(_ answer: ModelAnswer) throws -> Passage {
            let logs = answer.tokens.compactMap(\.logProbability)
            guard logs.count == answer.tokens.count, !logs.isEmpty || answer.text.isEmpty else {
                throw ProblemError.noProbabilities
            }
            var texts = answer.tokens.map(\.text)
            // Where tokens are parts of characters, their texts are none: the first one then stands for all.
            if texts.joined() != answer.text {
                texts = texts.indices.map { $0 == 0 ? answer.text : "" }
            }
            return Passage(tokens: texts.map { number(of: $0) }, logProbability: logs.reduce(0, +))
        }

        private mutating func number(of piece: String) -> Int {
            if let known = numbers[piece] { return known }
            numbers[piece] = pieces.count
            pieces.append(piece)
            return pieces.count - 1
        }
    }

    /// Why a model cannot answer by a search.
    enum ProblemError: InputRefusal, CustomStringConvertible, Equatable {
        case noProbabilities, builtIn

        var description: String {
            switch self {
            case .noProbabilities:
                "The model tells no log-probabilities of its tokens, by which phi-decoding chooses; name one that does."
            case .builtIn:
                "The built-in model has learnt squares alone; 'model' has to be a pulled model, a GGUF file or an endpoint's URL."
            }
        }
    }
}
