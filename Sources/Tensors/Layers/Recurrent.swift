import Base
import CKernels

/// A gated recurrent unit (Cho et al. 2014), with PyTorch's gates.
public struct GRU: Module {
    private var input, hidden: Linear
    private let width: Int

    /// Uniform in ±1/sqrt(width), as PyTorch starts it.
    public init(_ inputs: Int, _ width: Int, using random: inout RandomStream) {
        let bound = 1 / Double(width).squareRoot()
        func layer(_ inputs: Int) -> Linear {
            Linear(
                weight: .uniform([3 * width, inputs], bound: bound, trains: true, using: &random),
                bias: .uniform([3 * width], bound: bound, trains: true, using: &random))
        }
        input = layer(inputs)
        hidden = layer(width)
        self.width = width
    }

    /// One step: x [batch, inputs] and h [batch, width] -> the new h.
    public func step(_ x: Tensor, _ h: Tensor) -> Tensor { .gru(input(x), hidden(h), h) }

    /// All steps: x [batch, steps, inputs] -> the states [batch, steps, width].
    public func callAsFunction(_ x: Tensor, from start: Tensor? = nil) -> Tensor {
        let (batch, steps) = (x.shape[0], x.shape[1])
        let projected = input(x)
        var h = start ?? .zeros([batch, width]), states: [Tensor] = []
        for t in 0..<steps {
            h = .gru(projected.slice(t..<t + 1, axis: 1).reshaped([batch, 3 * width]), hidden(h), h)
            states.append(h.reshaped([batch, 1, width]))
        }
        return .concatenated(states, axis: 1)
    }
}

extension Tensor {
    /// The pointwise part of a GRU: from Wx + b and Uh + c, both [rows, 3 width], and h [rows, width], the new h.
    static func gru(_ gx: Tensor, _ gh: Tensor, _ h: Tensor) -> Tensor {
        let (rows, width) = (h.rows, h.columns), gates = Storage(gx.count)
        demand(
            gx.columns == 3 * width && gx.shape == gh.shape,
            "gru cannot take shapes \(gx.shape) and \(h.shape)")
        return result(.gru, h.shape, [gx, gh, h]) {
            bt_gru(rows, width, gx.pointer, gh.pointer, h.pointer, gates.pointer, $0)
        } backward: { _, dy in
            let dgx = Storage(gx.count), dgh = Storage(gx.count), dh = Storage(h.count)
            bt_gru_back(
                rows, width, gh.pointer, h.pointer, gates.pointer, dy, dgx.pointer, dgh.pointer, dh.pointer)
            gx.take(dgx)
            gh.take(dgh)
            h.take(dh)
        }
    }
}
