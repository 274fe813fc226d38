import Base
import Foundation
import MethodKit
import Tensors
import Testing

@testable import Methods

/// Squares, the search over them, and what it is held against.
@Suite struct PhiDecodingTests {
    typealias LatinSquares = PhiDecoding.LatinSquares
    typealias Token = PhiDecoding.Token

    static func questions(_ count: Int, grids: Int = 1, seed: UInt64 = 81) -> [LatinSquares] {
        var random = RandomStream(seed: seed)
        return (0..<count).map { _ in LatinSquares(grids, given: 8, using: &random) }
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

    /// A test that repeated training questions would ask for memory, and not for squares.
    @Test func noQuestionOfTheTestWasLearnt() {
        let learnt = Set(Self.questions(20_000, seed: 82).map(\.prompt))
        #expect(learnt.count > 19_990)
        #expect(Self.questions(1_000, seed: 83).allSatisfy { !learnt.contains($0.prompt) })
    }

    /// All squares of a first row are about equally likely: 161,280 / 120.
    @Test func squaresAreSpread() {
        let first = Self.questions(4_000, seed: 84).compactMap { $0.solution?[0] }
        #expect(Set(first).count > 3_900)
        let corner = (1...5).map { digit in first.count { $0[12] == digit } }
        #expect(corner.allSatisfy { abs(Double($0) / 4_000 - 0.2) < 0.03 })
    }

    @Test func aGuessKeepsToTheGivenCells() {
        var random = RandomStream(seed: 85)
        for question in Self.questions(50, grids: 2) {
            let guess = question.guess(using: &random).filter { (1...5).contains($0) }
            #expect(zip(guess, question.given.joined()).allSatisfy { $1 == 0 || $0 == $1 })
            #expect(guess.count == 50)
        }
    }

    // MARK: Writing

    static func trial(_ inputs: PhiDecoding.Inputs) -> Trial<PhiDecoding.Inputs> {
        Trial(
            of: PhiDecoding.self, arm: .phi, inputs: inputs, plan: TrialPlan(of: PhiDecoding.self, seed: 1),
            link: TrialLink())
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

    /// Steps, forks and cuts of the cache: what was written has the log-probabilities of the model that reads it anew,
    /// whatever temperature it was drawn at.
    @Test func whatIsWrittenHasTheModelsOwnLogProbability() {
        let question = Self.questions(1)[0], model = Self.model()
        var writer = PhiDecoding.StepWriter(model, question, RandomStream(seed: 87))
        var beams = writer.begin(3), written = 0
        for _ in 0..<3 {
            let parts = writer.step(&beams, temperature: 0.6)
            written += parts.reduce(0) { $0 + $1.tokens.count }
            beams = beams.selecting([2, 0, 0, 1])
        }
        written += writer.rest(&beams, temperature: 1.5).reduce(0) { $0 + $1.tokens.count }
        #expect(writer.tokens == written)
        for beam in 0..<beams.count {
            let wanted = Self.logProbability(beams.answers[beam], question, model)
            #expect(abs(beams.logProbabilities[beam] - wanted) < 1e-3, "\(beam)")
        }
    }

    /// A beam that is over costs nothing more, however long the others go on.
    @Test func whatIsOverStaysAsItIs() {
        let question = Self.questions(1)[0]
        var writer = PhiDecoding.StepWriter(Self.model(), question, RandomStream(seed: 88))
        var beams = writer.begin(40)
        for _ in 0..<2 { _ = writer.step(&beams, temperature: 2) }
        let over = (0..<beams.count).filter { beams.isOver($0) }
        let before = beams, parts = writer.rest(&beams, temperature: 1)
        #expect(!over.isEmpty && over.count < 40)
        for beam in over {
            #expect(parts[beam].tokens.isEmpty && parts[beam].average == 0)
            #expect(beams.answers[beam] == before.answers[beam])
        }
        #expect(parts.indices.filter { parts[$0].tokens.isEmpty } == over)
    }

    /// As wide as there are answers, a beam search finds the likeliest one.
    @Test func aBeamSearchFindsLikelyAnswers() {
        let question = Self.questions(1)[0], model = Self.model()
        func likelihood(_ width: Int) -> Double {
            var writer = PhiDecoding.StepWriter(model, question, RandomStream(seed: 89))
            let outcome = PhiDecoding.tokenBeam(width, longest: 12, &writer)
            #expect(outcome.tokens <= 12 * width && outcome.answers.count <= width)
            return Self.logProbability(outcome.answer, question, model) / Double(outcome.answer.count)
        }
        var greedy = PhiDecoding.StepWriter(model, question, RandomStream(seed: 90))
        var one = greedy.begin(1)
        for _ in 0..<12 where !one.isOver(0) { greedy.widen(&one, to: 1) }
        var same = PhiDecoding.StepWriter(model, question, RandomStream(seed: 91))
        #expect(PhiDecoding.bestOf(1, temperature: 0, &same).answer.prefix(12) == one.answers[0].prefix(12))
        #expect(likelihood(32) >= likelihood(1))
    }

    // MARK: Arms

    @Test func armsWithoutForesightSpendWhatPhiSpends() {
        let inputs = PhiDecoding.Inputs()
        #expect(PhiDecoding.idea(.bestOfN, inputs, answers: 36.4) == .bestOf(36, temperature: 0.6))
        #expect(PhiDecoding.idea(.tokenBeam, inputs, answers: 36.4) == .tokenBeam(width: 36))
        #expect(PhiDecoding.idea(.stepBeam, inputs, answers: 36.4) == .stepBeam(width: 9))
        #expect(PhiDecoding.idea(.greedy, inputs, answers: 36.4) == .bestOf(1, temperature: 0))
        #expect(PhiDecoding.idea(.bestOfN, inputs, answers: 0.1) == .bestOf(1, temperature: 0.6))
    }

    /// Each ablation changes what it is called after, and nothing else.
    @Test func eachAblationChangesOneThing() {
        let inputs = PhiDecoding.Inputs(), phi = inputs.rule
        func rule(_ arm: PhiDecoding.Arm, _ change: (inout PhiDecoding.Rule) -> Void) -> Bool {
            var wanted = phi
            change(&wanted)
            return wanted != phi && PhiDecoding.idea(arm, inputs, answers: 1) == .search(wanted)
        }
        #expect(PhiDecoding.idea(.phi, inputs, answers: 1) == .search(phi))
        #expect(rule(.phiPaper) { $0.weighting = .printed })
        #expect(rule(.unclustered) { $0.usesClusters = false })
        #expect(rule(.unpruned) { ($0.sigmaRate, $0.delta) = (.infinity, .infinity) })
        #expect(rule(.unmasked) { $0.isMasked = false })
    }

    /// One whole search, looked through: who goes on from whom, what is pruned, what is foreseen of whom.
    @Test func aSearchHangsTogether() throws {
        let question = Self.questions(1)[0], model = Self.model()
        let rule = PhiDecoding.Rule(beams: 3, rollouts: 4, least: 2, most: 4, clusters: 2)
        var writer = PhiDecoding.StepWriter(model, question, RandomStream(seed: 92))
        var streams = PhiDecoding.SearchStreams(RandomStream(seed: 93)), shown: [Int] = []
        let outcome = PhiDecoding.search(
            rule, PhiDecoding.Temperatures(), final: .clusters, &writer, using: &streams
        ) { shown.append($0.count) }
        #expect(shown == Array(1...outcome.decisions.count))
        var previous = Array(repeating: 0.0, count: 3), beams: [[Int]] = [[], [], []]
        for decision in outcome.decisions {
            #expect(decision.candidates.map(\.beam) == (0..<12).map { $0 / 4 })
            #expect(decision.candidates.allSatisfy { $0.before == beams[$0.beam] })
            let kept = decision.candidates.filter { $0.kept != nil }
            #expect(kept.count == decision.foreseen.count && kept.count >= 3)
            for (place, candidate) in kept.enumerated() {
                let own = candidate.before + candidate.step.tokens, answer = decision.answers[place]
                #expect(decision.foreseen[place].parent == previous[candidate.beam])
                #expect(Array(answer.prefix(own.count)) == own)
                // F is of the foresight's own tokens: the step is not in it.
                let ahead =
                    Self.logProbability(answer, question, model) - Self.logProbability(own, question, model)
                let wanted = PhiDecoding.Selection.average(ahead, tokens: answer.count - own.count)
                #expect(abs(decision.foreseen[place].value - wanted) < 1e-3)
            }
            beams = decision.choice.chosen.map { kept[$0].before + kept[$0].step.tokens }
            previous = decision.choice.chosen.map { decision.foreseen[$0].value }
            #expect(Set(decision.choice.chosen).count == 3)
        }
        #expect(outcome.tokens == writer.tokens && outcome.answers.contains(outcome.answer))
        #expect(outcome.answers.enumerated().allSatisfy { Array($1.prefix(beams[$0].count)) == beams[$0] })
    }

    /// The refactored script throws the last step away.
    @Test func theRefactorBreaksOffBeforeTheStep() {
        let question = Self.questions(1)[0], model = Self.model()
        func rows(_ stopping: PhiDecoding.Stopping) -> (decisions: Int, answers: [[Int]]) {
            let rule = PhiDecoding.Rule(
                beams: 2, rollouts: 2, least: 0, most: 4, clusters: 1, delta: 0, stopping: stopping,
                isMasked: false)
            var writer = PhiDecoding.StepWriter(model, question, RandomStream(seed: 94))
            var streams = PhiDecoding.SearchStreams(RandomStream(seed: 95))
            let outcome = PhiDecoding.search(
                rule, PhiDecoding.Temperatures(), final: .likeliest, &writer, using: &streams)
            return (outcome.decisions.count, outcome.answers)
        }
        let origin = rows(.origin), refactor = rows(.refactor)
        #expect(origin.decisions == 1 && refactor.decisions == 1)
        #expect(origin.answers != refactor.answers)
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

    /// The claim's direction at small size: a short training on squares with few open cells, drawn from at a high temperature.
    /// Foresight finds valid answers that one sampled answer does not; the released draw of the answer throws most of them
    /// away, because where no completion became likelier it prefers the least likely one.
    @Test func foresightFindsWhatOneAnswerDoesNot() {
        var inputs = PhiDecoding.Inputs()
        (inputs.givens, inputs.updates, inputs.final) = (20, 150, .likeliest)
        (inputs.temperature, inputs.foresightTemperature) = (1.5, 1.5)
        let trial = Self.trial(inputs)
        var training = PhiDecoding.Training(trial)
        let losses = (1...150).map { update in
            training.learn(inputs, factor: Schedule.cosine.factor(at: update, of: 150, warmUp: 7))
        }
        #expect(losses[0] > 1.5 && losses[149] < 0.15)
        func valid(_ arm: PhiDecoding.Arm, _ inputs: PhiDecoding.Inputs) -> Int {
            (1...40).count { number in
                var random = trial.stream("test questions").derive(number)
                let question = inputs.question(using: &random)
                let outcome = PhiDecoding.State.decode(
                    question, PhiDecoding.idea(arm, inputs, answers: 1), training.model, inputs,
                    trial.stream("test answers").derive(number))
                return question.isValid(outcome.answer)
            }
        }
        let phi = valid(.phi, inputs)
        #expect(phi >= valid(.sampled, inputs) + 6)
        inputs.final = .clusters
        #expect(valid(.phi, inputs) <= phi - 6)
    }
}
