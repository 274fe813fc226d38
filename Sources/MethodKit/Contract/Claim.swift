import Base

/// A falsifiable sentence: conditions that must all be met, and beside them what the idea is worth over its controls.
/// The controller runs it; the engine does not judge itself.
///
/// The verdict is that of the worst condition. That is an intersection-union test: "all of them" is wrongly said only if the
/// one that is not met is wrongly found to be met, so each may be judged at its own level and nothing is corrected for their
/// number. Two claims of a method are two sentences, and each stands for itself.
public struct Claim: Sendable {
    /// The sentence, with its bounds in it.
    public let sentence: String
    /// What must be met, the headline first; the headline's first term is that of the arm with the idea.
    public let conditions: [Condition]
    /// What the idea is held against beside the paper's own baseline, at equal compute.
    public let controls: [Control]
    /// Why there is no control, in a sentence; empty where there is one.
    public let noControl: String
    /// The preset that the recorded session uses.
    public let preset: String
    /// The seeds it is reported on. The experiment was designed on others.
    public let seeds: [UInt64]
    /// What all arms are given equally much of, in a sentence.
    public let equalCompute: String

    /// A claim from its parts; the default seeds are those of every recorded claim.
    ///
    /// - Parameters:
    ///   - sentence: with its bounds in it.
    ///   - conditions: the headline first, whose first term has a positive weight and is that of the arm with the idea.
    ///   - controls: or a sentence that says why there is none.
    ///   - preset: its name.
    ///   - seeds: at least two.
    ///   - equalCompute: what all arms, controls included, are given equally much of.
    public init(
        _ sentence: String, conditions: [Condition], controls: Controls, preset: String = "full",
        seeds: [UInt64] = Claim.defaultSeeds, equalCompute: String
    ) {
        precondition(
            conditions.first.map { $0.terms[0].weight > 0 } == true,
            "a claim needs a condition whose first term has a positive weight")
        self.sentence = sentence
        self.conditions = conditions
        self.controls = controls.beside(conditions)
        noControl = controls.reason
        self.preset = preset
        self.seeds = seeds
        self.equalCompute = equalCompute
    }

    /// The seeds of recorded claims. Experiments are designed on seeds 1 to 3.
    public static let defaultSeeds: [UInt64] = [11, 12, 13, 14, 15]

    /// The condition that says who is better.
    public var headline: Condition { conditions[0] }

    /// The arm with the idea: the one that is run when none is named.
    public var arm: String { headline.terms[0].side.arms[0] }

    /// All arms that its conditions and controls read.
    public var arms: [String] {
        (conditions + controls.map(\.condition)).flatMap(\.arms).unique
    }

    /// All metrics that its conditions and controls read.
    public var metrics: Set<Metric> {
        Set((conditions + controls.map(\.condition)).flatMap(\.terms).map(\.metric))
    }

    /// Whether one session can test this claim and another: they are made for the same preset and seeds.
    public func isTested(with other: Claim) -> Bool { preset == other.preset && seeds == other.seeds }
}

/// Whatever could explain a claim's effect away, as an arm, and the condition that holds the idea against it.
public struct Control: Sendable {
    /// The control: what stands in "not beyond `preferred`".
    public let side: Condition.Side
    /// Met where the idea is beyond the control.
    public let condition: Condition

    /// A control whose comparison is not the headline's: another metric, another bound.
    public init(_ side: some Sided, _ condition: Condition) {
        (self.side, self.condition) = (side.side, condition)
    }

    /// The control's name in sentences: "`preferred`", "the best of `never`, `pairs`".
    public var name: String {
        let names = side.arms.map { "`\($0)`" }.joined(separator: ", ")
        return side.arms.count == 1 ? names : "the best of \(names)"
    }
}

/// The controls of a claim, or why it has none.
public struct Controls: Sendable {
    /// Why there is none; empty where there is one.
    let reason: String
    /// The controls of a claim with these conditions, the headline first.
    let beside: @Sendable (_ conditions: [Condition]) -> [Control]

    /// Arms that are held against the idea as the headline does it, but by no bound: its metric, scale and interval, the
    /// control in the baseline's place, better in the direction of the headline's bound; of a level, the difference to the
    /// control's; of a level within a range, in the metric's direction.
    public static func arms<Arms: Sided>(_ arms: Arms...) -> Controls {
        precondition(!arms.isEmpty, "without a control, say why there is none")
        return Controls(reason: "") { conditions in arms.map { Control($0, conditions[0].against($0.side)) } }
    }

    /// The same of every condition, not of the headline alone: for an idea that must be worth something on each.
    public static func armsOnEachCondition<Arms: Sided>(_ arms: Arms...) -> Controls {
        precondition(!arms.isEmpty, "without a control, say why there is none")
        return Controls(reason: "") { conditions in
            arms.flatMap { arm in conditions.map { Control(arm, $0.against(arm.side)) } }
        }
    }

    /// Controls with comparisons of their own.
    public static func conditions(_ controls: [Control]) -> Controls {
        precondition(!controls.isEmpty, "without a control, say why there is none")
        return Controls(reason: "") { _ in controls }
    }

    /// No control.
    ///
    /// - Parameter reason: a sentence.
    /// - Returns: an empty list that says why.
    public static func none(because reason: String) -> Controls {
        precondition(!reason.isEmpty, "without a control, say why there is none")
        return Controls(reason: reason) { _ in [] }
    }
}

extension Condition {
    /// The first term of this condition against a control: beyond it is beyond zero, or beyond a factor of one.
    fileprivate func against(_ control: Side) -> Condition {
        let metric = terms[0].metric, none = scale == .log ? 1.0 : 0
        let isAbove =
            switch bound {
            case .above: true
            case .below: false
            case .within: metric.better != .lower
            }
        return Condition(
            "\(metric.name): \(terms[0].side.name) \(scale == .log ? "to" : "over") \(control.name)",
            [Term(1, metric, terms[0].side), Term(-1, metric, control)], scale: scale,
            isAbove ? .above(none) : .below(none), interval: interval)
    }
}
