import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store
import Testing

/// What is told of a claim, and who won.
@Suite struct ClaimTests {
    enum Arm: String, MethodArm {
        case old, new
        var help: String { rawValue }
    }

    private let accuracy = Metric("accuracy", "share that is right", better: .higher)
    private let loss = Metric("loss", "to be small", better: .lower)

    /// The view of a session and its store give the same values: one function judges them.
    @Test func theViewsReportIsTheStores() throws {
        let fixture = try Fixture(), method = try Fixture.method("steve")
        let claim = try #require(method.claims.first)
        let plan = try SessionPlan(
            method, arms: ["sft", "kto"], seeds: [1, 2], preset: "smoke", purpose: .claim)
        let (session, _) = try fixture.controller.start(plan)
        #expect(fixture.controller.wait(timeout: .now() + 120))
        let view = try Recording(session, fixture.store, path: fixture.store.path, total: { _ in 0 }).whole
        let stored = try ClaimReport(claim, in: session, store: fixture.store)
        #expect(view.report(of: claim).headline.rows == stored.headline.rows)
        #expect(stored.headline.rows.count == 2 && view.report(of: claim).finding == stored.finding)
        let ending = try #require(view.ending(method))
        #expect(
            ending.hasPrefix("steve, 2 seeds: \(stored.finding.text). success: kto over sft "), "\(ending)")
    }

    @Test func valuesAndBoundsAreShownAsFactorsOnALogarithmicScale() {
        let ratio = Condition(
            "loss", [.init(1, loss, Arm.new), .init(-1, loss, Arm.old)],
            scale: .log, .below(0.9))
        let values = [[1.0, 2], [2, 4], [4, 8]].compactMap { ratio.value(of: $0) }
        #expect(ratio.text(Judgement(values, of: ratio)) == "factor 0.5 [0.5, 0.5]")
        #expect(ratio.boundText == "below 0.9")
        let level = Condition("loss", [.init(1, loss, Arm.new)], .within(0.7...1.3))
        #expect(
            level.text(Judgement([1, 1], of: level)) == "1 [1, 1]" && level.boundText == "within 0.7 to 1.3")
        #expect(level.text(Judgement([1], of: level)) == "1")
        let gap = ConditionReport.Gap(seed: 12, reason: .notPositive(0, metric: "loss", of: "new"))
        #expect(gap.text == "12 (loss of new is 0, which has no logarithm)")
    }

    @Test func aContestSaysWhoWonAndByHowMuch() {
        func contest(
            _ metric: Metric, _ a: [UInt64: Double], _ b: [UInt64: Double],
            _ scale: Condition.Scale = .linear
        ) -> Contest { Contest(metric, .init("new", a), .init("old", b), scale: scale) }
        let one = contest(accuracy, [1: 0.9], [1: 0.5])
        #expect(
            one.answer == .first
                && one.sentence
                    == "new won on accuracy, 0.9 against 0.5 of old: better by 0.4, with one seed."
        )
        let lower = contest(loss, [1: 2, 2: 2.1, 3: 1.9], [1: 1, 2: 1.2, 3: 0.8])
        #expect(lower.answer == .second)
        #expect(lower.sentence.hasPrefix("old won on loss: better than new by 1 [0.75"), "\(lower.sentence)")
        let close = contest(accuracy, [1: 0.5, 2: 0.6], [1: 0.6, 2: 0.5])
        #expect(close.answer == .unknown && close.sentence.hasPrefix("It cannot be told who won on accuracy"))
        let apart = contest(accuracy, [1: 0.5], [2: 0.6])
        #expect(apart.answer == .unknown && apart.sentence.contains("no finished trials with one seed"))
        #expect(contest(accuracy, [1: 0.5, 2: 0.7], [1: 0.5, 2: 0.7]).answer == .equal)
        let ratio = contest(accuracy, [1: 2], [1: 1], .log)
        #expect(ratio.sentence.contains("better by a factor of 2, with one seed"))
    }

    @Test func withoutTheClaimsArmsTheBestIsComparedWithTheNext() throws {
        let method = try Fixture.method("steve")
        let values: [String: [UInt64: Double]] = ["start": [1: 0.2], "printed": [1: 0.6], "kto": [1: 0.4]]
        let best = try #require(method.contest(["start", "kto", "printed"], values))
        #expect(best.first.name == "printed" && best.second.name == "kto")
        let claims = try #require(method.contest(["start", "sft", "kto"], values))
        #expect(claims.first.name == "kto" && claims.second.name == "sft" && claims.answer == .unknown)
        #expect(method.contest(["kto"], values) == nil)
    }

    /// Sessions that ran one arm each are compared all the same, and what was cut off is left out.
    @Test func sessionsAreComparedOnFinishedTrials() throws {
        let fixture = try Fixture(), method = try Fixture.method("steve")
        for arm in ["sft", "kto"] {
            _ = try fixture.controller.start(
                SessionPlan(method, arms: [arm], seeds: [1], preset: "smoke", purpose: .run))
        }
        #expect(fixture.controller.wait(timeout: .now() + 120))
        let comparison = try Comparison(try fixture.store.sessions(), store: fixture.store)
        let headline = try #require(method.headline)
        let contest = try #require(comparison.contests(headline, 1).first)
        #expect(contest.first.name.hasPrefix("kto of ") && contest.second.name.hasPrefix("sft of "))
        #expect(contest.seeds == [1])
    }
}
