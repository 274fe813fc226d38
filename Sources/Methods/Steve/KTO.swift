import Foundation

extension Steve {
    /// Kahneman-Tversky optimisation of single steps (§3.3), in Double: what the training loop and the golden tests
    /// call.
    ///
    /// The paper prints `λ_y - σ(β (r - z0))` for good and bad steps alike; taken at its word that raises bad
    /// actions, and λ is a constant that no gradient sees. KTO's own form: the argument changes its sign for bad
    /// steps, and λ multiplies the value.
    enum KTO {
        /// The paper's β.
        static let papersBeta = 0.1

        /// The three settings of the loss.
        struct Settings: Sendable {
            /// β: how steeply a reward counts.
            var beta: Double
            /// λ_D: weight of good steps.
            var good: Double
            /// λ_U: weight of bad steps.
            var bad: Double
            /// Whether rewards are held against z0, or against 0.
            var hasReferencePoint = true
        }

        /// Which loss is meant.
        enum Form: Sendable {
            /// KTO's own: the argument changes its sign for bad steps.
            case kto
            /// As the paper prints it: λ_y - σ(β (r - z0)) for good and bad steps alike, which raises bad actions.
            case printed
        }

        /// Log-probabilities of the steps of one batch.
        struct Batch: Sendable {
            /// log π(y|x) of each step: [batch]
            var policy: [Double]
            /// log π_ref(y|x) of each step: [batch]
            var reference: [Double]
            /// Whether each step was judged good: [batch]
            var isGood: [Bool]
            /// log π(y'|x) - log π_ref(y'|x) of mismatched pairs: [batch]
            var mismatched: [Double]

            /// r = log π(y|x) - log π_ref(y|x) of each step, without β.
            var logRatios: [Double] { zip(policy, reference).map { $0 - $1 } }
        }

        /// A batch of single choices: a mismatched pair is a row with the choice of the item before.
        ///
        /// - Parameters:
        ///   - policy: log π of all that can be chosen, a row a step.
        ///   - reference: log π_ref of the same.
        ///   - chosen: what each step chose.
        ///   - isGood: whether each step was judged good.
        /// - Returns: the batch, with as many mismatched pairs as steps.
        static func batch(
            policy: [[Double]], reference: [[Double]], chosen: [Int], isGood: [Bool]
        ) -> Batch {
            Batch(
                policy: zip(policy, chosen).map { $0[$1] }, reference: zip(reference, chosen).map { $0[$1] },
                isGood: isGood,
                mismatched: zip(zip(policy, reference), mismatched(chosen)).map { $0.0[$1] - $0.1[$1] })
        }

        /// What a batch came to.
        struct Outcome: Sendable {
            /// z0, at least 0; no gradient flows through it.
            let z0: Double
            /// The loss of each step.
            let losses: [Double]
            /// β r of each step.
            let rewards: [Double]
            /// d mean loss / d log π(y|x) of each step.
            let slopes: [Double]

            /// Mean of the losses.
            var loss: Double { losses.reduce(0, +) / Double(losses.count) }
        }

        /// Prompt i is paired with the answer of item i - 1, prompt 0 with the last (TRL's estimate of z0).
        static func mismatched<Answer>(_ answers: [Answer]) -> [Answer] {
            Array(answers.suffix(1) + answers.dropLast())
        }

        /// §3.3 z0 = max(0, mean over mismatched pairs of log π(y'|x) - log π_ref(y'|x)).
        static func z0(_ mismatched: [Double]) -> Double {
            max(0, mismatched.reduce(0, +) / Double(mismatched.count))
        }

        /// §3.3 Losses, rewards and gradient: good `λ_D (1 - σ(β (r - z0)))`, bad `λ_U (1 - σ(β (z0 - r)))`, with
        /// r = log π - log π_ref.
        static func outcome(_ batch: Batch, _ settings: Settings, form: Form = .kto) -> Outcome {
            let z0 = settings.hasReferencePoint ? z0(batch.mismatched) : 0,
                share = 1 / Double(batch.policy.count)
            var losses: [Double] = [], rewards: [Double] = [], slopes: [Double] = []
            for (r, isGood) in zip(batch.logRatios, batch.isGood) {
                // As printed, bad steps have the sign of good ones, and λ does not multiply the value σ: these two
                // words are the whole difference between the arms `kto` and `printed`.
                let sign = isGood || form == .printed ? 1.0 : -1.0,
                    weight = isGood ? settings.good : settings.bad,
                    scale = form == .printed ? 1 : weight
                let value = sigmoid(sign * settings.beta * (r - z0))
                losses.append(form == .printed ? weight - value : weight * (1 - value))
                rewards.append(settings.beta * r)
                // σ' = σ (1 - σ); z0 counts as a constant, so no slope flows through it.
                slopes.append(-sign * scale * settings.beta * value * (1 - value) * share)
            }
            return Outcome(z0: z0, losses: losses, rewards: rewards, slopes: slopes)
        }

        /// The means of good and of bad steps' values; NaN where there are none.
        static func means(_ values: [Double], _ isGood: [Bool]) -> (good: Double, bad: Double) {
            func mean(_ wanted: Bool) -> Double {
                let found = zip(values, isGood).filter { $0.1 == wanted }.map(\.0)
                return found.reduce(0, +) / Double(found.count)
            }
            return (mean(true), mean(false))
        }

        /// λ_D n_D / (λ_U n_U), the weight of good steps over that of bad ones; KTO's authors advise 1 to 4/3.
        static func balance(good: Int, bad: Int, _ settings: Settings) -> Double {
            settings.good * Double(good) / (settings.bad * Double(bad))
        }

        static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    }
}
