import Foundation
import Testing

@testable import MethodKit

/// What a condition is of, and the forms that are common.
@Suite struct ConditionTests {
    enum Arm: String, MethodArm {
        case old, new, mean, known
        var help: String { rawValue }
    }

    private let share = Metric("share", "that is right", better: .higher)
    private let distance = Metric("distance", "to the truth", better: .lower)
    private let motion = Metric("motion", "of real", better: .neither)

    @Test func theMetricsDirectionTurnsTheBound() {
        let higher = Condition.better(share, of: Arm.new, than: Arm.old, by: 0.1)
        #expect(higher.bound == .above(0.1) && higher.value(of: [0.75, 0.5]) == 0.25)
        #expect(higher.name == "share: new over old" && higher.isComparison && higher.arms == ["new", "old"])
        let lower = Condition.better(distance, of: Arm.new, than: Arm.old, by: 0.1)
        #expect(lower.bound == .below(-0.1) && lower.value(of: [1, 2]) == -1)
        #expect(Condition.notWorse(distance, of: Arm.new, than: Arm.old, by: 0.1).bound == .below(0.1))
        #expect(Condition.notWorse(share, of: Arm.new, than: Arm.old, by: 0.1).bound == .above(-0.1))
        #expect(Judgement([-1, -1.1, -0.9], of: lower).verdict == .holds)
    }

    @Test func aLogarithmicScaleJudgesFactors() throws {
        let ratio = Condition.ratio(distance, of: Arm.new, to: Arm.old, .below(0.5))
        let values = [[1.0, 4], [2, 8], [1, 4.1]].compactMap { ratio.value(of: $0) }
        #expect(abs(values[0] - log(0.25)) < 1e-12 && ratio.shown(values[0]) == 0.25)
        #expect(ratio.scaledBound.ends == [log(0.5)] && ratio.bound.ends == [0.5])
        #expect(Judgement(values, of: ratio).verdict == .holds)
        #expect(ratio.value(of: [0, 4]) == nil && ratio.value(of: [1, -4]) == nil)
    }

    @Test func aLevelHasNoSign() {
        let level = Condition.level(motion, of: Arm.new, .within(0.7...1.3))
        #expect(!level.isComparison && level.value(of: [0.9]) == 0.9 && level.name == "motion: new")
        let judgement = Judgement([0.9, 1, 1.1], of: level)
        #expect(judgement.verdict == .holds && judgement.signTest == nil)
    }

    /// 85 % of what the old arm gains over the best of two others: weights that sum to zero compare.
    @Test func threeArmsInOneSum() throws {
        let condition = Condition(
            "85 % of the gain",
            [
                .init(1, distance, Arm.new), .init(-0.85, distance, Arm.old),
                .init(-0.15, distance, Arm.best(.mean, .known)),
            ], .below(0))
        #expect(condition.isComparison && condition.arms == ["new", "old", "mean", "known"])
        let best = condition.terms[2].side
        #expect(best.name == "best of mean, known")
        #expect(best.value(of: distance) { ["mean": 5.0, "known": 4][$0] } == 4)
        #expect(best.value(of: share) { ["mean": 5.0, "known": 4][$0] } == 5)
        #expect(best.value(of: distance) { ["mean": 5.0][$0] } == nil)
        let value = try #require(condition.value(of: [1, 2, 4]))
        #expect(abs(value - (1 - 1.7 - 0.6)) < 1e-12)
    }

    @Test func aOneSidedIntervalIsNarrower() {
        let values = [0.02, 0.1, 0.01, 0.12, 0.03]
        let two = Judgement(values, of: .better(share, of: Arm.new, than: Arm.old, by: 0))
        let one = Judgement(
            values, of: .better(share, of: Arm.new, than: Arm.old, by: 0, interval: .oneSided))
        #expect(two.verdict == .notShown && one.verdict == .holds && one.mean == two.mean)
    }

    private func claim(_ headline: Condition, _ controls: Controls) -> Claim {
        Claim("", conditions: [headline], controls: controls, equalCompute: "")
    }

    /// A control stands in the baseline's place, and is held against no bound but being no worse.
    @Test func controlsFollowTheHeadline() {
        func control(_ headline: Condition) -> Condition? {
            claim(headline, .arms(Arm.known)).controls.first?.condition
        }
        let better = control(.better(share, of: Arm.new, than: Arm.old, by: 0.1, interval: .oneSided))
        #expect(better?.bound == .above(0) && better?.interval == .oneSided)
        #expect(better?.arms == ["new", "known"] && better?.name == "share: new over known")
        #expect(control(.better(distance, of: Arm.new, than: Arm.old, by: 0.1))?.bound == .below(0))
        let ratio = control(.ratio(distance, of: Arm.new, to: Arm.old, .below(0.5)))
        #expect(ratio?.bound == .below(1) && ratio?.scale == .log)
        let level = control(.level(share, of: Arm.new, .above(0.8)))
        #expect(level?.isComparison == true && level?.bound == .above(0) && level?.arms == ["new", "known"])
        #expect(control(.level(distance, of: Arm.new, .within(0...1)))?.bound == .below(0))
    }

    @Test func aClaimNamesAllThatItReads() {
        let own = Control(Arm.best(.mean, .known), .level(motion, of: Arm.mean, .below(1)))
        let both = claim(.better(share, of: Arm.new, than: Arm.old, by: 0.1), .conditions([own]))
        #expect(both.arms == ["new", "old", "mean"] && both.metrics == [share, motion] && both.arm == "new")
        #expect(own.name == "the best of `mean`, `known`" && both.noControl.isEmpty)
        let none = claim(
            .better(share, of: Arm.new, than: Arm.old, by: 0.1), .none(because: "There is none."))
        #expect(none.controls.isEmpty && none.noControl == "There is none.")
    }
}
