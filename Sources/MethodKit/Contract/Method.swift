/// One paper's idea, small enough to train or run live, beside the baseline it improves on.
///
/// An engine is an `enum` without cases: it holds no state. Everything that changes while it runs is the
/// `state` of ``Trial/run(_:state:_:)``, so two arms can run at once without sharing, and pause, checkpoint,
/// resume and replay come with the loop.
public protocol Method: SendableMetatype {
    /// What a user can set; every property is an ``Input`` with a default.
    associatedtype Inputs: MethodInputs
    /// The variants that can be run, the baseline first.
    associatedtype Arm: MethodArm

    /// The method's identity: paper, idea, equations, data, and what differs from the paper.
    static var card: Card { get }

    /// Goes up whenever equal inputs and seed no longer give equal bits; stored with every session.
    static var version: Int { get }

    /// The parts of a trial, in the order in which ``run(_:_:)`` comes to them.
    static var stages: [Stage<Inputs>] { get }

    /// Uses of the method on files of the user's, in one step and without arms; none by default.
    static var tools: [Tool<Inputs>] { get }

    /// What a finished trial can be applied to, see ``Tool/apply(_:_:to:owns:reads:sample:_:)``; nothing by default.
    static var apply: Tool<Inputs>? { get }

    /// Every metric that the engine may report, the main one first.
    static var metrics: [Metric] { get }

    /// Named values of the inputs: at least `smoke`, `quick` and `full`.
    static var presets: [Preset<Inputs>] { get }

    /// What the recorded session is held to; the first is the headline.
    static var claims: [Claim] { get }

    /// Which arms become equal, bit for bit, when the idea is switched off by an input.
    static var coincidences: [Coincidence<Inputs>] { get }

    /// Runs one arm from start to end, and reports as it goes.
    ///
    /// Called on that trial's own queue. Draw data and initial weights, from streams of the trial, before the
    /// first line that looks at `arm`: arms with equal seeds then start equal.
    ///
    /// - Throws: `Stopped` when the user stops the trial, ``Diverged`` when a metric leaves the finite
    ///   numbers, or the method's own error when a user's file cannot be used.
    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws
}

/// The variants of a method; the first case is the baseline. The raw value is the name the user types and sees.
public protocol MethodArm: RawRepresentable<String>, CaseIterable, Sided {
    /// What the arm does, in a sentence.
    var help: String { get }
}

/// Named values of the inputs, set on top of the defaults.
public struct Preset<Inputs: MethodInputs>: Sendable {
    /// What the user types: `smoke` (seconds, for tests), `quick` (under a minute) or `full` (the claim's), and
    /// whatever else the method offers.
    public let name: String
    /// When to take it, in a sentence.
    public let help: String
    let change: @Sendable (inout Inputs) -> Void

    /// A preset that changes some of the defaults.
    public init(
        _ name: String, _ help: String, _ change: @escaping @Sendable (inout Inputs) -> Void = { _ in }
    ) {
        self.name = name
        self.help = help
        self.change = change
    }

    /// The defaults with this preset's changes.
    public var inputs: Inputs {
        var inputs = Inputs()
        change(&inputs)
        return inputs
    }
}

/// Two arms that are the same, bit for bit, under inputs that switch the idea off.
public struct Coincidence<Inputs: MethodInputs>: Sendable {
    /// The raw values of the two arms.
    public let arms: (String, String)
    /// Which input switches the idea off, in a sentence for the card.
    public let when: String
    /// Sets that input.
    public let change: @Sendable (inout Inputs) -> Void

    /// The arms `first` and `second` are equal after `change`.
    public init(
        _ first: some MethodArm, _ second: some MethodArm, when: String,
        _ change: @escaping @Sendable (inout Inputs) -> Void
    ) {
        arms = (first.rawValue, second.rawValue)
        self.when = when
        self.change = change
    }
}
