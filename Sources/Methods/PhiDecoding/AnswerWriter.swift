extension PhiDecoding {
    /// What has been written of some answers to one question, side by side.
    protocol AnswerBeams {
        /// Tokens of each answer.
        var answers: [[Int]] { get }
        /// Whether an answer is over.
        func isOver(_ beam: Int) -> Bool
        /// The average log-probability of an answer so far.
        func average(_ beam: Int) -> Double
        /// Some of them, in this order; one may come several times.
        func selecting(_ beams: [Int]) -> Self
    }

    /// Who writes the answers of one question: the only thing of a search that knows the model.
    protocol AnswerWriter {
        associatedtype Beams: AnswerBeams
        /// What writing may fail with; `Never` where it cannot.
        associatedtype Failure: Error

        /// Output tokens so far, of all that was written.
        var tokens: Int { get }
        /// Answers of which nothing is written yet.
        mutating func begin(_ count: Int) throws(Failure) -> Beams
        /// Writes on at each beam to the end of its step. A beam that is over stays as it is, and its passage is empty.
        mutating func step(_ beams: inout Beams, temperature: Double) throws(Failure) -> [Passage]
        /// Writes on at each beam to the end of its answer.
        mutating func rest(_ beams: inout Beams, temperature: Double) throws(Failure) -> [Passage]
        /// Part of an answer as a reader sees it.
        func text(_ part: [Int]) -> String
        /// Part of an answer, behind what stands before it, as the words by which foresights are put into clusters.
        func words(_ part: [Int], after before: [Int]) -> String
    }

    /// A whole answer, and the average log-probability of its tokens.
    struct Whole: Equatable {
        let tokens: [Int]
        let average: Double
    }

    /// What was written on at one beam.
    struct Passage {
        let tokens: [Int]
        let logProbability: Double

        /// Nothing.
        static let empty = Passage(tokens: [], logProbability: 0)

        /// The average log-probability of its tokens.
        var average: Double { Selection.average(logProbability, tokens: tokens.count) }
    }
}

extension PhiDecoding.AnswerBeams {
    /// How many there are.
    var count: Int { answers.count }

    /// The answers, where all are over.
    var wholes: [PhiDecoding.Whole] {
        answers.indices.map { PhiDecoding.Whole(tokens: answers[$0], average: average($0)) }
    }
}
