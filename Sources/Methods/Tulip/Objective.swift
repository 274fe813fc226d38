import Tensors

/// What can be weighted and summed: numbers in reports and tests, tensors where gradients flow.
public protocol WeightedTerm {
    static func + (a: Self, b: Self) -> Self
    /// The term times a weight.
    func weighted(_ weight: Double) -> Self
}

extension Double: WeightedTerm {
    public func weighted(_ weight: Double) -> Double { weight * self }
}

extension Tensor: WeightedTerm {
    public func weighted(_ weight: Double) -> Tensor { self * Float(weight) }
}

/// The weights of the losses; the paper publishes none of them.
public struct LossWeights: Sendable {
    /// λ_c of the contrasts and λ_r of the reconstructions.
    public var contrast, reconstruction: Double
    /// λ_i of images and λ_t of texts within λ_r.
    public var image, text: Double

    /// Weights from their parts.
    public init(contrast: Double, reconstruction: Double, image: Double, text: Double) {
        self.contrast = contrast
        self.reconstruction = reconstruction
        self.image = image
        self.text = text
    }
}

/// The five losses of one batch; a missing one is off.
public struct LossParts<Term: WeightedTerm> {
    /// L_IT, L_II and L_TT.
    public var imageText: Term
    public var imageImage, textText: Term?
    /// L_img and L_txt.
    public var image, text: Term?

    /// Losses from their parts.
    public init(
        imageText: Term, imageImage: Term? = nil, textText: Term? = nil, image: Term? = nil,
        text: Term? = nil
    ) {
        self.imageText = imageText
        self.imageImage = imageImage
        self.textText = textText
        self.image = image
        self.text = text
    }

    /// §3  L = λ_c (L_IT + L_II + L_TT) + λ_r (λ_i L_img + λ_t L_txt).
    public func total(_ weights: LossWeights) -> Term {
        let contrast = [imageImage, textText].compactMap { $0 }.reduce(imageText, +)
        let rebuilt = [image?.weighted(weights.image), text?.weighted(weights.text)].compactMap { $0 }
        return rebuilt.reduce(contrast.weighted(weights.contrast)) {
            $0 + $1.weighted(weights.reconstruction)
        }
    }
}
