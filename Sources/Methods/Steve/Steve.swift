import MethodKit
import Tensors

/// STEVE: step verification and KTO (Lu et al. 2025), on a desk of widgets.
///
/// Idea. An agent rolls out tasks; a verifier judges every *step* good or bad; KTO learns from all steps, pushing
/// good ones up and bad ones down against a reference policy, where fine-tuning can learn from the good ones alone.
/// Repeated for three rounds, each rolled out by the policy of the round before. The arms differ in `SteveIdea.swift`.
///
/// Equations, with the functions that compute them:
/// - §3.2 y_t = V(x_t, {r_t, a_t}, x_{t+1}): `Verifier.judge`
/// - §3.3 r = log π(y|x) - log π_ref(y|x); loss λ_D (1 - σ(β (r - z0))) or λ_U (1 - σ(β (z0 - r))): `KTO.outcome`
/// - §3.3 z0 = max(0, mean of r over mismatched pairs), no gradient: `KTO.z0`, `KTO.mismatched`
///
/// What differs from the paper is on the card, see `SteveCard.swift`.
enum Steve: Method {
    /// The start agent is the baseline of all; fine-tuning is what the paper compares with, `printed` shows why the
    /// loss cannot be meant as it is printed, `zero` and `outcome` take one part of KTO away, and the arms after them are
    /// controls that use the same verified steps.
    enum Arm: String, MethodArm {
        case start, sft, kto, ktoPaper, zero, outcome, printed
        case balanced, filtered, masked, unlikelihood, reinforce

        var help: String {
            switch self {
            case .start: "the start agent: cloned from demonstrations, rolled out, never trained again"
            case .sft: "fine-tuning on the steps that the verifier calls good"
            case .kto: "KTO on all verified steps, good and bad, with the input β"
            case .ktoPaper: "KTO with the paper's β = 0.1"
            case .zero: "KTO with z0 = 0: rewards are held against nothing"
            case .outcome: "KTO with every step labelled by whether its task was done; no step is verified"
            case .printed: "KTO with the loss as the paper prints it, whose slope raises bad actions too"
            case .balanced: "fine-tuning on good steps drawn by concept, so that seldom ones count as much"
            case .filtered: "cloning of whole trajectories that did their task; no step is verified"
            case .masked: "fine-tuning, and no click on what was called bad more often than good"
            case .unlikelihood: "-log π of good steps, -log(1 - π) of bad ones; no reference"
            case .reinforce: "-log π of good steps, log π of bad ones, drawn again and again; no reference"
            }
        }
    }

    /// Where the agent works.
    enum World: String, InputChoice, CaseIterable, Codable, Sendable { case habits, shared }
    /// What becomes of steps that the verifier calls neutral.
    enum Neutral: String, InputChoice, CaseIterable, Codable, Sendable { case bad, ignored }
    /// Which policy KTO is held to.
    enum Reference: String, InputChoice, CaseIterable, Codable, Sendable { case start, round }

    /// The defaults are the recorded claim's, but for its 2,000 tasks a test.
    struct Inputs: MethodInputs {
        @Input("habits: each concept is learnt by itself, some wrongly; shared: all share fixed features")
        var world = World.habits
        @Input("concepts of the demonstrations; the last fifth is in no round", in: 20...200)
        var concepts = 75
        @Input(
            "share of concepts that the demonstrations click wrongly by habit", in: 0...1,
            needs: .input("world", is: "habits")) var habits =
            0.4
        @Input("share of the demonstrations' clicks that go anywhere", in: 0...1) var slips = 0.03
        @Input("updates of the start agent on demonstrations, 64 clicks each", in: 1...5_000)
        var cloning = 400
        @Input("trajectories rolled out in each of the three rounds", in: 4...1_000) var trajectories =
            50
        @Input(
            "steps drawn in each round, with replacement, as a multiple of the step budgets of all trajectories so far",
            in: 0...20) var epochs = 2
        @Input("new tasks in each test", in: 10...10_000) var tasks = 1_000
        @Input("how steeply a reward counts", in: 0.001...20, live: true, symbol: "β") var beta = 1.0
        @Input("weight of good steps", in: 0...10, live: true, symbol: "λ_D") var goodWeight = 1.0
        @Input("weight of bad steps", in: 0...10, live: true, symbol: "λ_U") var badWeight = 1.0
        @Input("learning rate; 0 takes the arm's own, tuned one", in: 0...0.1, live: true) var rate = 0.0
        @Input(
            "how often the verifier errs beyond what it sees, as a multiple of the paper's rates", in: 0...3,
            live: true)
        var noise = 1.0
        @Input(
            "share of pixels that change by themselves, which mislead the verifier", in: 0...0.5, live: true)
        var stray = 0.04
        @Input("whether steps that are called neutral count as bad or are left out") var neutral = Neutral.bad
        @Input("KTO's reference: the start agent, or the policy at the round's start", symbol: "π_ref")
        var reference = Reference.start
        @Input(
            "rank of the LoRA adapters on a frozen base, as in the paper; 0 trains all weights",
            in: 0...256, symbol: "r")
        var rank = 0
        @Input(
            "your own steps, judged: {state, action, label, policy_logp, ref_logp} a line",
            kinds: ["jsonl", "ndjson"])
        var steps = InputFile()

        init() {}

        /// Updates of one round: as many steps as `epochs` passes over the step budgets of all trajectories so far would
        /// have, in batches of 16. Steps are drawn with replacement, so no pass is complete.
        func updates(inRound round: Int) -> Int {
            // The mean budget of a trajectory, whether it was used or not: an arm that succeeds sooner, and so has
            // fewer steps, gets no fewer updates.
            return (epochs * round * trajectories * MiniDesk.meanBudget + batch - 1) / batch
        }
    }

    /// Steps in a batch: half of them good for KTO, all of them for what clones.
    static let batch = 16

    // What the policy can do, on the same new tasks for every arm: success is the claim's.
    static let success = Metric(
        "success", "share of new tasks done within their step budget, clicks drawn from the policy",
        better: .higher)
    static let firstSuccess = Metric(
        "first round success", "success after the first of the three rounds", better: .higher)
    static let greedySuccess = Metric(
        "greedy success", "share of the same tasks done with the likeliest click instead of a drawn one",
        better: .higher)
    static let layoutSuccess = Metric(
        "new layout success", "share of tasks done beside widgets that were never shown with the concept",
        better: .higher)
    static let conceptSuccess = Metric(
        "new concept success",
        "share of tasks done with concepts and words that no round asked for or showed",
        better: .higher)
    static let chance = Metric(
        "chance", "share of the same tasks done by clicks on anything", better: .neither)
    static let rightClicks = Metric(
        "right clicks", "share of clicks in new tasks on the right widget", better: .higher)
    // What an arm does to the steps that it learns from: log-ratios that move apart are no success by themselves. They
    // are without β, so that arms with different ones can be compared, and by verdict whatever the arm learns from.
    static let goodRatio = Metric(
        "good log-ratio", "mean log π - log π_ref of the batch's steps that were called good", better: .higher
    )
    static let badRatio = Metric(
        "bad log-ratio", "the same of the steps that were called bad", better: .lower)
    static let ratioMargin = Metric(
        "log-ratio margin", "good log-ratio minus bad log-ratio", better: .higher)
    static let z0 = Metric("z0", "KTO's reference point on the batch", better: .neither)
    static let zeroShare = Metric(
        "z0 is zero", "share of the updates so far whose reference point was clamped at 0", better: .neither)
    // The tool's, of the user's own run, on its own scale.
    static let goodReward = Metric("good reward", "mean β r of your good steps", better: .higher)
    static let badReward = Metric("bad reward", "mean β r of your bad steps", better: .lower)
    static let rewardMargin = Metric("reward margin", "good reward minus bad reward", better: .higher)
    static let loss = Metric("loss", "mean loss of the arm on its batch", better: .neither)
    // What the data are worth: how often the verifier is right, how many steps there are.
    static let agreement = Metric(
        "agreement", "share of a round's steps that the verifier judges as they are", better: .neither)
    static let earlyAgreement = Metric(
        "early agreement", "agreement on right clicks up to step 7: the paper's early positive steps",
        better: .neither)
    static let lateAgreement = Metric(
        "late agreement", "agreement on right clicks after step 7", better: .neither)
    static let cloneLoss = Metric(
        "clone loss", "cross-entropy of the start agent on demonstrations", better: .lower)
    static let updates = Metric(
        "updates", "updates of 16 steps given so far, those that found no step to draw included",
        better: .neither)
    static let lookAlikes = Metric(
        "look-alike clicks", "share of clicks in new tasks on the look-alike: the habits", better: .lower)
    static let grounding = Metric(
        "grounding",
        "share of right clicks in new tasks on concepts that the demonstrations click rightly",
        better: .higher)
    static let conceptGrounding = Metric(
        "new concept grounding",
        "the same of concepts that no round asked for: what is kept of what is not trained", better: .higher)
    static let verified = Metric(
        "verified steps", "steps verified so far, which updates draw from", unit: "steps", better: .neither)
    static let metrics = [
        success, greedySuccess, layoutSuccess, conceptSuccess, firstSuccess, chance, rightClicks, lookAlikes,
        grounding, conceptGrounding, goodRatio, badRatio, ratioMargin, z0, zeroShare, loss, agreement,
        earlyAgreement, lateAgreement, verified, updates, cloneLoss, goodReward, badReward, rewardMargin,
    ]

    // Shared by all arms: no live input reaches it. `tasks` is read because the start agent is tested at its end.
    static let clone = Stage<Inputs>.shared(
        "clone", unit: "update", reads: [\.world, \.concepts, \.habits, \.slips, \.cloning, \.tasks]
    ) { $0.cloning }
    // Three rounds as in the paper. Roll-outs belong to the arm: each round shows what that arm's policy does.
    static let rollOut = (1...3).map { round in
        Stage<Inputs>("roll out \(round)", unit: "trajectory") { $0.trajectories }
    }
    // The start agent is never trained again.
    static let train = (1...3).map { round in
        Stage<Inputs>("train \(round)", unit: "update", for: Arm.allCases.filter { $0 != .start }) {
            $0.updates(inRound: round)
        }
    }
    static let stages = [clone] + zip(rollOut, train).flatMap { [$0, $1] }

    static let tools = [
        Tool<Inputs>(
            "score", "KTO's losses, reference points and rewards of your own run's judged steps",
            owns: [\.steps], reads: [\.beta, \.goodWeight, \.badWeight, \.neutral],
            sample: { "\(ShippedFolder.steps.path)/steps.jsonl" }
        ) { inputs, trial in try score(inputs, trial) }
    ]

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        // Everything is drawn from streams of the trial, named by what they are for: arms with one seed start
        // equal.
        var pixels = trial.stream("pixels")
        let desk = MiniDesk(concepts: trial.inputs.concepts, using: &pixels)
        var state = try cloned(desk, trial)
        // Adapters are the arm's own, but drawn alike for all of them.
        var adapters = trial.stream("adapters")
        state.policy.adapt(rank: trial.inputs.rank, using: &adapters)
        for round in 1...3 {
            try trial.run(rollOut[round - 1], state: &state) { state, trajectory, inputs in
                // The round's beginning is set inside the stage, so that a trial that goes on after a stop finds
                // it.
                if trajectory == 1 { state.roundBegin = state.judged.count }
                state.rollOut(arm, desk, inputs, showing: trajectory % 50 == 1 ? trial : nil)
                if trajectory == inputs.trajectories { state.reportAgreement(desk, trial) }
            }
            // Between two stages: what it changes is part of the state that the next one starts from.
            try state.begin(inputs: trial.inputs)
            try trial.run(train[round - 1], state: &state) { state, update, inputs in
                let total = inputs.updates(inRound: round)
                state.learn(arm, inputs, at: update, of: total, trial)
                if update == total {
                    state.end(round, arm, desk, inputs, trial)
                } else if update % 50 == 0 {
                    state.testOnTheWay(arm, desk, inputs, trial)
                }
            }
        }
    }

    // MARK: The start agent

    /// Clones the demonstrations: cross-entropy on 64 clicks an update.
    private static func cloned(_ desk: MiniDesk, _ trial: Trial<Inputs>) throws -> State {
        var (state, demonstrator) = untrained(desk, trial)
        try trial.run(clone, state: &state) { state, update, inputs in
            let (screens, clicks) = state.demonstrations(by: demonstrator)
            let loss = state.policy.logits(screens).crossEntropy(clicks)  // a mean over the 64 clicks
            loss.backward()
            state.optimiser.step(state.policy, rate: 3e-3)
            if trial.isDue(every: 50) { trial.report(cloneLoss, Double(loss.item)) }
            if update == inputs.cloning { state.endCloning(desk, inputs, trial) }
        }
        return state
    }

    /// What the demonstrations begin with, and who makes them.
    static func untrained(
        _ desk: MiniDesk, _ trial: Trial<Inputs>
    ) -> (state: State, demonstrator: Demonstrator) {
        var habits = trial.stream("habits"), weights = trial.stream("weights")
        let inputs = trial.inputs
        // In the world of shared features mistakes are slips alone: no concept is learnt wrongly by itself.
        let demonstrator = Demonstrator(
            desk: desk, habitShare: inputs.world == .habits ? inputs.habits : 0, slips: inputs.slips,
            using: &habits)
        let policy = Policy(desk, sharesFeatures: inputs.world == .shared, using: &weights)
        var state = State(policy: policy, trial)
        state.habitual = demonstrator.habits.sorted()
        return (state, demonstrator)
    }
}
