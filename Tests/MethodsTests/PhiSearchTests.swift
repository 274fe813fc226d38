import Base
import Foundation
import MethodKit
import Tensors
import Testing

@testable import Methods

/// One question: how it is written, and how a search by phi-decoding goes over it.
@Suite struct PhiSearchTests {
    typealias Rule = PhiDecoding.Rule

    /// A search of a small model that has learnt nothing.
    static func search(
        _ rule: Rule, step: Double = 0.6, foresight: Double = 0.6, seed: UInt64 = 94
    ) -> PhiDecoding.Outcome {
        var writer = PhiDecoding.StepWriter(
            PhiDecodingTests.model(), PhiDecodingTests.questions(1)[0], RandomStream(seed: seed))
        var streams = PhiDecoding.SearchStreams(RandomStream(seed: seed + 1))
        return PhiDecoding.search(
            rule, PhiDecoding.Temperatures(step: step, foresight: foresight), &writer, using: &streams)
    }

    // MARK: Writing

    /// Steps, forks and cuts of the cache: what was written has the log-probabilities of the model that reads it anew,
    /// whatever temperature it was drawn at.
    @Test func whatIsWrittenHasTheModelsOwnLogProbability() {
        let question = PhiDecodingTests.questions(1)[0], model = PhiDecodingTests.model()
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
            let wanted = PhiDecodingTests.logProbability(beams.answers[beam], question, model)
            #expect(abs(beams.logProbabilities[beam] - wanted) < 1e-3, "\(beam)")
        }
    }

    /// A beam that is over costs nothing more, however long the others go on.
    @Test func whatIsOverStaysAsItIs() {
        let question = PhiDecodingTests.questions(1)[0]
        var writer = PhiDecoding.StepWriter(PhiDecodingTests.model(), question, RandomStream(seed: 88))
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

    // MARK: Searching

    /// One whole search, looked through: who goes on from whom, what is pruned, what is foreseen of whom.
    @Test func aSearchHangsTogether() throws {
        let question = PhiDecodingTests.questions(1)[0], model = PhiDecodingTests.model()
        let rule = PhiDecoding.Rule(beams: 3, rollouts: 4, least: 2, most: 4, clusters: 2)
        var writer = PhiDecoding.StepWriter(model, question, RandomStream(seed: 92))
        var streams = PhiDecoding.SearchStreams(RandomStream(seed: 93)), shown: [Int] = []
        let outcome = PhiDecoding.search(
            rule, PhiDecoding.Temperatures(), &writer, using: &streams
        ) { decisions, _ in shown.append(decisions.count) }
        #expect(shown == Array(1...outcome.decisions.count))
        var previous = Array(repeating: 0.0, count: 3), beams: [[Int]] = [[], [], []]
        for decision in outcome.decisions {
            #expect(decision.candidates.map(\.beam) == (0..<12).map { $0 / 4 })
            #expect(decision.candidates.allSatisfy { $0.before == beams[$0.beam] })
            let kept = decision.candidates.filter { $0.kept != nil }
            #expect(kept.count == decision.foreseen.count && kept.count >= 3)
            for (place, candidate) in kept.enumerated() {
                let own = candidate.before + candidate.step.tokens, answer = decision.answers[place].tokens
                #expect(decision.foreseen[place].parent == previous[candidate.beam])
                #expect(Array(answer.prefix(own.count)) == own)
                // F is of the foresight's own tokens: the step is not in it.
                let ahead =
                    PhiDecodingTests.logProbability(answer, question, model)
                    - PhiDecodingTests.logProbability(own, question, model)
                let wanted = PhiDecoding.Selection.average(ahead, tokens: answer.count - own.count)
                #expect(abs(decision.foreseen[place].value - wanted) < 1e-3)
            }
            beams = decision.choice.chosen.map { kept[$0].before + kept[$0].step.tokens }
            previous = decision.choice.chosen.map { decision.foreseen[$0].value }
            #expect(Set(decision.choice.chosen).count == 3)
        }
        #expect(outcome.tokens == writer.tokens && outcome.taken == outcome.decisions.count)
        #expect(
            outcome.answers.enumerated().allSatisfy { Array($1.tokens.prefix(beams[$0].count)) == beams[$0] })
    }

    /// The refactored script throws the last step away.
    @Test func theRefactorBreaksOffBeforeTheStep() {
        func rows(_ stopping: PhiDecoding.Stopping) -> PhiDecoding.Outcome {
            Self.search(
                Rule(
                    beams: 2, rollouts: 2, least: 0, most: 4, clusters: 1, delta: 0, stopping: stopping,
                    isMasked: false, final: .likeliest))
        }
        let origin = rows(.origin), refactor = rows(.refactor)
        #expect(origin.decisions.count == 1 && refactor.decisions.count == 1)
        #expect(origin.taken == 1 && refactor.taken == 0)
        #expect(origin.answers != refactor.answers)
    }

    /// Tmax is where looking ahead ends, whatever nobody stops.
    @Test(arguments: [1, 3, 4]) func noMoreStepsThanTmax(_ most: Int) {
        let outcome = Self.search(Rule(beams: 2, rollouts: 2, most: most, clusters: 2, stopsEarly: false))
        #expect(outcome.decisions.count == most && outcome.taken == most)
    }

    /// Steps are drawn at one temperature, and what is foreseen and the answers at another.
    @Test func stepsAndForesightsHaveTheirOwnTemperatures() {
        let rule = Rule(beams: 2, rollouts: 4, most: 1, sigmaRate: .infinity)
        let sure = Self.search(rule, step: 0, foresight: 2).decisions[0]
        #expect(Set(sure.candidates.map(\.step.tokens)).count == 1)
        #expect(Set(sure.answers.map(\.tokens)).count > 4)
        let unsure = Self.search(rule, step: 2, foresight: 0)
        let decision = unsure.decisions[0]
        #expect(Set(decision.candidates.map(\.step.tokens)).count > 4)
        // At 0 the same beginning is always told to the same end: the answers repeat what was foreseen.
        #expect(unsure.answers.map(\.tokens) == decision.choice.chosen.map { decision.answers[$0].tokens })
    }

    /// A rate of infinity keeps all candidates, and one of 0 those above the mean.
    @Test func theRateOfTheRulePrunes() {
        func kept(_ rate: Double) -> PhiDecoding.Decision {
            Self.search(Rule(beams: 2, rollouts: 8, most: 1, sigmaRate: rate), step: 1).decisions[0]
        }
        #expect(kept(.infinity).foreseen.count == 16)
        let half = kept(0), mean = half.candidates.reduce(0) { $0 + $1.step.average } / 16
        #expect(half.candidates.allSatisfy { ($0.kept != nil) == ($0.step.average > mean) })
    }

    /// What a foresight says begins at the cell after its step, so that equal digits elsewhere are other words.
    @Test func aForesightSaysWhereItsDigitsStand() {
        for decision in Self.search(Rule(beams: 3, rollouts: 3, most: 3, clusters: 2)).decisions {
            for candidate in decision.candidates {
                guard let place = candidate.kept else { continue }
                let own = candidate.before + candidate.step.tokens
                let rest = Array(decision.answers[place].tokens.dropFirst(own.count))
                let digits = rest.filter { (1...5).contains($0) }
                let first = own.count { (1...5).contains($0) }
                let words = digits.enumerated().map { "\(first + $0)_\($1)" }
                #expect(decision.foreseen[place].text == words.joined(separator: " "))
            }
        }
    }

    /// Without foresight the same steps are valued by themselves, against the parent's own, and nothing is spent on ends but
    /// the beams' in the end.
    @Test func withoutForesightAStepIsItsOwnValue() {
        let rule = Rule(beams: 3, rollouts: 4, most: 3, clusters: 2, stopsEarly: false, looksAhead: false)
        let outcome = Self.search(rule)
        var previous = [0.0, 0, 0]
        for decision in outcome.decisions {
            #expect(decision.answers.isEmpty)
            let kept = decision.candidates.filter { $0.kept != nil }
            #expect(kept.map(\.step.average) == decision.foreseen.map(\.value))
            #expect(decision.foreseen.map(\.parent) == kept.map { previous[$0.beam] })
            for (candidate, seen) in zip(kept, decision.foreseen) {
                #expect(
                    seen.text
                        == PhiDecoding.LatinSquares.words(candidate.step.tokens, after: candidate.before))
            }
            previous = decision.choice.chosen.map { decision.foreseen[$0].value }
        }
        let steps = outcome.decisions.flatMap(\.candidates).reduce(0) { $0 + $1.step.tokens.count }
        let begun = outcome.decisions[2].choice.chosen.map { place in
            let taken = outcome.decisions[2].candidates.first { $0.kept == place }
            return taken.map { $0.before.count + $0.step.tokens.count } ?? 0
        }
        let ends = zip(outcome.answers, begun).reduce(0) { $0 + $1.0.tokens.count - $1.1 }
        #expect(outcome.tokens == steps + ends && outcome.written == outcome.answers)
    }

    /// The same search, of which another answer is taken.
    @Test func theLikeliestBeamIsTheAnswer() throws {
        let drawn = Self.search(Rule()), likeliest = Self.search(Rule(final: .likeliest))
        #expect(drawn.answers == likeliest.answers && drawn.tokens == likeliest.tokens)
        let best = try #require(likeliest.answers.map(\.average).max())
        #expect(likeliest.answers[likeliest.chosen].average == best)
        #expect(drawn.final?.chosen == [drawn.chosen] && likeliest.final == nil)
    }

    // MARK: What is seen and counted

    /// From the root down, each answer hangs under the steps that it begins with: of every script, and of both endings.
    @Test(arguments: PhiDecoding.Stopping.allCases, PhiDecoding.Final.allCases)
    func answersHangUnderTheirOwnSteps(_ stopping: PhiDecoding.Stopping, _ final: PhiDecoding.Final) {
        for least in 0..<3 {
            let outcome = Self.search(
                Rule(
                    beams: 3, rollouts: 2, least: least, most: 3, clusters: 1, delta: 0, stopping: stopping,
                    isMasked: false, final: final))
            let question = PhiDecodingTests.questions(1)[0]
            guard case .tree(let root) = PhiDecoding.tree(.of(question), outcome.decisions, outcome) else {
                Issue.record("no tree")
                return
            }
            func paths(_ tree: Tree, _ above: String) -> [(digits: String, label: String)] {
                let digits = above + (tree.label.components(separatedBy: "  ").first ?? "")
                return [(digits, tree.label)] + tree.children.flatMap { paths($0, digits) }
            }
            let leaves = root.children.flatMap { paths($0, "") }.filter { $0.label.contains("mean ") }
            let wanted = outcome.answers.map { PhiDecoding.Token.text($0.tokens) }
            #expect(leaves.map(\.digits).sorted() == wanted.sorted())
            #expect(leaves.filter { $0.label.contains("the answer") }.count == 1)
        }
    }

    /// Where nothing stops a search, no delta is drawn; steps without clusters have no share.
    @Test func deltaIsDrawnWhereItStops() {
        let rule = Rule(beams: 2, rollouts: 3, most: 3, clusters: 2), outcome = Self.search(rule)
        func lines(_ rule: Rule) -> [Plot.Series] {
            guard case .plot(let plot) = PhiDecoding.agreement(outcome.decisions, rule) else { return [] }
            return plot.series
        }
        func series(_ rule: Rule) -> [String] { lines(rule).map(\.name) }
        let clustered = outcome.decisions.indices.filter { outcome.decisions[$0].choice.labels != nil }
        #expect(lines(rule).last?.x == clustered.map { Double($0 + 1) } && !clustered.contains(0))
        func deltas(_ rule: Rule) -> [Table.Cell] {
            guard case .table(let table) = PhiDecoding.stepTable(outcome.decisions, rule) else { return [] }
            return table.rows.map { $0[5] }
        }
        var free = rule
        free.stopsEarly = false
        #expect(series(rule) == ["delta", "largest cluster"] && series(free) == ["largest cluster"])
        #expect(
            deltas(rule).allSatisfy { $0 == .number(0.7) } && deltas(free).allSatisfy { $0 == .number(.nan) })
    }

    /// Two questions by hand: what was given, what was written besides, and what was pruned.
    @Test func aTallyCountsWhatCameOfQuestions() throws {
        let question = PhiDecodingTests.questions(1)[0]
        let right = PhiDecoding.Whole(tokens: question.answer, average: -0.1)
        let wrong = PhiDecoding.Whole(tokens: [1, PhiDecoding.Token.end], average: -0.2)
        let best = PhiDecoding.Whole(tokens: [2, PhiDecoding.Token.end], average: -0.05)
        func decision(_ answers: [PhiDecoding.Whole], clustered: Bool) -> PhiDecoding.Decision {
            let step = PhiDecoding.Passage(tokens: [1], logProbability: -1)
            return PhiDecoding.Decision(
                candidates: (0..<4).map {
                    .init(beam: 0, before: [], step: step, kept: $0 < answers.count ? $0 : nil)
                }, foreseen: answers.map { .init(parent: 0, value: $0.average, text: "aa") },
                answers: answers,
                choice: .init(
                    advantages: answers.map(\.average), eligible: [], labels: clustered ? [0, 0] : nil,
                    pool: [0, 1], weights: [0.75, 0.25], chosen: [0]), isLast: false)
        }
        var tally = PhiDecoding.Tally()
        tally.add(
            PhiDecoding.Outcome(
                answers: [wrong], chosen: 0, tokens: 100,
                decisions: [decision([right, wrong], clustered: true)]),
            question)
        tally.add(
            PhiDecoding.Outcome(
                answers: [right, best], chosen: 0, tokens: 40,
                decisions: [decision([wrong, wrong, wrong], clustered: false)]), question)
        let said = try PhiDecodingTests.said { tally.report(parameters: 10, $0) }.numbers
        #expect(said["validity"] == 0.5 && said["reachable"] == 1 && said["likeliest validity"] == 0.5)
        #expect(said["tokens"] == 70 && said["flops"] == 4_200)
        #expect(said["depth"] == 1 && said["kept share"] == 0.625 && said["clustered"] == 0.5)
        // P2 is (1, 0), then (0, 0).
        let own = try #require(said["step value accuracy"]), even = try #require(said["even value accuracy"])
        #expect(abs(own - (2 - 0.0625 - 0.3125) / 2) < 1e-12)
        #expect(abs(even - (2 - 0.25 - 0.25) / 2) < 1e-12)
    }
}
