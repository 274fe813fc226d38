import Base
import CKernels

/// A transformer's feed-forward network, with the residual that it is added to.
public struct FeedForward: Module {
    /// What lies between its layers.
    public enum Kind: String, Codable, Sendable {
        /// Four times the width, with GELU.
        case gelu
        /// silu(W1 x) * W3 x, then W2 (Shazeer 2020, Eq. 6), with 8/3 of the width.
        case swiglu
    }

    private var up: Linear
    private var gate: Linear?
    private var down: Linear

    /// - Parameters:
    ///   - width: of the tokens.
    ///   - kind: which one.
    ///   - bias: whether its layers have biases.
    ///   - random: for the first weights.
    public init(_ width: Int, _ kind: Kind, bias: Bool = true, using random: inout RandomStream) {
        let hidden = kind == .swiglu ? (8 * width / 3 + 7) / 8 * 8 : 4 * width
        up = Linear(width, hidden, bias: bias, using: &random)
        gate = kind == .swiglu ? Linear(width, hidden, bias: bias, using: &random) : nil
        down = Linear(hidden, width, bias: bias, using: &random)
    }

    /// x: [.., width], r: a residual of the same shape, if any -> the network's output + r
    public func callAsFunction(_ x: Tensor, adding residual: Tensor? = nil) -> Tensor {
        x.feedForward(gate, up, down, adding: residual)
    }

    /// Freezes its layers and puts adapters on them; see ``Linear/adapted(rank:alpha:using:)``.
    public mutating func adapt(rank: Int, alpha: Double, using random: inout RandomStream) {
        up = up.adapted(rank: rank, alpha: alpha, using: &random)
        gate = gate?.adapted(rank: rank, alpha: alpha, using: &random)
        down = down.adapted(rank: rank, alpha: alpha, using: &random)
    }
}

extension Tensor {
    /// down(gelu(up(x))) + r where there is one, or down(silu(gate(x)) * up(x)) + r, some rows at a time, so that the hidden layer stays in
    /// cache; it is computed again for the gradient.
    func feedForward(
        _ gate: Linear?, _ up: Linear, _ down: Linear, adding residual: Tensor? = nil
    ) -> Tensor {
        let (x, hidden) = (self, up.weight.shape[0])
        let gate = gate?.merged, up = up.merged, down = down.merged
        demand(
            up.weight.shape == [hidden, columns] && down.weight.shape == [columns, hidden]
                && (gate.map { $0.weight.shape == up.weight.shape } ?? true)
                && (residual.map { $0.shape == shape } ?? true),
            "feedForward cannot take shapes \(shape), \(up.weight.shape) and \(residual?.shape ?? shape)")
        var network = bt_feed_forward()
        (network.rows, network.width, network.hidden) = (rows, columns, hidden)
        let operands =
            [x] + (residual.map { [$0] } ?? []) + (gate?.operands ?? []) + up.operands + down.operands
        let keeps = Self.trains(operands)
        let gates = keeps && gate != nil ? Storage(rows * hidden) : nil
        let ups = keeps ? Storage(rows * hidden) : nil
        network.gate = gate?.forward ?? bt_layer()
        (network.up, network.down) = (up.forward, down.forward)
        return Self.result(.feedForward, shape, operands) { y in
            bt_feed_forward_write(&network, x.pointer, residual?.pointer, gates?.pointer, ups?.pointer, y)
        } backward: { y, dy in
            let adds: Int32 = x.gradient == nil ? 0 : 1, dx = x.place()
            var network = network
            network.gate = gate?.backward() ?? bt_layer()
            (network.up, network.down) = (up.backward(), down.backward())
            bt_feed_forward_back(&network, x.pointer, gates?.pointer, ups?.pointer, dy, adds, dx)
            residual?.inherit(y)
        }
    }
}
