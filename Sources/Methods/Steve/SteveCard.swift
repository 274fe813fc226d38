import MethodKit

extension Steve {
    static let version = 4

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
            "MiniDesk, made here: 75 concepts, each with a right widget and a look-alike, of which 15 are in the demonstrations alone; a screen shows both, three widgets of other concepts, each as often a look-alike as not, and Back; a task is two to eight concepts with two steps to spare. The demonstrations click the look-alike of 40 % of the concepts nine times of ten, and 3 % of their clicks go anywhere. Each click changes some of 64 pixels; the verifier compares them before and after with what a right click would change, is misled by pixels that change by themselves, and errs besides on 7.7 % of steps up to the seventh and on 14.3 % of later ones.",
        headline:
            "WinAgentArena overall: SFT-7B 7.1, KTO-7B 14.2; the 23.0 often quoted is the grounding model with GPT-4o as planner. File Explorer reaches 46 in the third round. The verifier agrees with people on 92.3 % of early positive steps.",
        differences: [
            "The loss as printed, λ_y - σ(β (r - z0)) for good and bad steps alike, has a slope that raises bad actions; KTO's own form is used, as TRL computes it. The arm 'printed' is the paper's.",
            "z0 is left open in the paper; it is TRL's estimate: mismatched pairs by rotation within the batch, clamped at 0, no gradient. A mismatched answer is the slot clicked on the screen before it in the batch.",
            "The paper does not say whether the reference is refreshed from round to round; here it stays the start agent, and the input 'reference' takes the policy at the round's start instead, as TRL would.",
            "β is 1 in the arm 'kto', and the claim says so; the paper's 0.1 is the arm 'ktoPaper', with a learning rate tuned for it and a claim of its own. In the paper r is a sum over the tokens of an answer, here over one click, so that log-ratios of like size need a larger β.",
            "An epoch here is as many steps as the data would have, drawn with replacement.",
            "'reinforce' is signed log-likelihood on steps that are drawn again and again from all rounds: the form of a policy gradient with a reward of +1 or -1, without its sampling.",
            "A two-layer perceptron over widget and concept vectors stands for the 7B vision-language model; there are no screenshots and no planner. All weights train; the input 'rank' freezes them and trains LoRA adapters (α 16) as in the paper.",
            "The paper's verifier is GPT-4o with a prompt; here it is a comparison of 64 pixels, and of r_t and a_t it reads the wanted concept alone. Judgements of a real one come in by the input 'steps'.",
            "Tasks are drawn by the desk's rules, which makes all of them feasible; the paper has a language model scale them from seeds and checks them. The metrics 'grounding' and 'new concept grounding' stand for ScreenSpot after agent training, which is one number over all elements; its base is the grounding model before any agent training, here the start agent.",
            "The paper's neutral verdicts become bad steps, or are left out by the input 'neutral', here and in the tool.",
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
            "collapse",
            "shared features, random mistakes, no habits: KTO at the paper's β = 0.1 and λ_U = 2 falls below its start"
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
            "After three rounds the live task success of KTO at β = 1 exceeds fine-tuning's by at least 0.15 at equal updates, with the verifier's noise on.",
            conditions: [.better(success, of: Arm.kto, than: Arm.sft, by: 0.15)], controls: controls,
            equalCompute: equalCompute),
        Claim(
            "The same at the paper's β = 0.1, with a learning rate tuned for it.",
            conditions: [.better(success, of: Arm.ktoPaper, than: Arm.sft, by: 0.15)], controls: controls,
            equalCompute: equalCompute),
    ]

    private static let controls = Controls.arms(
        Arm.unlikelihood, .masked, .reinforce, .outcome, .balanced, .filtered)
    private static let equalCompute =
        "updates of sixteen verified steps; each arm was given the same eight learning rates, on seeds 1 to 3."
}

private func collapse(_ inputs: inout Steve.Inputs) {
    (inputs.world, inputs.slips, inputs.cloning, inputs.reference) = (.shared, 0.1, 200, .round)
    (inputs.beta, inputs.badWeight, inputs.rate, inputs.epochs) = (0.1, 2, 3e-3, 12)
}

private let remarks: [String] = [
    "What the gain is: fine-tuning cannot use bad steps, and what can use them gains much of what KTO gains. In the recording 'unlikelihood', without a reference and with equal updates and as many rates tried, is level with KTO in success, with drawn and with greedy clicks and on new concepts, and far ahead of fine-tuning. 'reinforce' is ahead of fine-tuning and behind KTO; 'masked', which remembers what was called bad, is level with fine-tuning. Drawing good steps by concept ('balanced') gains nothing over fine-tuning, and cloning done trajectories ('filtered') loses.",
    "What verifying steps is worth: 'outcome' gives KTO what came of the whole trajectory as the label of each of its steps, and the world itself says that, without an error. In the recording it is behind KTO on verified steps, and level with fine-tuning on them.",
    "What the reference point is worth: nothing here. 'zero', with z0 = 0, is level with KTO in success in the recording. Mismatched pairs are mostly less likely than under the reference, so that z0 is clamped at 0 in most updates of KTO on every seed, see 'z0 is zero'.",
    "The paper's β = 0.1 ('ktoPaper', the second claim) is ahead of fine-tuning in the recording, but not for certain by the claim's bound, and behind 'unlikelihood' and 'reinforce'; over 'masked', 'outcome' and 'balanced' it is not shown to be ahead.",
    "The paper says that fine-tuning loses grounding and that KTO keeps it. Here it does not: on concepts that no round asks for fine-tuning is level with the start agent in the recording, and KTO is below the start agent, at β = 0.1 far below it and below fine-tuning. On the concepts of the rounds fine-tuning is above the start agent, and KTO level with both.",
    "No arm does better on new concepts than the start agent in the recording, and 'ktoPaper' and 'filtered' do worse: each concept is learnt by itself, and a habit that was never rolled out stays.",
    "Tuned on seeds 1 to 3 with tests of 400 tasks: each arm at the rates 0.0003, 0.0006, 0.001, 0.0015, 0.002, 0.003, 0.006 and 0.012. The best mean success of those seeds was kto 0.998, zero 0.959, unlikelihood 0.943, outcome 0.771, ktoPaper 0.733, masked 0.724, reinforce 0.706, sft 0.531, balanced 0.474, filtered 0.403, printed 0.209; the recording, on other seeds, is nearer together. β = 1 of 'kto', which 'zero' and 'outcome' share, and the shares 0.25 and 0.5 of λ_U in 'unlikelihood' and 'reinforce' were tuned on an earlier desk.",
    "Why fifty trajectories: with a hundred, on seeds 1 to 3 of that desk, kto and masked did every task, and nothing could be told.",
    "What the data give away: every screen shows the right widget, its look-alike and Back; no look-alike is right anywhere, though it stands on other screens too; every task can be done; the wanted concept is told at each step and moves on by itself, so there is nothing to plan; a wrong click costs one step and harms nothing; the right widget of a habit is clicked one time in ten from the start, from which every arm explores; slots are not read, so their order is new for nothing; each concept of the rounds is rolled out, so 'success' has new tasks but no new concept, and the demonstrations show about one in three hundred of its screens. 'new layout success' and 'new concept success' take the last two away; a test counts what is repeated. 'chance' is what clicks on anything do.",
    "The verifier is right on fewer early right clicks than the paper's 92.3 %, for its own errors come on top of the paper's: see 'early agreement'. Of the paper's late steps it is not known how many are positive; 'late agreement' is of right clicks too. 'filtered' and 'outcome' are told by the world itself what was done, without an error.",
    "KTO can fall below its start: nothing bounds its push on bad actions. Preset 'collapse' has features shared by all concepts, random mistakes and no habits, the paper's β and λ_U = 2; on each of seeds 1 to 3 KTO ends more than 0.15 below the start agent there, while fine-tuning ends as much above it, and with β = 2 (preset 'repaired') so does KTO; a test holds that. With λ_U = 1 KTO ended above the start agent on some of those seeds and below it on others. Watch success beside both log-ratios.",
    "The arm 'printed' takes the loss at its word: it stays within a few points of the start agent and keeps its habits.",
    "Your own steps (tool 'score') give KTO's losses, z0 and reward margins by batch, of how many mismatched pairs z0 is a mean, the steps with the largest losses, and λ_D where the weights are out of KTO's advised balance. z0 comes from policy_kl_logp and ref_kl_logp, or from another line with the same state and action. The tool takes the engine's β = 1 unless you say --set beta=0.1, as the paper and TRL have it, and says which it took.",
]
