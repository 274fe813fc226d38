import Base
import CKernels

/// y = x W' + b.
public struct Linear: Module {
    /// W: [outputs, inputs]
    public var weight: Tensor
    /// b: [outputs]
    public var bias: Tensor?

    /// Uniform in ±1/sqrt(inputs), as PyTorch starts it.
    public init(_ inputs: Int, _ outputs: Int, bias: Bool = true, using random: inout RandomStream) {
        let bound = 1 / Double(inputs).squareRoot()
        weight = .uniform([outputs, inputs], bound: bound, trains: true, using: &random)
        self.bias = bias ? .uniform([outputs], bound: bound, trains: true, using: &random) : nil
    }

    /// A layer with given parameters.
    public init(weight: Tensor, bias: Tensor? = nil) {
        self.weight = weight
        self.bias = bias
    }

    /// x: [.., inputs] -> [.., outputs]
    public func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight, bias) }

    /// The layer followed by an activation.
    public func callAsFunction(_ x: Tensor, then activation: Activation) -> Tensor {
        x.linear(weight, bias, then: activation)
    }

    /// The layer's output added to a residual of its shape.
    public func callAsFunction(_ x: Tensor, adding residual: Tensor) -> Tensor {
        x.linear(weight, bias, adding: residual)
    }
}

extension Linear {
    /// What an operation that has this layer in it is computed from.
    var operands: [Tensor] { bias.map { [weight, $0] } ?? [weight] }

    /// The layer for the kernels, without its gradients.
    var forward: bt_layer {
        bt_layer(w: weight.pointer, b: bias?.pointer, dw: nil, db: nil, adds_dw: 0, adds_db: 0)
    }

    /// The layer with places for its gradients.
    func backward() -> bt_layer {
        var layer = forward
        (layer.adds_dw, layer.adds_db) = (weight.gradient == nil ? 0 : 1, bias?.gradient == nil ? 0 : 1)
        (layer.dw, layer.db) = (weight.place(), bias?.place())
        return layer
    }
}

/// A linear layer whose weight stays as it is, plus a trained product of low rank: y = W x + (alpha / r) B A x
/// (Hu et al. 2021, Eq. 3).
public struct LoRA: Module {
    /// The frozen layer.
    public let base: Linear
    /// A: [rank, inputs], uniform as Kaiming's
    public var a: Tensor
    /// B: [outputs, rank], zero, so that training starts from the frozen layer
    public var b: Tensor
    private let scale: Float

    /// Wraps a layer, whose parameters no longer train.
    public init(_ base: Linear, rank: Int, alpha: Double, using random: inout RandomStream) {
        self.base = Linear(weight: base.weight.detached, bias: base.bias?.detached)
        let (outputs, inputs) = (base.weight.shape[0], base.weight.shape[1])
        a = .uniform([rank, inputs], bound: 1 / Double(inputs).squareRoot(), trains: true, using: &random)
        b = .zeros([outputs, rank], trains: true)
        scale = Float(alpha / Double(rank))
    }

    /// x: [.., inputs] -> [.., outputs]
    public func callAsFunction(_ x: Tensor) -> Tensor { base(x) + x.linear(a).linear(b) * scale }
}

/// A table of vectors.
public struct Embedding: Module {
    /// [entries, width]
    public var table: Tensor

    /// Normal entries.
    public init(_ entries: Int, _ width: Int, deviation: Double = 1, using random: inout RandomStream) {
        table = .gaussian([entries, width], deviation: deviation, trains: true, using: &random)
    }

    /// Indices, in a shape of their own or as a vector -> [.., width]
    public func callAsFunction(_ indices: [Int], shape: [Int]? = nil) -> Tensor {
        table.gathered(indices, shape)
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

/// What a multi-layer perceptron does between its layers.
public enum Activation: String, Codable, Sendable {
    case relu, gelu, silu, tanh

    /// The kernels' name for it.
    var function: bt_function {
        switch self {
        case .relu: BT_RELU
        case .gelu: BT_GELU
        case .silu: BT_SILU
        case .tanh: BT_TANH
        }
    }
}

/// Linear layers with an activation between them.
public struct MLP: Module {
    /// The layers, first to last.
    public var layers: [Linear]
    private let activation: Activation

    /// Layers of these widths: inputs, hidden ones, outputs.
    public init(_ widths: [Int], activation: Activation = .relu, using random: inout RandomStream) {
        demand(widths.count >= 2, "a perceptron needs two widths or more, not \(widths)")
        self.activation = activation
        layers = zip(widths, widths.dropFirst()).map { Linear($0, $1, using: &random) }
    }

    /// x: [.., first width] -> [.., last width]
    public func callAsFunction(_ x: Tensor) -> Tensor {
        layers[layers.count - 1](layers.dropLast().reduce(x) { $1($0, then: activation) })
    }
}
