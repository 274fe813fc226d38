import Base
import CKernels

/// y = x W' + b, or, once it is adapted, y = x W' + b + (alpha / r) x A' B' with W and b frozen.
public struct Linear: Module {
    /// W: [outputs, inputs]
    public var weight: Tensor
    /// b: [outputs]
    public var bias: Tensor?
    /// What trains in place of W and b; nil where they do themselves.
    public private(set) var adapter: LoRA?

    /// Uniform in ±1/sqrt(inputs), as PyTorch starts it.
    public init(_ inputs: Int, _ outputs: Int, bias: Bool = true, using random: inout RandomStream) {
        let bound = 1 / Double(inputs).squareRoot()
        weight = .uniform([outputs, inputs], bound: bound, trains: true, using: &random)
        self.bias = bias ? .uniform([outputs], bound: bound, trains: true, using: &random) : nil
    }

    /// A layer with given parameters.
    public init(weight: Tensor, bias: Tensor? = nil, adapter: LoRA? = nil) {
        self.weight = weight
        self.bias = bias
        self.adapter = adapter
    }

    /// A layer whose outputs are 0 until it has learnt something.
    public static func zeros(_ inputs: Int, _ outputs: Int) -> Linear {
        Linear(weight: .zeros([outputs, inputs], trains: true), bias: .zeros([outputs], trains: true))
    }

    /// This layer frozen, with a LoRA beside it that trains.
    ///
    /// - Parameters:
    ///   - rank: r.
    ///   - alpha: the product counts alpha / r times.
    ///   - random: for the first A.
    /// - Returns: a layer that gives what this one gives until its adapter has learnt something; one that is there already
    ///   is merged into the weight.
    public func adapted(rank: Int, alpha: Double, using random: inout RandomStream) -> Linear {
        let (outputs, inputs) = (weight.shape[0], weight.shape[1])
        return Linear(
            weight: merged.weight.detached, bias: bias?.detached,
            adapter: LoRA(inputs, outputs, rank: rank, alpha: alpha, using: &random))
    }

    /// The layer as one weight W + (alpha / r) B A, through which gradients reach A and B: what operations compute with
    /// that have the layer inside, and what an adapted model is shipped as.
    public var merged: Linear {
        guard let adapter else { return self }
        return Linear(weight: weight + adapter.product, bias: bias)
    }

    /// x: [.., inputs] -> [.., outputs]
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let y = x.linear(weight, bias)
        return adapter.map { y + $0(x) } ?? y
    }

    /// The layer followed by an activation.
    public func callAsFunction(_ x: Tensor, then activation: Activation) -> Tensor {
        adapter == nil ? x.linear(weight, bias, then: activation) : activation(self(x))
    }

    /// The layer's output added to a residual of its shape.
    public func callAsFunction(_ x: Tensor, adding residual: Tensor) -> Tensor {
        let y = x.linear(weight, bias, adding: residual)
        return adapter.map { y + $0(x) } ?? y
    }
}

extension Linear {
    /// The log-probabilities of targets under the softmax of this layer's outputs: a language model's head, computed only
    /// in the rows that have a target, which in a batch of prompts and answers are few.
    ///
    /// - Parameters:
    ///   - x: what is scored, [.., inputs].
    ///   - targets: one for each row; ``Tensor/noTarget`` for none.
    /// - Returns: [rows with a target], in their order.
    public func logProbabilities(_ x: Tensor, of targets: [Int]) -> Tensor {
        demand(targets.count == x.rows, "\(targets.count) targets do not fit rows of shape \(x.shape)")
        let rows = targets.indices.filter { targets[$0] >= 0 }
        let scored = x.reshaped([x.rows, x.columns]).gathered(rows)
        return self(scored).logProbabilities(of: rows.map { targets[$0] })
    }

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

/// A trained product of low rank beside a linear layer that stays as it is: (alpha / r) B A x (Hu et al. 2021, Eq. 3).
///
/// A layer has it by ``Linear/adapted(rank:alpha:using:)``.
public struct LoRA: Module {
    /// A: [rank, inputs], uniform in ±1/sqrt(inputs), which is Kaiming's with a slope of sqrt(5)
    public var a: Tensor
    /// B: [outputs, rank], zero, so that training starts from the frozen layer
    public var b: Tensor
    /// alpha / r
    public let scale: Float

    /// An adapter that adds nothing yet.
    init(_ inputs: Int, _ outputs: Int, rank: Int, alpha: Double, using random: inout RandomStream) {
        a = .uniform([rank, inputs], bound: 1 / Double(inputs).squareRoot(), trains: true, using: &random)
        b = .zeros([outputs, rank], trains: true)
        scale = Float(alpha / Double(rank))
    }

    /// An adapter with given matrices A [rank, inputs] and B [outputs, rank].
    public init(a: Tensor, b: Tensor, alpha: Double) {
        demand(
            a.shape.count == 2 && b.shape.count == 2 && a.shape[0] == b.shape[1],
            "a LoRA cannot have matrices of shapes \(a.shape) and \(b.shape)")
        (self.a, self.b) = (a, b)
        scale = Float(alpha / Double(a.shape[0]))
    }

    /// x: [.., inputs] -> [.., outputs]
    public func callAsFunction(_ x: Tensor) -> Tensor { x.linear(a).linear(b) * scale }

    /// (alpha / r) B A: [outputs, inputs]
    public var product: Tensor { b.matmul(a) * scale }
}
