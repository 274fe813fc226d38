import Base
import Foundation
import MethodKit
import Tensors

/// Scores each widget of a screen for the concept that is wanted: a perceptron on both vectors and their product.
struct Policy: Module {
    /// One vector a concept: [concepts, width]
    private var concepts: Tensor
    /// One vector a widget: [widgets, width]
    private var widgets: Tensor
    private var scorer: MLP
    /// What trains instead of all else, once ``adapt(rank:using:)`` has frozen the base.
    private var adapters: [LoRA]?

    /// Widths of a learnt vector, of a given one, and of the perceptron.
    static let width = 32, features = 8, hidden = 64

    /// - Parameters:
    ///   - desk: how many concepts and widgets there are.
    ///   - sharesFeatures: whether the vectors are given and fixed, so that all concepts share what is learnt.
    ///   - random: for the first weights.
    init(_ desk: MiniDesk, sharesFeatures: Bool, using random: inout RandomStream) {
        if sharesFeatures {
            (concepts, widgets) = Self.features(desk, &random)
        } else {
            concepts = .gaussian([desk.concepts, Self.width], trains: true, using: &random)
            widgets = .gaussian([desk.widgets, Self.width], trains: true, using: &random)
        }
        scorer = MLP([3 * concepts.shape[1], Self.hidden, 1], using: &random)
    }

    /// Freezes all weights and puts LoRA adapters on the linear layers; α is 16 as in the paper. Policy and reference
    /// then have equal bases and differ in their adapters. Rank 0 changes nothing.
    mutating func adapt(rank: Int, using random: inout RandomStream) {
        guard rank > 0 else { return }
        (concepts, widgets) = (concepts.detached, widgets.detached)
        adapters = scorer.layers.map { LoRA($0, rank: rank, alpha: 16, using: &random) }
    }

    /// The perceptron, with the adapters where there are any.
    private func score(_ features: Tensor) -> Tensor {
        guard let adapters, let last = adapters.last else { return scorer(features) }
        return last(adapters.dropLast().reduce(features) { $1($0).relu() })
    }

    /// A widget looks like its concept, its look-alike a little less so.
    private static func features(_ desk: MiniDesk, _ random: inout RandomStream) -> (Tensor, Tensor) {
        let base = (0..<desk.concepts * features).map { _ in random.gaussian() }
        func near(_ noise: Double) -> [Float] { base.map { Float($0 + noise * random.gaussian()) } }
        let rows = near(0.3) + near(0.5) + (0..<features).map { _ in Float(random.gaussian()) }
        return (
            Tensor(base.map { Float($0) }, [desk.concepts, features]), Tensor(rows, [desk.widgets, features])
        )
    }

    /// Scores of all slots: [screens, slots]
    func logits(_ screens: [MiniDesk.Screen]) -> Tensor {
        let slots = MiniDesk.slots
        let c = concepts.gathered(screens.flatMap { Array(repeating: $0.concept, count: slots) })
        let w = widgets.gathered(screens.flatMap(\.widgets))
        return score(.concatenated([c, w, c * w], axis: 1)).reshaped([screens.count, slots])
    }

    /// Log-probabilities of all slots in Double, one row a screen; no gradient.
    func logProbabilities(_ screens: [MiniDesk.Screen]) -> [[Double]] {
        withoutGradient { Head.rows(logits(screens)) }.map(Head.logSoftmax)
    }

    /// Draws a slot for each screen.
    func clicks(on screens: [MiniDesk.Screen], using random: inout RandomStream) -> [Int] {
        logProbabilities(screens).map { row in random.categorical(row.map { exp($0) }) }
    }

    var parameters: [Tensor] {
        adapters?.parameters ?? [concepts, widgets].filter(\.trains) + scorer.parameters
    }
}
