import Base
import Tensors

/// What phi-decoding is held against: other ways to spend output tokens on one question.
extension PhiDecoding {
    /// The likeliest of `count` whole answers by average log-probability; of one answer, that answer.
    static func bestOf<Writer: AnswerWriter>(
        _ count: Int, temperature: Double, _ writer: inout Writer
    ) throws(Writer.Failure) -> Outcome {
        var beams = try writer.begin(count)
        _ = try writer.rest(&beams, temperature: temperature)
        return outcome(beams, writer)
    }

    /// A beam search over steps without foresight: of `rollouts` sampled steps a beam, those answers go on whose average
    /// log-probability so far is largest, each of them once.
    static func stepBeam<Writer: AnswerWriter>(
        _ width: Int, rollouts: Int, temperature: Double, steps: Int, _ writer: inout Writer
    ) throws(Writer.Failure) -> Outcome {
        var beams = try writer.begin(1)
        for step in 0..<steps {
            // One beam begins as many times as all will.
            let copies = step == 0 ? width * rollouts : rollouts
            var candidates = beams.selecting(
                (0..<beams.count).flatMap { Array(repeating: $0, count: copies) })
            _ = try writer.step(&candidates, temperature: temperature)
            beams = candidates.selecting(best(width, of: candidates))
        }
        return outcome(beams, writer)
    }

    /// Places of the best different answers.
    private static func best(_ width: Int, of beams: some AnswerBeams) -> [Int] {
        var seen: Set<[Int]> = []
        let different = (0..<beams.count).filter { seen.insert(beams.answers[$0]).inserted }
        return Array(different.sorted { beams.average($0) > beams.average($1) }.prefix(width))
    }

    /// A beam search over tokens: of all tokens after all beams, those with the largest sum of log-probabilities.
    static func tokenBeam(_ width: Int, longest: Int, _ writer: inout StepWriter) -> Outcome {
        var beams = writer.begin(1)
        for _ in 0..<longest where (0..<beams.count).contains(where: { !beams.isOver($0) }) {
            writer.widen(&beams, to: width)
        }
        return outcome(beams, writer)
    }

    private static func outcome(_ beams: some AnswerBeams, _ writer: some AnswerWriter) -> Outcome {
        Outcome(answers: beams.wholes, chosen: likeliest(beams.wholes), tokens: writer.tokens)
    }
}
