import Checkpoints
import Methods
import Tensors

/// Each engine's own network at the size of its claim, beside the same in PyTorch.
func engineNetworks() -> [Network] { [steve()] }

/// steve: 24 screens of six widgets, KTO on 16 of them against a reference policy, AdamW.
private func steve() -> Network {
    var random = RandomStream(seed: 1)
    let policy = WidgetScorer(using: &random), reference = WidgetScorer(using: &random)
    let concepts = (0..<24 * 6).map { $0 / 6 }, widgets = (0..<24 * 6).map { _ in random.below(121) }
    let slots = (0..<24).map { _ in random.below(6) }
    let chosen = Array(0..<8) + Array(16..<24)  // half good, half bad
    var adam = AdamW(rate: 1e-3)
    return Network(name: "steve", title: "steve: KTO on screens, MLP 96-64-1", steps: 1500, bar: 2) {
        let logits = policy(concepts, widgets)
        let ours = rows(logits), theirs = withoutGradient { rows(reference(concepts, widgets)) }
        let others = KTO.mismatched(chosen.map { slots[$0] })
        let outcome = KTO.outcome(
            KTO.Batch(
                policy: chosen.map { ours[$0][slots[$0]] }, reference: chosen.map { theirs[$0][slots[$0]] },
                isGood: chosen.map { $0 < 8 },
                mismatched: zip(chosen, others).map { ours[$0][$1] - theirs[$0][$1] }),
            KTO.Settings(beta: 0.5, good: 1, bad: 1))
        var slopes = Array(repeating: 0.0, count: 24)
        for (index, slope) in zip(chosen, outcome.slopes) { slopes[index] = slope }
        let gradient = zip(zip(ours, slots), slopes).flatMap { Head.slopes($0.0, action: $0.1, slope: $1) }
        logits.backward(gradient: Tensor(gradient.map { Float($0) }, logits.shape))
        adam.step(policy.parameters)
    }
}

/// The engine's policy: vectors of concept and widget, and a perceptron on both and their product.
private struct WidgetScorer: Module {
    let concepts: Embedding
    let widgets: Embedding
    let scorer: MLP

    init(using random: inout RandomStream) {
        concepts = Embedding(60, 32, using: &random)
        widgets = Embedding(121, 32, using: &random)
        scorer = MLP([96, 64, 1], using: &random)
    }

    var parameters: [Tensor] { concepts.parameters + widgets.parameters + scorer.parameters }

    /// Logits [screens, 6]
    func callAsFunction(_ concept: [Int], _ widget: [Int]) -> Tensor {
        let c = concepts(concept), w = widgets(widget)
        return scorer(.concatenated([c, w, c * w], axis: 1)).reshaped([concept.count / 6, 6])
    }
}

/// Log-probabilities of each row, in Double.
private func rows(_ logits: Tensor) -> [[Double]] {
    let values = logits.values.map(Double.init)
    return stride(from: 0, to: values.count, by: 6).map { Head.logSoftmax(Array(values[$0..<$0 + 6])) }
}
