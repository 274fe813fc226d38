import MethodKit

extension Steve {
    static let version = 3

    static let card = Card(
        id: "steve", title: "STEVE: step verification and KTO",
        paper: Citation(
            authors: "Fanbin Lu et al.",
            title: "STEVE: A Step Verification Pipeline for Computer-use Agent Training",
            year: 2025, arXiv: "2503.12532"),
        idea:
            "A computer-use agent rolls out tasks; a verifier judges every single step good or bad; KTO learns from all of them, raising good actions and lowering bad ones against a reference policy. Fine-tuning can use the good steps only, and so cannot unlearn a wrong habit that it keeps on rolling out. Three rounds, each rolled out by the policy of the round before.",
        equations: [
            Equation(
                "§3.2", "y_t = V(x_t, {r_t, a_t}, x_{t+1}) in {good, neutral, harmful}",
                in: "Steve.Verifier.judge"),
            Equation(
                "§3.3",
                "r = log π(y|x) - log π_ref(y|x); good: λ_D (1 - σ(β (r - z0))); bad: λ_U (1 - σ(β (z0 - r)))",
                in: "Steve.KTO.outcome"),
            Equation(
                "§3.3",
                "z0 = max(0, mean over mismatched pairs of log π(y'|x) - log π_ref(y'|x)), no gradient",
                in: "Steve.KTO.z0"),
        ],
        data:
            "MiniDesk, made here: 60 concepts, each with a right widget and a look-alike; a screen shows both, three other widgets and Back; a task is four concepts with one step to spare. The demonstrations click the look-alike of 40 % of the concepts nine times of ten. The verifier is a comparison of the screens before and after, flipped for 7.7 % of early and 14.3 % of late steps.",
        headline:
            "WinAgentArena overall: SFT-7B 7.1, KTO-7B 14.2; the 23.0 often quoted is the grounding model with GPT-4o as planner. File Explorer reaches 46 in the third round. The verifier agrees with people on 92.3 % of early positive steps.",
        differences: [
            "The loss as printed, λ_y - σ(β (r - z0)) for good and bad steps alike, would raise bad actions; KTO's own form is used, as TRL computes it.",
            "z0 is left open in the paper; it is TRL's estimate: mismatched pairs by rotation within the batch, clamped at 0, no gradient.",
            "The paper does not say whether the reference is refreshed from round to round; here it stays the start agent, and the input 'reference' takes the policy at the round's start instead, as TRL would.",
            "β is 0.5 where the paper has 0.1. Each arm was given twelve settings on seeds 1 to 3: KTO eight learning rates at β 0.5 and four at 0.1, fine-tuning twelve learning rates. The best mean success there: KTO 0.88 (β 0.1: 0.67), fine-tuning 0.52.",
            "A two-layer perceptron over widget and concept vectors stands for the 7B vision-language model; there are no screenshots and no planner. All weights train; the input 'rank' freezes them and trains LoRA adapters (α 16) as in the paper, where KTO is ahead by less.",
            "Tasks are drawn by the desk's rules, which makes all of them feasible; the paper has a language model scale them from seeds and checks them. The metric 'grounding' stands for ScreenSpot after agent training.",
            "The paper's neutral verdicts become bad steps, or are left out by the input 'neutral'.",
            "Each update takes sixteen steps for either arm: sixteen good ones for fine-tuning, eight good and eight bad ones for KTO.",
            "A round has as many updates as two passes over the full step budgets of all its trajectories so far, whatever was used of them, so that both arms get the same number.",
            "A comparison with DPO is not possible on this data: steps are judged one by one, and there are no pairs.",
        ],
        remarks: remarks)

    static let presets = [
        Preset<Inputs>("smoke", "a few seconds, for tests") {
            ($0.concepts, $0.cloning, $0.trajectories, $0.tasks, $0.epochs) = (20, 60, 12, 60, 1)
        },
        Preset<Inputs>("quick", "under a minute") { ($0.trajectories, $0.tasks) = (60, 400) },
        Preset<Inputs>("full", "the claim's: three rounds of 100 trajectories") { $0.tasks = 2_000 },
        Preset<Inputs>(
            "collapse", "shared features, random mistakes, no habits: KTO with the paper's β = 0.1 collapses"
        ) {
            collapse(&$0)
        },
        Preset<Inputs>("repaired", "the same, with a steeper β that repairs it") {
            collapse(&$0)
            $0.beta = 2
        },
    ]

    static let coincidences = [
        Coincidence<Inputs>(
            Arm.start, Arm.kto, when: "λ_D = λ_U = 0: no step counts, and KTO leaves the start agent as it is"
        ) {
            ($0.goodWeight, $0.badWeight) = (0, 0)
        },
        Coincidence<Inputs>(Arm.kto, Arm.printed, when: "λ_U = 0: the two losses differ on bad steps alone") {
            $0.badWeight = 0
        },
    ]

    static let claims = [
        Claim(
            "After three rounds KTO's live task success exceeds fine-tuning's by at least 0.15 at equal updates, with the verifier's noise on.",
            metric: success, arm: Arm.kto, over: Arm.sft, threshold: 0.15,
            equalCompute:
                "updates of sixteen verified steps; each arm was given twelve settings, on seeds 1 to 3.")
    ]
}

private func collapse(_ inputs: inout Steve.Inputs) {
    (inputs.world, inputs.slips, inputs.cloning, inputs.reference) = (.shared, 0.1, 200, .round)
    (inputs.beta, inputs.ktoRate, inputs.sftRate, inputs.epochs) = (0.1, 1e-3, 1e-3, 6)
}

private let remarks: [String] = [
    "KTO can collapse: nothing bounds its push on bad actions. With features shared by all concepts, random mistakes and no habits (preset 'collapse', the paper's β) it ended at 0.71, 0.50 and 0.54 on seeds 1 to 3, where fine-tuning reached 0.90 to 0.96 and the start agent had 0.55 to 0.57; β = 2 (preset 'repaired') gave 0.92 to 0.96. Watch success beside both rewards.",
    "The arm 'printed' takes the loss at its word: it stays near the start agent and keeps its habits.",
    "Your own steps (tool 'score') give KTO's losses, z0 and reward margins by batch, the steps with the largest losses, and λ_D where the weights are out of KTO's advised balance. z0 comes from policy_kl_logp and ref_kl_logp, or from another line with the same state and action.",
]
