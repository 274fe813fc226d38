/// The norm of a transformer block, over the last axis: one of four.
public struct Norm: Module {
    /// What is taken out of a row, and what is learnt beside it.
    public enum Kind: String, Codable, Sendable {
        /// Mean and variance, with a learnt gain and bias.
        case layer
        /// The root of the mean square, with a learnt gain.
        case rms
        /// Mean and variance alone: gain and bias come from elsewhere, as from AdaLN's condition.
        case plainLayer
        /// The root of the mean square alone.
        case plainRMS
    }

    private let kind: Kind
    /// [width] each; nil where none is learnt.
    public var gain, bias: Tensor?

    /// Starts as the plain norm of rows of `width`.
    public init(_ kind: Kind, _ width: Int) {
        self.kind = kind
        gain = kind == .layer || kind == .rms ? .full([width], 1, trains: true) : nil
        bias = kind == .layer ? .zeros([width], trains: true) : nil
    }

    /// x: [.., width] -> the same shape
    public func callAsFunction(_ x: Tensor) -> Tensor {
        switch kind {
        case .layer, .plainLayer: x.layerNorm(gain, bias)
        case .rms, .plainRMS: x.rmsNorm(gain)
        }
    }

    /// The norm times 1 + scale, plus shift, of each entry of a batch: x [batch, .., width], scale and shift [batch, width]
    func callAsFunction(_ x: Tensor, scale: Tensor, shift: Tensor) -> Tensor {
        if kind == .plainLayer { return x.modulatedLayerNorm(scale: scale, shift: shift) }
        return self(x).scaledPerEntry(by: scale + 1).addedPerEntry(shift)
    }
}

/// Layer norm over the last axis.
public struct LayerNorm: Module {
    /// [width] each
    public var gain, bias: Tensor

    /// Starts as the plain norm.
    public init(_ width: Int) {
        gain = .full([width], 1, trains: true)
        bias = .zeros([width], trains: true)
    }

    /// x: [.., width] -> the same shape
    public func callAsFunction(_ x: Tensor) -> Tensor { x.layerNorm(gain, bias) }
}

/// RMS norm over the last axis.
public struct RMSNorm: Module {
    /// [width]
    public var gain: Tensor

    /// Starts as the plain norm.
    public init(_ width: Int) { gain = .full([width], 1, trains: true) }

    /// x: [.., width] -> the same shape
    public func callAsFunction(_ x: Tensor) -> Tensor { x.rmsNorm(gain) }
}

/// Group norm over the pixels and neighbouring channels of [batch, height, width, channels].
public struct GroupNorm: Module {
    /// [channels] each
    public var gain, bias: Tensor
    private let groups: Int

    /// Starts as the plain norm.
    public init(_ channels: Int, groups: Int) {
        gain = .full([channels], 1, trains: true)
        bias = .zeros([channels], trains: true)
        self.groups = groups
    }

    /// x: [batch, .., channels] -> the same shape
    public func callAsFunction(_ x: Tensor) -> Tensor { x.groupNorm(gain, bias, groups: groups) }
}
