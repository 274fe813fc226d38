import Testing

@testable import MethodKit

/// Every place where an interval can lie beside a bound and zero.
@Suite struct JudgementTests {
    struct Place: Sendable {
        let ends: (Double, Double), bound: Double, verdict: Judgement.Verdict
        init(_ low: Double, _ high: Double, above bound: Double, _ verdict: Judgement.Verdict) {
            (ends, self.bound, self.verdict) = ((low, high), bound, verdict)
        }
    }

    static let comparisons = [
        // An effect is asked for.
        Place(0.2, 0.3, above: 0.15, .holds), Place(0.16, 0.9, above: 0.15, .holds),
        Place(0.05, 0.3, above: 0.15, .directionOnly), Place(0.05, 0.1, above: 0.15, .directionOnly),
        Place(0.15, 0.3, above: 0.15, .directionOnly),
        Place(-0.1, 0.3, above: 0.15, .notShown), Place(-0.1, 0.1, above: 0.15, .notShown),
        Place(0, 0.1, above: 0.15, .notShown), Place(-0.1, 0, above: 0.15, .notShown),
        Place(-0.3, -0.1, above: 0.15, .contradicted),
        // Only the sign is asked for.
        Place(0.01, 0.1, above: 0, .holds), Place(-0.1, 0.1, above: 0, .notShown),
        Place(0, 0, above: 0, .notShown), Place(-0.1, -0.01, above: 0, .contradicted),
        // A loss is allowed.
        Place(0.01, 0.1, above: -0.03, .holds), Place(-0.02, 0.1, above: -0.03, .holds),
        Place(-0.02, -0.01, above: -0.03, .holds), Place(-0.1, 0.1, above: -0.03, .notShown),
        Place(-0.1, -0.01, above: -0.03, .notShown), Place(-0.1, -0.04, above: -0.03, .contradicted),
    ]

    static let levels = [
        Place(0.9, 0.95, above: 0.85, .holds), Place(0.8, 0.9, above: 0.85, .notShown),
        Place(-0.1, 0.9, above: 0.85, .notShown), Place(0.1, 0.2, above: 0.85, .contradicted),
        Place(-0.2, -0.1, above: 0.85, .contradicted), Place(-2, -1.5, above: -3, .holds),
        Place(-2, 0.1, above: -1, .notShown), Place(-2, -1.5, above: -1, .contradicted),
    ]

    private func verdict(_ low: Double, _ high: Double, _ bound: Condition.Bound, _ isComparison: Bool)
        -> Judgement.Verdict
    { Judgement.verdict(low: low, high: high, bound, isComparison: isComparison) }

    @Test(arguments: comparisons) func aComparison(_ place: Place) {
        let (low, high) = place.ends
        #expect(verdict(low, high, .above(place.bound), true) == place.verdict)
        #expect(verdict(-high, -low, .below(-place.bound), true) == place.verdict)
    }

    @Test(arguments: levels) func aLevel(_ place: Place) {
        let (low, high) = place.ends
        #expect(verdict(low, high, .above(place.bound), false) == place.verdict)
        #expect(verdict(-high, -low, .below(-place.bound), false) == place.verdict)
    }

    /// A range has no good side of zero, also where it compares.
    @Test(arguments: [
        (-0.02, 0.02, Judgement.Verdict.holds), (0.01, 0.02, .holds), (-0.05, 0.01, .notShown),
        (0.01, 0.05, .notShown), (-0.2, 0.2, .notShown), (0.04, 0.06, .contradicted),
        (-0.06, -0.04, .contradicted), (-0.03, 0.03, .notShown),
    ])
    func aRange(_ low: Double, _ high: Double, _ expected: Judgement.Verdict) {
        for isComparison in [true, false] {
            #expect(verdict(low, high, .within(-0.03...0.03), isComparison) == expected)
        }
    }

    @Test func theWorstOfTwoDecides() {
        let order: [Judgement.Verdict] = [.holds, .directionOnly, .notShown, .undecided, .contradicted]
        for (place, verdict) in order.enumerated() {
            for (other, better) in order.enumerated() {
                #expect(verdict.isWorse(than: better) == (place > other))
            }
        }
    }
}
