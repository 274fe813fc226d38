import Base
import Checkpoints
import MethodKit
import Tensors

extension PhiDecoding {
    /// The language model while it learns.
    struct Training: Codable {
        var model: CausalDecoder
        private var optimiser = AdamW(beta2: 0.99, decay: 0.01)
        /// Of the questions.
        private var questions: RandomStream

        /// Questions in an update, and the rate at its highest.
        static let batch = 64, rate = 3e-3

        init(_ trial: Trial<Inputs>) {
            var weights = trial.stream("weights")
            model = CausalDecoder(Token.count, width: 112, heads: 4, layers: 3, using: &weights)
            questions = trial.stream("training questions")
        }

        /// The next questions to learn.
        mutating func draw(_ inputs: Inputs) -> [LatinSquares] {
            (0..<Self.batch).map { _ in inputs.question(of: .training, using: &questions) }
        }

        /// One update on new questions, whose answers alone are learnt.
        ///
        /// - Returns: the mean loss of an answer's token, in nats.
        mutating func learn(_ inputs: Inputs, factor: Double) -> Double {
            let drawn = draw(inputs)
            let texts = drawn.map { $0.prompt + $0.answer.dropLast() }
            // Nothing is asked of a prompt: its cells are anything.
            let targets = drawn.map {
                Array(repeating: Tensor.noTarget, count: $0.prompt.count - 1) + $0.answer
            }
            let logs = model.logProbabilities(
                TokenBatch(texts, filling: Token.end), of: TokenBatch.targets(targets))
            let loss = -logs.mean()
            loss.backward()
            optimiser.step(model, rate: Self.rate * factor, clip: 1)
            return Double(loss.item)
        }
    }

    /// What changes while questions are answered: sums over those so far.
    struct State: Codable {
        /// Learnt, and frozen from now on.
        @Frozen var model: CausalDecoder
        /// Of phi-decoding on questions of its own.
        private(set) var budget = Tally()
        /// Of the arm.
        private(set) var test = Tally()

        init(model: CausalDecoder) { _model = Frozen(wrappedValue: model) }

        /// Whole answers that phi-decoding's tokens pay for.
        func answers(_ question: LatinSquares) -> Double {
            budget.mean(of: budget.tokens) / Double(question.answerTokens)
        }

        // MARK: The budget

        /// Phi-decoding of one question of the budget.
        mutating func measure(_ number: Int, _ inputs: Inputs, _ trial: Trial<Inputs>) {
            let (question, random) = Self.question(number, of: "budget", inputs, trial)
            budget.add(
                Self.decode(question, .search(inputs.rule), model, inputs, random), question)
            guard trial.isDue(every: 25) else { return }
            trial.report(PhiDecoding.budget, budget.mean(of: budget.tokens))
            trial.report(PhiDecoding.chance, Self.chance(inputs, trial.stream("chance")))
        }

        /// The share of a thousand questions that random rows complete, keeping the columns while they can.
        private static func chance(_ inputs: Inputs, _ random: RandomStream) -> Double {
            var random = random
            let valid = (0..<1_000).count { _ in
                let question = inputs.question(of: .test, using: &random)
                return question.isValid(question.guess(using: &random))
            }
            return Double(valid) / 1_000
        }

        // MARK: The test

        /// Answers one question of the test, the same one in every arm.
        mutating func answer(_ number: Int, by arm: Arm, _ inputs: Inputs, _ trial: Trial<Inputs>) throws {
            let (question, random) = Self.question(number, of: "test", inputs, trial)
            let plan = PhiDecoding.idea(arm, inputs, answers: answers(question))
            let isShown = number == 1
            let outcome = Self.decode(question, plan, model, inputs, random) { decisions in
                // The first tree grows step by step; of later ones only the whole is kept.
                if isShown { trial.keep("search", PhiDecoding.tree(.of(question), decisions, nil)) }
            }
            test.add(outcome, question)
            if isShown || number % 50 == 0 { PhiDecoding.show(question, outcome, plan, trial) }
            if trial.isDue(every: 20) { test.report(parameters: model.parameterTotal, trial) }
        }

        /// A question with the stream that all draws for it come from: a trial that goes on finds both by the number.
        static func question(
            _ number: Int, of purpose: String, _ inputs: Inputs, _ trial: Trial<Inputs>
        ) -> (LatinSquares, RandomStream) {
            var random = trial.stream("\(purpose) questions").derive(number)
            return (
                inputs.question(of: .test, using: &random), trial.stream("\(purpose) answers").derive(number)
            )
        }

        /// One question decoded by a plan.
        static func decode(
            _ question: LatinSquares, _ plan: Plan, _ model: CausalDecoder, _ inputs: Inputs,
            _ random: RandomStream, show: ([Decision]) -> Void = { _ in }
        ) -> Outcome {
            var writer = StepWriter(model, question, random.derive("tokens"))
            var streams = SearchStreams(random)
            switch plan {
            case .bestOf(let count, let temperature):
                return bestOf(count, temperature: temperature, &writer)
            case .stepBeam(let width, let temperature):
                return PhiDecoding.stepBeam(
                    width, rollouts: inputs.rollouts, temperature: temperature, steps: question.steps, &writer
                )
            case .tokenBeam(let width):
                return PhiDecoding.tokenBeam(width, longest: question.answerTokens, &writer)
            case .search(let rule):
                return search(rule, inputs.temperatures, &writer, using: &streams) { decisions, _ in
                    show(decisions)
                }
            }
        }
    }

    /// Sums over answered questions.
    struct Tally: Codable {
        private(set) var questions = 0, tokens = 0
        private var valid = 0, reachable = 0, likeliest = 0
        /// Of searches that go step by step.
        private var steps = 0, candidates = 0, kept = 0, clustered = 0
        /// Steps at which was looked ahead, and the sums of their value accuracies.
        private var foreseen = 0
        private var accuracy = ValueAccuracy()

        mutating func add(_ outcome: Outcome, _ question: LatinSquares) {
            questions += 1
            tokens += outcome.tokens
            valid += question.isValid(outcome.answer) ? 1 : 0
            let written = outcome.written
            reachable += written.contains { question.isValid($0.tokens) } ? 1 : 0
            likeliest += question.isValid(written[PhiDecoding.likeliest(written)].tokens) ? 1 : 0
            for decision in outcome.decisions {
                steps += 1
                candidates += decision.candidates.count
                kept += decision.foreseen.count
                clustered += decision.choice.labels == nil ? 0 : 1
                guard !decision.answers.isEmpty else { continue }
                foreseen += 1
                accuracy = accuracy + decision.valueAccuracy(question.isValid)
            }
        }

        /// A count a question.
        func mean(of count: Int) -> Double { Double(count) / Double(max(1, questions)) }

        func report(parameters: Int, _ trial: Trial<Inputs>) {
            trial.report(validity, mean(of: valid))
            trial.report(PhiDecoding.reachable, mean(of: reachable))
            trial.report(likeliestValidity, mean(of: likeliest))
            trial.report(PhiDecoding.tokens, mean(of: tokens))
            trial.report(flops, 6 * mean(of: tokens) * Double(parameters))
            guard steps > 0 else { return }
            trial.report(depth, mean(of: steps))
            trial.report(keptShare, Double(kept) / Double(candidates))
            trial.report(PhiDecoding.clustered, Double(clustered) / Double(steps))
            guard foreseen > 0 else { return }
            trial.report(valueAccuracy, accuracy.own / Double(foreseen))
            trial.report(evenAccuracy, accuracy.even / Double(foreseen))
            trial.report(shuffledAccuracy, accuracy.shuffled / Double(foreseen))
        }
    }
}

extension CausalDecoder {
    /// How many numbers it has, frozen or not.
    var parameterTotal: Int { tensors.reduce(0) { $0 + $1.count } }
}
