import Base
import MethodKit
import Tensors

/// Phi-decoding (Xu et al. 2025): foresight sampling with clusters, on Latin squares that are filled row by row.
///
/// Idea. A language model that samples step by step cannot see where a step leads. Phi-decoding lets it write each candidate
/// step on to the end, and draws the next steps by how much likelier that foresight is than the one before it (advantage)
/// and by how many other foresights say the same (alignment). Unsure candidates are pruned before they are looked ahead from,
/// and it stops looking ahead once the foresights agree.
///
/// Equations, with the functions that compute them:
/// - §3.2 F = the average log-probability of the foresight's tokens: `Selection.average`
/// - Eq. 4 A = F_t - F_(t-1), against the parent beam's value: `Selection.advantages`
/// - §3.3 C = size of the foresight's cluster / number of clustered: `TFIDF.vectors`, `KMeans.clusters`, `Selection.shares`
/// - §3.3 R = exp(A / tau_1) / sum + exp(C / tau_2) / sum: `Selection.values`
/// - Alg. 1 w ~ exp(R / tau), drawn without replacement: `Selection.weights`, `search`
/// - §3.4 keep s_i > mean - sigma; stop at a share of delta or more: `Selection.width`, `Selection.stops`
/// - Eq. 13 1 - mean (P1 - P2)^2: `Decision.valueAccuracy`
///
/// What differs from the paper is on the card, see `PhiDecodingCard.swift`.
enum PhiDecoding: Method {
    /// Sampling is the paper's baseline. The five arms after it do not look ahead: the first two write one answer, the others
    /// spend as many tokens as phi-decoding. Of those after `phi`, `phiPaper` is the printed rule, and each other one
    /// changes one thing of `phi`.
    enum Arm: String, MethodArm {
        case sampled, sharpened, greedy, bestOfN, stepBeam, tokenBeam
        case phi, phiLikeliest, phiPaper, unforeseen, unclustered, unpruned, unmasked

        var help: String {
            switch self {
            case .sampled: "one answer at the steps' temperature: the paper's autoregressive baseline"
            case .sharpened: "one answer at a temperature of its own"
            case .greedy: "one answer of the likeliest tokens"
            case .bestOfN: "the likeliest of N sampled answers, N such that the tokens are phi's"
            case .stepBeam: "beam search over sampled steps without foresight, as wide as phi's tokens allow"
            case .tokenBeam: "beam search over tokens, as wide as phi's tokens allow"
            case .phi: "phi-decoding as the released origin script has it"
            case .phiLikeliest:
                "phi-decoding whose answer is the likeliest beam, as best-of-N's is, and not drawn"
            case .phiPaper:
                "phi-decoding with the paper's weights, without the script's mask, stopping at a share of delta or more; the first draws that cannot be clustered and the answer's are the script's"
            case .unforeseen:
                "phi-decoding that values a step by its own log-probability, not by a foresight's"
            case .unclustered: "phi-decoding drawn by advantages alone; clusters stop it still, and end it"
            case .unpruned:
                "phi-decoding without any pruning: it looks ahead from every candidate, and at Tmax steps"
            case .unmasked: "phi-decoding that clusters foresights and answers without an advantage too"
            }
        }
    }

    /// The defaults are the recorded claim's, but for its 200 questions.
    struct Inputs: MethodInputs {
        @Input("Latin squares in a chain; the last row of each is the first column of the next", in: 1...3)
        var grids = 1
        @Input("cells given in each square of 25", in: 4...20) var givens = 8
        @Input("updates of the language model, 64 questions each", in: 1...20_000) var updates = 1_500
        @Input("questions in the test", in: 1...10_000) var questions = 100
        @Input("step beams", in: 1...16, symbol: "M") var beams = 4
        @Input("continuations of each beam at a step", in: 1...16, symbol: "N") var rollouts = 4
        @Input("steps before looking ahead may stop", in: 0...15, symbol: "Tmin") var least = 2
        @Input("steps at which is looked ahead", in: 1...15, symbol: "Tmax") var most = 4
        @Input("clusters of foresights", in: 1...16, symbol: "K") var clusters = 3
        @Input("share of foresights in one cluster at which looking ahead stops", in: 0...1, symbol: "δ")
        var delta = 0.7
        @Input("standard deviations below the mean at which a candidate is pruned", in: 0...10, symbol: "σ")
        var sigma = 1.0
        @Input("temperature of steps, and of one sampled answer", in: 0.01...2, symbol: "τ")
        var temperature = 0.4
        @Input("temperature of foresights; the released code leaves it at 1", in: 0.01...2)
        var foresightTemperature = 0.4
        @Input("temperature of the arm sharpened", in: 0.01...2) var sharpTemperature = 0.3
        @Input("temperature of best-of-N's answers", in: 0.01...2) var bestTemperature = 0.8
        @Input("temperature of the step beam's steps", in: 0.01...2) var beamTemperature = 0.4
        @Input(
            "whose test of a large cluster stops looking ahead: both released scripts and the paper differ")
        var stopping = Stopping.origin
        @Input("how the beams become an answer: by clusters and a draw as released, or the likeliest one")
        var final = Final.clusters
        @Input("your own recorded steps: {beams, candidates} a line", kinds: ["jsonl", "ndjson"])
        var steps = InputFile()
        @Input("your own squares: {squares: [[rows of digits and dots]]} a line", kinds: ["jsonl", "ndjson"])
        var squares = InputFile()
        @Input("your own questions in words: {question, answer} a line", kinds: ["jsonl", "ndjson"])
        var problems = InputFile()
        @Input("the language model that answers them") var model = InputModel(text: "smollm2")!
        @Input("tokens of a step of such an answer, at most", in: 1...1_024) var stepTokens = 48
        @Input("tokens of what is foreseen after it, at most", in: 1...4_096) var answerTokens = 160

        init() {}

        /// The rule that the inputs ask for.
        var rule: Rule {
            Rule(
                beams: beams, rollouts: rollouts, least: least, most: most, clusters: clusters,
                sigmaRate: sigma, delta: delta, stopping: stopping, final: final)
        }

        var temperatures: Temperatures { Temperatures(step: temperature, foresight: foresightTemperature) }

        /// A question of the test or of the training.
        func question(of split: Split, using random: inout RandomStream) -> LatinSquares {
            LatinSquares(grids, given: givens, of: split, using: &random)
        }
    }

    // What a person wants to know of an answer, and what it cost.
    static let validity = Metric(
        "validity", "share of questions whose answer completes all squares", better: .higher)
    static let reachable = Metric(
        "reachable",
        "share of questions where one of all whole answers that were written, foresights too, is valid",
        better: .higher)
    static let likeliestValidity = Metric(
        "likeliest validity",
        "validity of the likeliest of all whole answers that were written, foresights too: what the same tokens give without the search's choice",
        better: .higher)
    static let tokens = Metric(
        "tokens", "output tokens a question, foresight and all that was thrown away included", unit: "tokens",
        better: .lower)
    static let flops = Metric(
        "flops", "6 n P a question: n output tokens of a model of P parameters", unit: "FLOP", better: .lower)
    // What the search does.
    static let valueAccuracy = Metric(
        "step value accuracy", "Eq. 13: how near the weights of a step are to which foresights are valid",
        better: .higher)
    static let evenAccuracy = Metric(
        "even value accuracy", "Eq. 13 of even weights on the same steps: what knows nothing",
        better: .neither)
    static let shuffledAccuracy = Metric(
        "shuffled value accuracy", "Eq. 13 of the same weights in a random order, the mean over all orders",
        better: .neither)
    static let depth = Metric(
        "depth", "steps a question that are chosen before the answer is written out", unit: "steps",
        better: .neither)
    static let keptShare = Metric(
        "kept share", "share of candidate steps that are not pruned", better: .neither)
    static let clustered = Metric(
        "clustered",
        "share of steps whose foresights were put into clusters; the others are drawn by advantages",
        better: .neither)
    static let accuracy = Metric(
        "accuracy", "share of your own questions in words that phi-decoding answers rightly", better: .higher)
    // What the data and the model are.
    static let loss = Metric("loss", "cross-entropy of a token of the training answers", better: .lower)
    static let chance = Metric(
        "chance",
        "share of questions that random rows complete which keep to the given cells and, while they can, to the columns",
        better: .neither)
    static let budget = Metric(
        "budget",
        "output tokens a question of phi-decoding on questions of its own: what the others may spend",
        unit: "tokens", better: .neither)
    static let metrics = [
        validity, reachable, likeliestValidity, tokens, flops, valueAccuracy, evenAccuracy, shuffledAccuracy,
        depth, keptShare, clustered, loss, chance, budget, accuracy,
    ]

    static let train = Stage<Inputs>.shared("train", unit: "update", reads: [\.grids, \.givens, \.updates]) {
        $0.updates
    }
    // How many tokens phi-decoding spends decides what the arms without foresight may spend.
    static let measure = Stage<Inputs>.shared(
        "budget", unit: "question",
        reads: [
            \.grids, \.givens, \.updates, \.questions, \.beams, \.rollouts, \.least, \.most, \.clusters,
            \.delta, \.sigma, \.temperature, \.foresightTemperature, \.stopping, \.final,
        ]
    ) { min(25, $0.questions) }
    static let decode = Stage<Inputs>("decode", unit: "question") { $0.questions }
    static let stages = [train, measure, decode]

    static let tools = [
        Tool<Inputs>(
            "replay", "puts your own recorded steps through the selection rule", owns: [\.steps],
            reads: [\.beams, \.least, \.clusters, \.delta, \.sigma, \.stopping],
            sample: { "\(ShippedFolder.candidates.path)/candidates.jsonl" }
        ) { inputs, trial in try replay(inputs, trial) },
        Tool<Inputs>(
            "answer",
            "answers your own questions in words with a language model, by phi-decoding and by its controls",
            owns: [\.problems, \.model, \.stepTokens, \.answerTokens],
            reads: [
                \.beams, \.rollouts, \.least, \.most, \.clusters, \.delta, \.sigma, \.temperature,
                \.foresightTemperature, \.bestTemperature, \.beamTemperature, \.stopping, \.final,
            ],
            sample: { "\(ShippedFolder.problems.path)/few.jsonl" }
        ) { inputs, trial in
            var tool = try AnswerTool(inputs, trial)
            try tool.run()
        },
    ]

    static let apply: Tool<Inputs>? = .apply(
        "solve", "completes your own squares by phi-decoding", to: State.self, owns: [\.squares],
        reads: [
            \.beams, \.rollouts, \.least, \.most, \.clusters, \.delta, \.sigma, \.temperature,
            \.foresightTemperature, \.stopping, \.final,
        ],
        sample: { "\(ShippedFolder.squares.path)/squares.jsonl" }
    ) { state, inputs, trial in try solve(state, inputs, trial) }

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        var training = Training(trial)
        try trial.run(train, state: &training) { training, update, inputs in
            let factor = Schedule.cosine.factor(at: update, of: inputs.updates, warmUp: inputs.updates / 20)
            let mean = training.learn(inputs, factor: factor)
            if trial.isDue(every: 20) { trial.report(loss, mean) }
        }
        var state = State(model: try training.model.frozen())
        try trial.run(measure, state: &state) { state, question, inputs in
            state.measure(question, inputs, trial)
        }
        try trial.run(decode, state: &state) { state, question, inputs in
            try state.answer(question, by: arm, inputs, trial)
        }
    }

    /// How one question is decoded.
    enum Plan: Equatable {
        /// The likeliest of so many whole answers.
        case bestOf(Int, temperature: Double)
        case stepBeam(width: Int, temperature: Double)
        case tokenBeam(width: Int)
        case search(Rule)
    }

    /// The arms differ here and nowhere else.
    ///
    /// - Parameters:
    ///   - arm: which one.
    ///   - inputs: of the trial.
    ///   - share: whole answers that phi-decoding's tokens would pay for.
    /// - Returns: what a question of the test is decoded by.
    static func idea(_ arm: Arm, _ inputs: Inputs, answers share: Double) -> Plan {
        var rule = inputs.rule
        let count = max(1, Int(share.rounded()))
        switch arm {
        case .sampled: return .bestOf(1, temperature: inputs.temperature)
        case .sharpened: return .bestOf(1, temperature: inputs.sharpTemperature)
        case .greedy: return .bestOf(1, temperature: 0)
        case .bestOfN: return .bestOf(count, temperature: inputs.bestTemperature)
        // Each beam writes N steps, of which one goes on.
        case .stepBeam:
            let width = max(1, Int((share / Double(inputs.rollouts)).rounded()))
            return .stepBeam(width: width, temperature: inputs.beamTemperature)
        case .tokenBeam: return .tokenBeam(width: count)
        case .phi: break
        case .phiLikeliest: rule.final = .likeliest
        case .phiPaper: (rule.weighting, rule.isMasked, rule.stopping) = (.printed, false, .paper)
        case .unforeseen: rule.looksAhead = false
        case .unclustered: rule.weighting = .advantage
        case .unpruned: (rule.sigmaRate, rule.stopsEarly) = (.infinity, false)
        case .unmasked: rule.isMasked = false
        }
        return .search(rule)
    }
}
