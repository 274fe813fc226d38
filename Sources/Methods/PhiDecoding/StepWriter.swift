import Base
import Tensors

extension PhiDecoding {
    /// Answers to a question about squares, side by side.
    struct Beams: AnswerBeams {
        /// What the model has read of each: all but the newest token.
        fileprivate var stream: CausalDecoder.Stream
        /// Tokens of each answer, and the sum of their log-probabilities.
        fileprivate(set) var answers: [[Int]]
        fileprivate(set) var logProbabilities: [Double]

        func isOver(_ beam: Int) -> Bool { answers[beam].last == Token.end }

        func average(_ beam: Int) -> Double {
            Selection.average(logProbabilities[beam], tokens: answers[beam].count)
        }

        func selecting(_ beams: [Int]) -> Beams {
            Beams(
                stream: stream.selecting(beams), answers: beams.map { answers[$0] },
                logProbabilities: beams.map { logProbabilities[$0] })
        }

        /// The newest token of each, which is not read yet.
        fileprivate var newest: [Int] { answers.map { $0.last ?? Token.answer } }
    }

    /// Writes the answers of a question about squares with the model that was trained here.
    struct StepWriter: AnswerWriter {
        private let model: CausalDecoder
        private let question: LatinSquares
        /// Of the draws.
        private var random: RandomStream
        private(set) var tokens = 0

        init(_ model: CausalDecoder, _ question: LatinSquares, _ random: RandomStream) {
            (self.model, self.question, self.random) = (model, question, random)
        }

        func begin(_ count: Int) -> Beams {
            // The last token of the prompt is read with the first one of the answer's draws.
            var stream = model.begin(capacity: question.prompt.count + question.answerTokens)
            model.read([question.prompt.dropLast()], &stream)
            let one = Beams(stream: stream, answers: [[]], logProbabilities: [0])
            return one.selecting(Array(repeating: 0, count: count))
        }

        mutating func step(_ beams: inout Beams, temperature: Double) -> [Passage] {
            // A row that does not end is cut at twice its length.
            write(&beams, temperature, ends: [Token.row, Token.end], longest: 2 * (LatinSquares.order + 1))
        }

        mutating func rest(_ beams: inout Beams, temperature: Double) -> [Passage] {
            write(&beams, temperature, ends: [Token.end], longest: question.answerTokens)
        }

        func text(_ part: [Int]) -> String { Token.text(part) }

        func words(_ part: [Int], after before: [Int]) -> String { LatinSquares.words(part, after: before) }

        /// Goes on with every beam that is not over; a part of one that is has no tokens.
        private mutating func write(
            _ beams: inout Beams, _ temperature: Double, ends: Set<Int>, longest: Int
        ) -> [Passage] {
            let open = beams.answers.indices.filter { !beams.isOver($0) }
            guard !open.isEmpty else {
                return beams.answers.map { _ in .empty }
            }
            let sampler = TokenSampler(model: model, temperature: temperature, longest: longest, ends: ends)
            let begun = beams.stream.counts
            let said = sampler.continuations(
                after: beams.newest, &beams.stream, using: &random)
            var parts = beams.answers.map { _ in Passage.empty }
            for beam in open {
                parts[beam] = Passage(
                    tokens: said[beam].tokens, logProbability: said[beam].logProbabilities.reduce(0, +))
                beams.answers[beam] += said[beam].tokens
                beams.logProbabilities[beam] += parts[beam].logProbability
            }
            // What is over went along with the others, and nobody heard it.
            beams.stream.truncate(
                to: beams.answers.indices.map { begun[$0] + parts[$0].tokens.count })
            tokens += parts.reduce(0) { $0 + $1.tokens.count }
            return parts
        }

        /// One step of a beam search over tokens: of all tokens after all beams, the `width` ones with the largest sums of
        /// log-probabilities. A beam that is over stays as it is, and takes no token.
        mutating func widen(_ beams: inout Beams, to width: Int) {
            let logs = withoutGradient { model.next(beams.newest, &beams.stream).logSoftmax() }.doubles
            let all = (0..<beams.count).flatMap { beam -> [(beam: Int, token: Int?, sum: Double)] in
                let sum = beams.logProbabilities[beam], row = beam * Token.count
                if beams.isOver(beam) { return [(beam, nil, sum)] }
                return (0..<Token.count).map { (beam, $0, sum + logs[row + $0]) }
            }
            let order = all.indices.sorted { (all[$1].sum, $0) < (all[$0].sum, $1) }
            let best = order.prefix(width).map { all[$0] }
            beams = beams.selecting(best.map(\.beam))
            for (place, one) in best.enumerated() {
                guard let token = one.token else { continue }
                beams.answers[place].append(token)
                beams.logProbabilities[place] = one.sum
                tokens += 1
            }
        }
    }
}
