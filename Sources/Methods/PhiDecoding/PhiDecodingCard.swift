import MethodKit

extension PhiDecoding {
    static let version = 2

    static let card = Card(
        id: "phi-decoding", title: "Phi-decoding: foresight sampling",
        paper: Citation(
            authors: "Fangzhi Xu et al.",
            title:
                "phi-Decoding: Adaptive Foresight Sampling for Balanced Inference-Time Exploration and Exploitation",
            year: 2025, arXiv: "2503.13288"),
        idea:
            "Behind best-of-N, a step beam without foresight and a token beam at equal tokens; ahead of one answer, sampled (the paper's comparison) or greedy. A language model writes each candidate step on to the end, and the next steps are drawn by how much likelier that foresight is than the one before it and by how many other foresights say the same. Unsure candidates are pruned before, and looking ahead stops once the foresights agree.",
        equations: [
            Equation(
                "§3.2", "F = sum of the log-probabilities of the foresight's tokens / their number",
                in: "PhiDecoding.Selection.average"),
            Equation("Eq. 4", "A = F_t - F_(t-1)", in: "PhiDecoding.Selection.advantages"),
            Equation(
                "§3.3", "C = size of the foresight's cluster / number of clustered (TF-IDF, k-means)",
                in: "PhiDecoding.TFIDF.vectors, PhiDecoding.KMeans.clusters, PhiDecoding.Selection.shares"),
            Equation(
                "§3.3", "R = exp(A / tau_1) / sum + exp(C / tau_2) / sum", in: "PhiDecoding.Selection.values"),
            Equation(
                "Alg. 1", "w ~ exp(R / tau), M drawn without replacement",
                in: "PhiDecoding.Selection.weights, PhiDecoding.search"),
            Equation(
                "§3.4",
                "keep s_i > mean - sigma; stop when a cluster holds delta or more (the script: more than delta)",
                in: "PhiDecoding.Selection.width, PhiDecoding.Selection.stops"),
            Equation(
                "Eq. 13", "1 - mean of (P1 - P2)^2", in: "PhiDecoding.Decision.valueAccuracy"),
        ],
        data:
            "Latin squares of order 5, made here, with 8 cells given: the prompt is 25 cells, the answer five rows, a row a step; any completion counts and is checked exactly. Rows are free at first, and what they forbid shows later. A causal transformer of three blocks (width 112) is trained on such questions anew for every seed, and frozen. One square of five, by a hash, is held out: no square that is asked was learnt. With `grids` squares are chained: the first column of the next is the last row before.",
        headline:
            "LLaMA-3.1-8B-Instruct, mean of six benchmarks: sampling 44.91, tree of thoughts 54.04, predictive decoding 56.95, phi-decoding 59.53, without foresight 56.55, without clusters 57.56, without pruning 57.85.",
        differences: [
            "A small language model of Latin squares stands for LLaMA, Mistral and Qwen, and exact validity for six benchmarks. A real model, pulled or behind an endpoint, answers your own questions in words by the tool 'answer', through the same search; its recorded candidates go through the same rule by 'replay'.",
            "In words a step is a line, as in the paper; two worked examples stand before the question, for a small model goes on with a pattern rather than obey. An answer is over with the line that gives it. There is no token beam: endpoints tell of too few tokens.",
            "The arm 'phi' is the released origin script: softmax(A / 0.1) and softmax(C) averaged, only positive advantages put into clusters, one more than a share of delta at any step ends it from Tmin on. Where nothing can be clustered it draws by softmax(A / 0.1) over all, masked ones too; so it does between the answers.",
            "The arm 'phiPaper' is the printed rule where the paper prints one: every tau 0.6, no mask, the end at a share of delta or more. What it does not print is the script's there too: the draw where nothing can be clustered, and that of the answer.",
            "The paper's text has no mask of positive advantages; the arm 'unmasked' is the script without it. The sigma of the pruning is the standard deviation of the population, as in the code.",
            "Steps, foresights and completions are drawn at 0.4, which was chosen as the controls' temperatures were; the paper says 0.6, and the released code leaves foresights and completions at 1 (input 'foresightTemperature').",
            "Where the larger cluster of answers is cluster 1, the released script looks up the drawn place in cluster 0: it gives an answer of the smaller cluster, or falls into its fallback. Here the evident intent is kept.",
            "K-means is scikit-learn's (greedy k-means++, one start, at most 300 iterations) but for two things: it ends when no point changes its cluster, and not already when the centres move little; and a cluster that became empty stays empty, while scikit-learn moves it to the farthest point.",
            "'unforeseen' is the paper's ablation as it can be read: a step's own average log-probability and its own words stand where the foresight's would. The paper does not say what it clusters then.",
            "Tmin is 2 and Tmax 4 instead of 4 and 8: there are five steps. The last row is always written by completion.",
            "Foresights are clustered as words that say where a digit stands, '12_4': digits alone are no words for TF-IDF, and the code would silently draw by advantages.",
            "A step ends with its row, or is cut at twice its length; the paper's ends with a line.",
            "P1 of the step value accuracy are the weights of those that were drawn from, P2 the validity of their foresights scaled to the same sum; where none is valid, P2 is 0. Beside it stands what even and shuffled weights reach on the same steps.",
            "Best-of-N, both beam searches, greedy decoding and one answer at a lower temperature are not the paper's; it compares with tree of thoughts, guided and predictive decoding.",
        ],
        remarks: remarks, parts: parts, signs: signs, tuning: tuning)

    static let presets = [
        Preset<Inputs>("smoke", "a second, for tests") {
            ($0.updates, $0.questions, $0.beams, $0.rollouts, $0.most, $0.clusters) = (2, 2, 2, 2, 2, 2)
        },
        Preset<Inputs>("quick", "a minute or two") { ($0.updates, $0.questions) = (600, 50) },
        Preset<Inputs>("full", "the claim's: 200 questions") { $0.questions = 200 },
        Preset<Inputs>("two", "two squares in a chain, ten steps, on which little is gained") {
            ($0.grids, $0.questions, $0.most) = (2, 200, 9)
        },
    ]

    static let coincidences = [
        Coincidence<Inputs>(
            Arm.phi, Arm.unpruned,
            when: "σ = 10, δ = 1 and Tmin = 15: nothing is pruned, and nothing stops it"
        ) {
            ($0.sigma, $0.delta, $0.least) = (10, 1, 15)
        }
    ]

    static let claims = [
        Claim(
            "Phi-decoding completes at least 0.15 more of the squares than one sampled answer at the same temperature.",
            conditions: [.better(validity, of: Arm.phi, than: Arm.sampled, by: 0.15)],
            controls: .arms(Arm.greedy, .sharpened, .bestOfN, .stepBeam, .tokenBeam),
            equalCompute:
                "output tokens, all that is thrown away included, of best-of-N and both beams, whose widths follow from what phi-decoding spends on 25 other questions; one answer, however it is sampled, has fewer."
        ),
        Claim(
            "Phi-decoding completes more squares than without its clusters, and more than without its pruning.",
            conditions: [
                Condition(
                    "validity: phi over unclustered",
                    [.init(1, validity, Arm.phi), .init(-1, validity, Arm.unclustered)], .above(0),
                    interval: .oneSided),
                Condition(
                    "validity: phi over unpruned",
                    [.init(1, validity, Arm.phi), .init(-1, validity, Arm.unpruned)], .above(0),
                    interval: .oneSided),
            ],
            controls: .none(because: "Each part is its own control: the same search without it."),
            equalCompute:
                "beams, continuations and the most steps. Depth and tokens follow from the search: without pruning, of candidates and of depth, all steps are gone and more tokens are spent; without clusters in the weights, which still stop and end it, about as many."
        ),
    ]
}

private let remarks: [String] = [
    "What it is worth: 0.123 [0.095, 0.151] over one sampled answer at the same temperature, of which 0.15 was asked, and 0.110 [0.077, 0.143] over greedy decoding; at equal output tokens 0.179 [0.136, 0.222] behind best-of-N, 0.168 [0.119, 0.217] behind the step beam, which has no foresight and spends fewer, and 0.195 [0.144, 0.246] behind the token beam.",
    "What decides is the score, not the search. At phi-decoding's tokens best-of-N has a valid answer among its samples for 0.943 of the questions and a token beam for 0.985 ('reachable'), and the average log-probability finds three fifths of them. Of all whole answers that phi-decoding writes, foresights too, one is valid for 0.843.",
    "What phi-decoding throws away: the likeliest of all whole answers that it writes, foresights too, is valid for 0.565 ('likeliest validity'), level with best-of-N and the step beam; what it answers, for 0.395. So its tokens are worth what others are, and its own choice loses 0.170 [0.124, 0.216].",
    "Half of that is the last draw between four whole answers: with the likeliest beam instead ('phiLikeliest') it is 0.477, which is 0.082 [0.051, 0.113] better and still 0.097 [0.071, 0.123] behind best-of-N.",
    "The paper's ablations: without clusters in the weights -0.010 [-0.031, 0.011], without pruning 0.044 [-0.030, 0.118], without foresight 0.031 [-0.012, 0.074], at a third of the tokens; none of the three differences is shown. Nor are those over the script without its mask, 0.032 [-0.009, 0.073], and over the printed rule, 0.061 [-0.002, 0.124].",
    "Step values know next to nothing: Eq. 13 gives 0.9821, even weights on the same steps 0.9813, the same weights shuffled 0.9809. Average log-probabilities of two foresights differ by less than the temperature 0.1 that the code divides them by, so that draws are nearly even, and the advantage is against the parent's value, which favours candidates of poor parents.",
    "How temperatures were chosen: each arm that has one had six, on 100 questions of the seeds 1 to 3, and took that of the highest mean validity, at a tie the one nearer to the paper's 0.6, then the lower. Phi-decoding, steps and foresights alike: .337 at 0.2, .437 at 0.4, .393 at 0.6, .393 at 0.8, .397 at 1, .373 at 1.2; sampling, the ablations and 'phiLikeliest' run at its choice (sampling has .260, .237, .227, .213, .190, .173; 'phiLikeliest' would have .500 at 1 instead of .480, 'unforeseen' .353 at 1.2 instead of .330, 'unpruned' .403 at 0.8 instead of .380). 'sharpened': .273 at 0.05, .270, .260, .273 at 0.3, .237, .230 at 0.5. Best-of-N: .520, .540, .533, .547 at 0.8, .540, .537. Step beam: .493, .550 at 0.4, .547, .550, .527, .530.",
    "Where the model is sure it helps little, and where samples are wild it harms: with 20 cells given and 150 updates, on 60 questions of seed 1, one sampled answer was valid for .63, greedy decoding for .67, phi-decoding for .68 and best-of-N for .70. At a temperature of 1.5 it was .03, below the .07 of one sampled answer, while the likeliest of the same beams was valid for .60: there no completion is likelier than the foresight before it, and the released code's softmax(-A / 0.1) then prefers the least likely beam.",
    "Tried before and lost as test beds: Countdown, where a small model writes '= target' confidently when it is wrong, so that log-probability does not see the mistake (phi-decoding .26 to .31, greedy .36), and finding paths in trees, for the same reason.",
    "Two squares in a chain (preset 'two', 1,000 updates, 60 questions of seed 1, about 3,130 output tokens, at 0.6, an earlier version): .00 for a sampled answer, .03 for best-of-N and for the step beam, .02 for phi-decoding. A longer horizon makes search no better than sampling many, as a pilot with a larger training found too (best-of-32 .32, token beam .34, phi-decoding .15; three squares .19, .19 and .04).",
    "What the data give away: log-probability sees a mistake in a Latin square, which is also what makes best-of-N and beam search work; the number of steps is always five; squares of training and test come from one generator, and a fifth of them is held out. 'chance' is what random rows complete that keep to the given cells and, while they can, to the columns: 0.063.",
    "The widths of the controls follow from the shared stage 'budget', in which phi-decoding answers 25 questions of its own; the step beam spends less than it may, because equal answers are kept once.",
    "Your own model: 'replay' takes candidates with summed log-probabilities and tokens, and the foresight of each, and shows what the rule prunes, clusters and draws, step by step. 'solve' completes your own squares with the model of a finished trial.",
]
