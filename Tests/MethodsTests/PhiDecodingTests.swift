import Base
import Foundation
import MethodKit
import Tensors
import Testing

@testable import Methods

/// Squares, who is asked which of them, and what a trial learns and reports.
@Suite struct PhiDecodingTests {
    typealias LatinSquares = PhiDecoding.LatinSquares
    typealias Token = PhiDecoding.Token

    static func questions(
        _ count: Int, grids: Int = 1, seed: UInt64 = 81, split: PhiDecoding.Split = .training
    ) -> [LatinSquares] {
        var random = RandomStream(seed: seed)
        return (0..<count).map { _ in LatinSquares(grids, given: 8, of: split, using: &random) }
    }

    // MARK: Questions

    @Test(arguments: [1, 2, 3]) func aSolutionIsValid(_ grids: Int) {
        for question in Self.questions(20, grids: grids) {
            #expect(question.isValid(question.answer) && question.answer.count == question.answerTokens)
            #expect(question.given.allSatisfy { $0.count { $0 > 0 } == 8 })
            #expect(question.prompt.count == 25 * grids + 1 && question.steps == 5 * grids)
            // The first column of a later square is told by the one before.
            #expect(
                question.given.dropFirst().allSatisfy { square in (0..<5).allSatisfy { square[$0 * 5] == 0 } }
            )
        }
    }

    @Test func anyCompletionCountsAndNothingElse() throws {
        var cells = Array(repeating: 0, count: 25)
        cells[0] = 1
        let question = LatinSquares(given: [cells])
        func answer(_ rows: [[Int]]) -> [Int] {
            rows.enumerated().flatMap { $1 + [$0 == rows.count - 1 ? Token.end : Token.row] }
        }
        let rows = (0..<5).map { row in (0..<5).map { (row + $0) % 5 + 1 } }
        #expect(question.isValid(answer(rows)))
        #expect(!question.isValid(answer([rows[1], rows[0]] + rows[2...])), "a given cell")
        #expect(!question.isValid(answer([rows[0], rows[0]] + rows[2...])), "columns")
        #expect(!question.isValid(answer(Array(rows.prefix(4)))), "a row too few")
        #expect(!question.isValid(answer(rows).dropLast() + [Token.row]), "no end")
        #expect(!question.isValid(Array(answer(rows).dropLast())), "not over")
        let mirrored = (0..<5).map { row in (0..<5).map { (5 + row - $0) % 5 + 1 } }
        #expect(question.isValid(answer(mirrored)), "another completion")
        // The first column of the second square is the first one's last row, or the chain is broken.
        let second = (0..<5).map { row in (0..<5).map { (row + $0 + 4) % 5 + 1 } }
        let chain = LatinSquares(given: [cells, Array(repeating: 0, count: 25)])
        #expect(chain.isValid(answer(rows + second)) && !chain.isValid(answer(rows + rows)))
    }

    /// A test that repeated training squares would ask for memory. The streams are a trial's own: what it learns, its test
    /// and its budget; whatever is learnt comes from four fifths of all squares, and whatever is asked from the rest.
    @Test(arguments: [1, 2]) func noSquareOfTheTestWasLearnt(_ grids: Int) {
        var inputs = PhiDecoding.Inputs()
        inputs.grids = grids
        let trial = Self.trial(inputs)
        var training = PhiDecoding.Training(trial)
        let learnt = (0..<30).flatMap { _ in training.draw(inputs) }
        let asked = ["test", "budget"].map { purpose in
            (1...200).map { PhiDecoding.State.question($0, of: purpose, inputs, trial).0 }
        }
        func squares(_ questions: [LatinSquares]) -> Set<[Int]> {
            Set(questions.flatMap { $0.solution ?? [] })
        }
        #expect(squares(learnt).isDisjoint(with: squares(asked[0] + asked[1])))
        #expect(squares(learnt).allSatisfy { LatinSquares.split($0) == .training })
        #expect(squares(asked[0] + asked[1]).allSatisfy { LatinSquares.split($0) == .test })
        #expect(Set(learnt.map(\.prompt)).count == 30 * 64 && Set(asked[0].map(\.prompt)).count == 200)
        #expect(Set(asked[0].map(\.prompt)).isDisjoint(with: asked[1].map(\.prompt)))
    }

    /// A fifth of all squares is held out, whatever stands in their corner.
    @Test func aFifthIsHeldOut() {
        let all = [PhiDecoding.Split.training, .test].map { split in
            Self.questions(1_000, seed: 83, split: split).compactMap { $0.solution?[0] }
        }
        for squares in all {
            for digit in 1...5 {
                #expect(abs(Double(squares.count { $0[24] == digit }) / 1_000 - 0.2) < 0.05)
            }
        }
        // Turned around, a square is another one, whose side does not follow from its own.
        let turned = (all[0] + all[0].map { $0.map { $0 % 5 + 1 } }).map { Array($0.reversed()) }
        let held = turned.count { LatinSquares.split($0) == .test }
        #expect(abs(Double(held) / 2_000 - 0.2) < 0.04)
    }

    /// All squares of a first row are about equally likely: 161,280 / 120.
    @Test func squaresAreSpread() {
        let first = Self.questions(4_000, seed: 84).compactMap { $0.solution?[0] }
        #expect(Set(first).count > 3_900)
        let corner = (1...5).map { digit in first.count { $0[12] == digit } }
        #expect(corner.allSatisfy { abs(Double($0) / 4_000 - 0.2) < 0.03 })
    }

    /// Chance knows rows and columns, but not what they leave for later: it completes some easy squares and few hard ones.
    @Test func aGuessKeepsToTheGivenCellsAndToColumns() {
        var random = RandomStream(seed: 85)
        for question in Self.questions(50, grids: 2) {
            let guess = question.guess(using: &random).filter { (1...5).contains($0) }
            #expect(zip(guess, question.given.joined()).allSatisfy { $1 == 0 || $0 == $1 })
            #expect(guess.count == 50)
        }
        let free = LatinSquares(given: [Array(repeating: 0, count: 25)])
        let guesses = (0..<300).map { _ in free.guess(using: &random) }
        // Without given cells a Latin rectangle can always be filled up.
        #expect(guesses.allSatisfy(free.isValid))
        let valid = Self.questions(300, seed: 86).count { $0.isValid($0.guess(using: &random)) }
        #expect(valid > 0 && valid < 60)
    }

    // MARK: A trial

    static func trial(_ inputs: PhiDecoding.Inputs) -> Trial<PhiDecoding.Inputs> {
        Trial(
            of: PhiDecoding.self, arm: .phi, inputs: inputs, plan: TrialPlan(of: PhiDecoding.self, seed: 1),
            link: TrialLink())
    }

    /// What is said in one step of a trial: numbers by their metrics' names, and artifacts by theirs.
    static func said(
        _ inputs: PhiDecoding.Inputs = .init(), in body: (Trial<PhiDecoding.Inputs>) throws -> Void
    ) throws -> (numbers: [String: Double], artifacts: [String: Artifact]) {
        var inputs = inputs, state = 0
        inputs.questions = 1
        let link = TrialLink()
        let trial = Trial<PhiDecoding.Inputs>(
            of: PhiDecoding.self, arm: .phi, inputs: inputs, plan: TrialPlan(of: PhiDecoding.self, seed: 1),
            link: link)
        try trial.run(PhiDecoding.decode, state: &state) { _, _, _ in try body(trial) }
        trial.finish()
        let batch = link.drain()
        let numbers = batch.points.reduce(into: [String: Double]()) {
            $0[PhiDecoding.metrics[$1.metric].name] = $1.value
        }
        let artifacts = batch.events.reduce(into: [String: Artifact]()) { kept, event in
            if case .artifact(let name, let artifact, _) = event.event { kept[name] = artifact }
        }
        return (numbers, artifacts)
    }

    static func model(_ seed: UInt64 = 86) -> CausalDecoder {
        var random = RandomStream(seed: seed)
        return CausalDecoder(Token.count, width: 16, heads: 2, layers: 2, using: &random)
    }

    /// The log-probability that the model itself gives an answer, read as a whole.
    static func logProbability(_ answer: [Int], _ question: LatinSquares, _ model: CausalDecoder) -> Double {
        let text = question.prompt + answer.dropLast()
        let targets = Array(repeating: Tensor.noTarget, count: question.prompt.count - 1) + answer
        return withoutGradient {
            model.logProbabilities(TokenBatch([text], filling: 0), of: targets).doubles.reduce(0, +)
        }
    }

    /// Every token that was drawn, whatever became of it; and 6 n P of it.
    @Test func whatIsSpentIsCounted() throws {
        let run = try KeptRuns.run(MethodInfo(PhiDecoding.self), "bestOfN")
        func last(_ metric: Metric) throws -> Double {
            let index = try #require(PhiDecoding.metrics.firstIndex(of: metric))
            return Double(bitPattern: try #require(run.said.points.last { $0.metric == index }).bits)
        }
        var random = RandomStream(seed: 96)
        let parameters = CausalDecoder(Token.count, width: 112, heads: 4, layers: 3, using: &random)
            .parameterCount
        #expect(try last(PhiDecoding.flops) == 6 * last(PhiDecoding.tokens) * Double(parameters))
        #expect(try last(PhiDecoding.tokens) > 1 && last(PhiDecoding.budget) > 1)
    }

    /// The claim's direction at small size, of the likeliest beam and not of the released draw: a short training on squares
    /// with few open cells, drawn from at a high temperature. Foresight finds valid answers that one sampled answer does not;
    /// the released draw of the answer throws most of them away, because where no completion became likelier it prefers the
    /// least likely one.
    @Test func theLikeliestBeamFindsWhatOneAnswerDoesNot() {
        var inputs = PhiDecoding.Inputs()
        (inputs.givens, inputs.updates) = (20, 150)
        (inputs.temperature, inputs.foresightTemperature) = (1.5, 1.5)
        let trial = Self.trial(inputs)
        var training = PhiDecoding.Training(trial)
        let losses = (1...150).map { update in
            training.learn(inputs, factor: Schedule.cosine.factor(at: update, of: 150, warmUp: 7))
        }
        #expect(losses[0] > 1.5 && losses[149] < 0.15)
        func valid(_ arm: PhiDecoding.Arm, _ inputs: PhiDecoding.Inputs) -> Int {
            (1...40).count { number in
                let (question, random) = PhiDecoding.State.question(number, of: "test", inputs, trial)
                let outcome = PhiDecoding.State.decode(
                    question, PhiDecoding.idea(arm, inputs, answers: 1), training.model, inputs, random)
                return question.isValid(outcome.answer)
            }
        }
        let likeliest = valid(.phiLikeliest, inputs)
        #expect(likeliest >= valid(.sampled, inputs) + 6)
        #expect(valid(.phi, inputs) <= likeliest - 6)
    }
}
