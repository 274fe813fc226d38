import Base
import CKernels

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

    /// The function of each element.
    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .relu: x.relu()
        case .gelu: x.gelu()
        case .silu: x.silu()
        case .tanh: x.tanh()
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
