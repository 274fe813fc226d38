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
            "MiniDesk, made here: 75 concepts, each with a right widget and a look-alike, of which 15 are in the demonstrations alone; a screen shows both, three other widgets and Back; a task is two to eight concepts with two steps to spare. The demonstrations click the look-alike of 40 % of the concepts nine times of ten. Each click changes some of 64 pixels; the verifier compares them before and after with what a right click would change, is misled by pixels that change by themselves, and errs besides on 7.7 % of steps up to the seventh and on 14.3 % of later ones.",
        headline:
            "WinAgentArena overall: SFT-7B 7.1, KTO-7B 14.2; the 23.0 often quoted is the grounding model with GPT-4o as planner. File Explorer reaches 46 in the third round. The verifier agrees with people on 92.3 % of early positive steps.",
        differences: [
            "The loss as printed, λ_y - σ(β (r - z0)) for good and bad steps alike, would raise bad actions; KTO's own form is used, as TRL computes it. The arm 'printed' is the paper's.",
            "z0 is left open in the paper; it is TRL's estimate: mismatched pairs by rotation within the batch, clamped at 0, no gradient. A mismatched answer is the slot clicked on the screen before it in the batch.",
            "The paper does not say whether the reference is refreshed from round to round; here it stays the start agent, and the input 'reference' takes the policy at the round's start instead, as TRL would.",
            "β is 1 in the arm 'kto'; the paper's 0.1 is the arm 'ktoPaper', with a learning rate tuned for it.",
            "A two-layer perceptron over widget and concept vectors stands for the 7B vision-language model; there are no screenshots and no planner. All weights train; the input 'rank' freezes them and trains LoRA adapters (α 16) as in the paper.",
            "The paper's verifier is GPT-4o with a prompt; here it is a comparison of 64 pixels, and of r_t and a_t it reads the wanted concept alone. Judgements of a real one come in by the input 'steps'.",
            "Tasks are drawn by the desk's rules, which makes all of them feasible; the paper has a language model scale them from seeds and checks them. The metrics 'grounding' and 'new concept grounding' stand for ScreenSpot after agent training.",
            "The paper's neutral verdicts become bad steps, or are left out by the input 'neutral'.",
            "Each update takes sixteen steps for every arm: sixteen good ones for what clones, eight good and eight bad ones for KTO and for the controls that know bad steps.",
            "A round has as many updates as two passes over the mean step budget of all its trajectories so far, whatever was used of them, so that all arms get the same number.",
            "A comparison with DPO is not possible on this data: steps are judged one by one, and there are no pairs.",
        ],
        remarks: remarks, parts: parts, signs: signs, tuning: tuning)

    static let presets = [
        Preset<Inputs>("smoke", "a few seconds, for tests") {
            ($0.concepts, $0.cloning, $0.trajectories, $0.tasks, $0.epochs) = (20, 60, 12, 60, 1)
        },
        Preset<Inputs>("quick", "under a minute") { $0.tasks = 400 },
        Preset<Inputs>("full", "the claim's: three rounds of 50 trajectories, 2,000 tasks a test") {
            $0.tasks = 2_000
        },
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
        Coincidence<Inputs>(Arm.start, Arm.unlikelihood, when: "λ_D = λ_U = 0: no step counts here either") {
            ($0.goodWeight, $0.badWeight) = (0, 0)
        },
        Coincidence<Inputs>(Arm.start, Arm.reinforce, when: "λ_D = λ_U = 0: no step has a reward") {
            ($0.goodWeight, $0.badWeight) = (0, 0)
        },
        Coincidence<Inputs>(
            Arm.kto, Arm.ktoPaper,
            when: "β = 0.1 and equal rates: the arms differ in β and in their tuned rates"
        ) {
            ($0.beta, $0.rate) = (0.1, 1e-3)
        },
    ]

    static let claims = [
        Claim(
            "After three rounds KTO's live task success exceeds fine-tuning's by at least 0.15 at equal updates, with the verifier's noise on.",
            conditions: [.better(success, of: Arm.kto, than: Arm.sft, by: 0.15)],
            controls: .arms(Arm.unlikelihood, .masked, .reinforce, .balanced, .filtered),
            equalCompute:
                "updates of sixteen verified steps; each arm was given 10 to 26 settings, on seeds 1 to 3.")
    ]
}

private func collapse(_ inputs: inout Steve.Inputs) {
    (inputs.world, inputs.slips, inputs.cloning, inputs.reference) = (.shared, 0.1, 200, .round)
    (inputs.beta, inputs.rate, inputs.epochs) = (0.1, 1e-3, 12)
}

private let remarks: [String] = [
    "What the gain is: fine-tuning cannot use bad steps, and whatever can use them gains much of what KTO gains. 'unlikelihood', without a reference and with equal updates and as many settings tried, is level with KTO in the recording, and ahead with greedy clicks; 'masked' remembers what was called bad and lies between; a plain policy gradient ('reinforce') collapses at rates at which KTO does not. Drawing good steps by concept ('balanced') and cloning done trajectories ('filtered') explain nothing of it.",
    "The paper's β = 0.1 ('ktoPaper') is ahead of fine-tuning on most seeds only. There r is a sum over the tokens of an answer, here over one click, so that rewards of like size need a larger β.",
    "The paper says that fine-tuning loses grounding and that KTO keeps it. Here it is the other way round: on concepts that no round asks for, fine-tuning keeps nearly all that was known and KTO loses part of it, at β = 0.1 most of it. On seeds 1 to 3 'new concept grounding' was 0.97 for the start agent and for fine-tuning, 0.82 for kto and 0.29 for ktoPaper; β = 4 at the same rate keeps 0.94 and does 0.965 of the tasks. Adapters (rank 64, β = 0.5) do not help: 0.39 to 0.59.",
    "No arm does better on new concepts than the start agent by more than a few points: each concept is learnt by itself, and a habit that was never rolled out stays.",
    "Settings tried on seeds 1 to 3, best mean success: rates from 0.0002 to 0.02, ten for each arm; twelve more for sft, balanced and masked; for kto β from 0.5 to 8 and for unlikelihood and reinforce λ_U from 0.1 to 4, twelve to sixteen more. kto 0.989 (β 1, rate 0.003), unlikelihood 0.938 (λ_U 0.25, 0.002), masked 0.774 (0.0007), reinforce 0.748 (λ_U 0.5, 0.001), ktoPaper 0.727 (0.002), sft 0.614 (0.0012), balanced 0.574 (0.00135), filtered 0.316 (0.012), printed 0.225 (0.001).",
    "Why fifty trajectories: with a hundred, kto and masked did every task, and nothing could be told.",
    "What the data give away: every screen shows the right widget, one look-alike and Back; every task can be done; the wanted concept is told at each step and moves on by itself, so there is nothing to plan; a wrong click costs one step and harms nothing; the right widget of a habit is clicked one time in ten from the start, from which every arm explores; slots are not read, so their order is new for nothing; each concept of the rounds is rolled out, so 'success' has new tasks and screens but no new concept. 'new layout success' and 'new concept success' take the last two away; tests count that no screen of a test was rolled out. 'chance' is what clicks on anything do.",
    "The verifier is right less often than the paper's 92.3 % of early positive steps, for its own errors come on top of the paper's: see 'early agreement'. 'filtered' is told by the world itself what was done, without an error.",
    "KTO can collapse: nothing bounds its push on bad actions. With features shared by all concepts, random mistakes and no habits (preset 'collapse', the paper's β) it ended at 0.76, 0.52 and 0.66 on seeds 1 to 3, where fine-tuning reached 0.98 to 0.99 and the start agent had 0.56 to 0.66; β = 2 (preset 'repaired') gave 0.95 to 1.00. There the start agent's likeliest click does every task already: what fine-tuning gains is sharpness, and KTO loses what was known. Watch success beside both rewards.",
    "The arm 'printed' takes the loss at its word: it stays near the start agent and keeps its habits.",
    "Your own steps (tool 'score') give KTO's losses, z0 and reward margins by batch, of how many mismatched pairs z0 is a mean, the steps with the largest losses, and λ_D where the weights are out of KTO's advised balance. z0 comes from policy_kl_logp and ref_kl_logp, or from another line with the same state and action.",
]
