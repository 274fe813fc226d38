import MethodKit
import SessionControl
import Testing

/// What a session says of a claim with several conditions and controls.
@Suite struct ClaimReportTests {
    enum Arm: String, MethodArm {
        case old, new, plain, tuned
        var help: String { rawValue }
    }

    private static let share = Metric("share", "that is right", better: .higher)
    private static let size = Metric("size", "of it", better: .lower)
    private static let claim = Claim(
        "New is better by 0.1, at most half as large.",
        conditions: [
            .better(share, of: Arm.new, than: Arm.old, by: 0.1),
            .ratio(size, of: Arm.new, to: Arm.old, .below(0.5)),
        ],
        controls: .arms(Arm.plain, Arm.tuned), equalCompute: "steps")

    /// Means of share and size by arm; seeds differ a little, so that intervals are short.
    private func report(
        _ means: [String: (share: Double, size: Double)], seeds: [UInt64] = [1, 2, 3],
        without: (arm: String, seed: UInt64)? = nil
    ) -> ClaimReport {
        ClaimReport(Self.claim, arms: means.keys.sorted(), seeds: seeds) { metric, arm, seed in
            guard let mean = means[arm], (arm, seed) != without ?? ("", 0) else { return nil }
            let noise = Double(seed) * (arm == "new" ? 0.001 : 0.0015)
            return metric.name == "share" ? mean.share + noise : mean.size * (1 + noise)
        }
    }

    private let good: [String: (share: Double, size: Double)] = [
        "old": (0.3, 4), "new": (0.8, 1), "plain": (0.5, 0), "tuned": (0.6, 0),
    ]

    private func changed(_ change: (inout [String: (share: Double, size: Double)]) -> Void) -> ClaimReport {
        var means = good
        change(&means)
        return report(means)
    }

    @Test func theVerdictIsTheWorstConditions() {
        #expect(report(good).verdict == .holds)
        let direction = changed { $0["new"]?.size = 3 }
        #expect(direction.conditions.map(\.verdict) == [.holds, .directionOnly])
        #expect(direction.verdict == .directionOnly)
        #expect(changed { $0["new"] = (0.8, 5) }.verdict == .contradicted)
        #expect(changed { $0["new"] = (0.2, 1) }.verdict == .contradicted)
    }

    /// The strongest control is the one against which the idea does worst.
    @Test func theStrongestControlStandsBesideTheVerdict() {
        let both = report(good)
        #expect(
            both.strongest?.control.side.name == "tuned" && both.finding.text == "holds, and beyond `tuned`")
        let behind = changed { $0["plain"]?.share = 0.9 }
        #expect(behind.finding.text == "holds; behind `plain`" && behind.finding.control == .behind)
        let wide = ClaimReport(Self.claim, arms: ["new", "old", "plain", "tuned"], seeds: [1, 2, 3]) {
            metric, arm, seed in
            let noise = arm == "plain" ? [-0.2, 0, 0.2][Int(seed) - 1] : 0
            return metric.name == "share" ? (good[arm]?.share ?? 0) + noise : good[arm]?.size
        }
        // Its mean effect is larger than that over the other, and yet it is the one that nothing is shown against.
        #expect(
            wide.strongest?.control.side.name == "plain" && wide.finding.text == "holds; not beyond `plain`")
    }

    @Test func aControlThatWasNotRunIsSaidToBe() {
        let one = changed { $0["tuned"] = nil }
        #expect(one.finding.text == "holds; `tuned` not run" && one.finding.control == .unknown)
        #expect(one.controls[1].report.notRun == ["tuned"])
        let known = changed { means in
            means["tuned"] = nil
            means["plain"]?.share = 0.9
        }
        #expect(known.finding.text == "holds; behind `plain`")
        let none = Claim(
            "", conditions: Self.claim.conditions, controls: .none(because: "No."), equalCompute: "")
        let report = ClaimReport(none, arms: ["new", "old"], seeds: [1, 2]) { metric, arm, seed in
            metric.name == "share" ? good[arm]?.share : good[arm]?.size
        }
        #expect(report.finding.text == "holds; no control" && report.finding.control == nil)
    }

    @Test func nothingIsSaidBeforeAllSeedsAreIn() {
        let part = report(good, without: ("old", 2))
        #expect(part.verdict == .undecided && part.finding.text == "undecided, 2 of 3")
        #expect(part.complete == [1, 3] && part.headline.rows.map(\.seed) == [1, 3])
        #expect(part.headline.gaps.map(\.reason) == [.unfinished(arms: ["old"])])
        let arm = changed { $0["old"] = nil }
        #expect(arm.finding.text == "undecided; `old` not run")
        // What is contradicted stays so, whatever another condition's seeds will say.
        let early = ClaimReport(Self.claim, arms: ["new", "old"], seeds: [1, 2, 3]) { metric, arm, seed in
            if metric.name == "size" { return seed == 3 ? nil : 1 }
            return (arm == "new" ? 0.1 : 0.9) + Double(seed) / 1000
        }
        #expect(early.verdict == .contradicted)
    }

    @Test func aLogarithmOfNothingIsAMissingSeed() {
        let zero = ClaimReport(Self.claim, arms: ["new", "old"], seeds: [1, 2, 3]) { metric, arm, seed in
            if metric.name == "size" { return seed == 2 && arm == "old" ? 0 : arm == "old" ? 4 : 1 }
            return good[arm]?.share
        }
        #expect(
            zero.conditions[1].gaps == [
                .init(seed: 2, reason: .notPositive(0, metric: "size", of: "old"))
            ])
        #expect(zero.conditions[0].gaps.isEmpty && zero.finding.text == "undecided, 2 of 3")
    }
}
