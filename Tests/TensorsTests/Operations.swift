import Base
import Foundation

@testable import Tensors

/// One operation with operands of random shapes: what the gradient test and the golden test go through.
struct Operation: Sendable, CustomStringConvertible {
    let description: String
    /// Shapes of the operands, drawn anew each time.
    let shapes: @Sendable (inout RandomStream) -> [[Int]]
    /// The operation on operands of those shapes.
    let apply: @Sendable ([Tensor]) -> Tensor
    /// Where the operands' elements come from.
    let range: Range

    /// What an operation can be tested on.
    enum Range {
        /// Standard normal numbers.
        case everywhere
        /// 1.2...2.2, for logarithms and quotients.
        case positive
        /// Between -2 and 2, at least 0.1 from -1, 0 and 1, where slopes jump.
        case offCorners
    }

    init(
        _ name: String, _ shapes: @escaping @Sendable (inout RandomStream) -> [[Int]],
        range: Range = .everywhere,
        _ apply: @escaping @Sendable ([Tensor]) -> Tensor
    ) {
        description = name
        self.shapes = shapes
        self.apply = apply
        self.range = range
    }

    private static func size(_ r: inout RandomStream, _ most: Int = 7) -> Int { 1 + r.below(most) }
    private static func matrix(_ r: inout RandomStream) -> [[Int]] { [[size(&r), size(&r, 40)]] }
    private static func row(_ r: inout RandomStream) -> [[Int]] {
        let shape = [size(&r), size(&r), size(&r, 20)]
        return [shape, [shape[2]]]
    }

    /// A frozen layer with an adapter.
    private static func adaptedLayer(_ outputs: Int, _ inputs: Int, _ a: Tensor, _ b: Tensor) -> Linear {
        var random = RandomStream(seed: 21)
        return Linear(
            weight: .gaussian([outputs, inputs], using: &random), bias: .gaussian([outputs], using: &random),
            adapter: LoRA(a: a, b: b, alpha: 1))
    }

    static let all: [Operation] = [
        Operation(
            "+ equal",
            { r in Array(repeating: matrix(&r)[0], count: 2) }
        ) { $0[0] + $0[1] },
        Operation("+ row", { row(&$0) }) { $0[0] + $0[1] },
        Operation("+ number", { matrix(&$0) + [[]] }) { $0[0] + $0[1] },
        Operation("- equal", { r in Array(repeating: matrix(&r)[0], count: 2) }) { $0[0] - $0[1] },
        Operation("* number", { matrix(&$0) + [[]] }) { $0[0] * $0[1] },
        Operation("- row", { row(&$0) }) { $0[0] - $0[1] },
        Operation(
            "* equal",
            { r in Array(repeating: matrix(&r)[0], count: 2) }
        ) { $0[0] * $0[1] },
        Operation("* row", { row(&$0) }) { $0[0] * $0[1] },
        Operation(
            "/",
            { r in Array(repeating: matrix(&r)[0], count: 2) }, range: .positive
        ) { $0[0] / $0[1] },
        Operation("affine", { matrix(&$0) }) { $0[0].affine(-1.5, 0.25) },
        Operation(
            "scaledRows",
            { r in
                let s = matrix(&r)[0]; return [s, [s[0]]]
            }
        ) { $0[0].scaledRows(by: $0[1]) },
        Operation("exp", { matrix(&$0) }) { $0[0].exp() },
        Operation("log", { matrix(&$0) }, range: .positive) { $0[0].log() },
        Operation("squareRoot", { matrix(&$0) }, range: .positive) { $0[0].squareRoot() },
        Operation("square", { matrix(&$0) }) { $0[0].square() },
        Operation("abs", { matrix(&$0) }, range: .offCorners) { $0[0].abs() },
        Operation("relu", { matrix(&$0) }, range: .offCorners) { $0[0].relu() },
        Operation("gelu", { matrix(&$0) }) { $0[0].gelu() },
        Operation("silu", { matrix(&$0) }) { $0[0].silu() },
        Operation("tanh", { matrix(&$0) }) { $0[0].tanh() },
        Operation("sigmoid", { matrix(&$0) }) { $0[0].sigmoid() },
        Operation("softplus", { matrix(&$0) }) { $0[0].softplus() },
        Operation("sine", { matrix(&$0) }) { $0[0].sine() },
        Operation("cosine", { matrix(&$0) }) { $0[0].cosine() },
        Operation("logSigmoid", { matrix(&$0) }) { $0[0].logSigmoid() },
        Operation("clamped", { matrix(&$0) }, range: .offCorners) { $0[0].clamped(to: -1...1) },
        Operation(
            "matmul",
            { r in
                let k = size(&r, 40); return [[size(&r), size(&r), k], [k, size(&r, 40)]]
            }
        ) {
            $0[0].matmul($0[1])
        },
        Operation(
            "matmul batch",
            { r in
                let (b, k) = (size(&r), size(&r))
                return [[b, size(&r), k], [b, k, size(&r)]]
            }
        ) { $0[0].matmul($0[1]) },
        Operation(
            "matmul transposed",
            { r in
                let (b, k) = (size(&r), size(&r))
                return [[b, size(&r), k], [b, size(&r), k]]
            }
        ) { $0[0].matmul($0[1], transposed: true) },
        Operation(
            "linear",
            { r in
                let (k, n) = (size(&r, 40), size(&r, 40))
                return [[size(&r), size(&r), k], [n, k], [n]]
            }
        ) { $0[0].linear($0[1], $0[2]) },
        Operation("linear large", { _ in [[33, 70], [37, 70], [37]] }) { $0[0].linear($0[1], $0[2]) },
        Operation("linear, then gelu", { _ in [[2, 20, 7], [13, 7], [13]] }) {
            $0[0].linear($0[1], $0[2], then: .gelu)
        },
        Operation("linear of few rows, then silu", { _ in [[3, 7], [5, 7], [5]] }) {
            $0[0].linear($0[1], $0[2], then: .silu)
        },
        Operation("linear, adding", { r in [[2, 17, 6], [9, 6], [9], [2, 17, 9]] }) {
            $0[0].linear($0[1], $0[2], adding: $0[3])
        },
        Operation("linear of few rows, adding", { _ in [[3, 6], [4, 6], [4], [3, 4]] }) {
            $0[0].linear($0[1], $0[2], adding: $0[3])
        },
        Operation("feedForward", { _ in [[2, 9, 6], [24, 6], [24], [6, 24], [6], [2, 9, 6]] }) {
            $0[0].feedForward(
                nil, Linear(weight: $0[1], bias: $0[2]), Linear(weight: $0[3], bias: $0[4]), adding: $0[5])
        },
        Operation("feedForward, gated", { _ in [[3, 6], [8, 6], [8, 6], [6, 8], [3, 6]] }) {
            $0[0].feedForward(
                Linear(weight: $0[1]), Linear(weight: $0[2]), Linear(weight: $0[3]), adding: $0[4])
        },
        Operation("reshaped", { _ in [[4, 6]] }) { $0[0].reshaped([3, 8]).square() },
        Operation("permuted, four axes", { r in [[size(&r, 4), size(&r, 4), size(&r, 4), size(&r)]] }) {
            $0[0].permuted([2, 0, 1, 3]).square()
        },
        Operation("permuted", { r in [[size(&r), size(&r), size(&r)]] }) {
            $0[0].permuted([2, 0, 1]).square()
        },
        Operation("transposed", { r in [[size(&r), size(&r), size(&r)]] }) { $0[0].transposed().square() },
        Operation("slice", { r in [[size(&r), 5, size(&r)]] }) { $0[0].slice(1..<4, axis: 1) },
        Operation(
            "concatenated",
            { r in
                let (a, b) = (size(&r), size(&r))
                return [[a, 3, b], [a, 2, b]]
            }
        ) { .concatenated($0, axis: 1) },
        Operation(
            "stacked",
            { r in Array(repeating: matrix(&r)[0], count: 2) }
        ) { .stacked($0) },
        Operation("gathered", { r in [[5, size(&r)]] }) { $0[0].gathered([4, 0, 4, 2], [2, 2]) },
        Operation("filled", { _ in [[2, 3]] }) {
            $0[0].filled(-3, where: [true, false, false, true, false, true])
        },
        Operation("replacing", { _ in [[2, 3], [2, 3]] }) {
            $0[0].replacing(where: [true, false, false, true, false, true], with: $0[1])
        },
        Operation("dropout", { matrix(&$0) }) { x in
            var random = RandomStream(seed: 3)
            return x[0].dropout(0.4, using: &random)
        },
        Operation("sum", { matrix(&$0) }) { $0[0].sum() },
        Operation("mean", { matrix(&$0) }) { $0[0].mean() },
        Operation("sumOfRows", { row(&$0).dropLast() }) { $0[0].sumOfRows() },
        Operation("meanOfRows", { matrix(&$0) }) { $0[0].meanOfRows() },
        Operation("sum of an axis", { r in [[size(&r), size(&r), size(&r)]] }) { $0[0].sum(axis: 1) },
        Operation("sum of the first axis", { matrix(&$0) }) { $0[0].sum(axis: 0) },
        Operation("mean of an axis", { r in [[size(&r), size(&r), size(&r)]] }) { $0[0].mean(axis: 1) },
        Operation("maxOfRows", { _ in [[3, 4]] }) { ($0[0] + Tensor([0, 9, 18, 27], [4])).maxOfRows() },
        Operation("maximum", { _ in [[3]] }) { ($0[0] + Tensor([0, 27, 9], [3])).maximum() },
        Operation("softmax", { matrix(&$0) }) { $0[0].softmax() },
        Operation("logSoftmax", { matrix(&$0) }) { $0[0].logSoftmax() },
        Operation("normalised", { matrix(&$0) }, range: .positive) { $0[0].normalised() },
        Operation(
            "layerNorm",
            { r in
                let n = 2 + r.below(30); return [[size(&r), n], [n], [n]]
            }
        ) {
            $0[0].layerNorm($0[1], $0[2])
        },
        Operation(
            "rmsNorm",
            { r in
                let n = 2 + r.below(30); return [[size(&r), n], [n]]
            }
        ) { $0[0].rmsNorm($0[1]) },
        Operation(
            "groupNorm",
            { r in
                let n = 3 * (1 + r.below(6))
                return [[size(&r, 3), 2, 3, n], [n], [n]]
            }
        ) { $0[0].groupNorm($0[1], $0[2], groups: 3) },
        Operation("logProbabilities", { r in [[4, 2 + r.below(20)]] }) {
            $0[0].logProbabilities(of: [1, 0, Tensor.noTarget, 1])
        },
        Operation("logProbabilities, used twice", { r in [[2, 3, 30 + r.below(20)]] }) {
            let last = $0[0].columns - 1
            let first = $0[0].logProbabilities(of: [0, 2, last, -1, 7, 1])
            return first * $0[0].logProbabilities(of: [-1, 2, 1, 0, 7, last])
        },
        // A sum of squares, whose slopes are twice the elements, beside the same on the tape.
        Operation("loss", { matrix(&$0) }) { x in
            let own = x[0].doubles
            return x[0].loss(value: own.reduce(0) { $0 + $1 * $1 }, slopes: own.map { 2 * $0 })
                + x[0].square().mean()
        },
        Operation("crossEntropies", { r in [[4, 2 + r.below(20)]] }) {
            $0[0].crossEntropies([1, 0, Tensor.noTarget, 1])
        },
        Operation("log-probabilities of a head", { _ in [[2, 3, 5], [7, 5], [7]] }) {
            Linear(weight: $0[1], bias: $0[2]).logProbabilities($0[0], of: [1, -1, 6, -1, -1, 0])
        },
        Operation("layerNorm, plain", { r in [[size(&r), 2 + r.below(30)]] }) { $0[0].layerNorm() },
        Operation(
            "modulatedLayerNorm",
            { r in
                let (b, c) = (size(&r, 3), 2 + r.below(30))
                return [[b, size(&r), c], [b, c], [b, c]]
            }
        ) { $0[0].modulatedLayerNorm(scale: $0[1], shift: $0[2]) },
        Operation("rmsNorm, plain", { r in [[size(&r), 2 + r.below(30)]] }) { $0[0].rmsNorm() },
        Operation("linear, adapted", { _ in [[20, 6], [2, 6], [4, 2]] }) {
            adaptedLayer(4, 6, $0[1], $0[2])($0[0], then: .silu)
        },
        Operation("feedForward, adapted", { _ in [[9, 6], [2, 6], [8, 2], [2, 8], [6, 2]] }) {
            $0[0].feedForward(
                nil, adaptedLayer(8, 6, $0[1], $0[2]), adaptedLayer(6, 8, $0[3], $0[4]))
        },
        Operation("selfAttention, adapted", { _ in [[2, 5, 6], [2, 6], [18, 2], [2, 6], [6, 2]] }) {
            ($0[0] * 0.3).selfAttention(
                adaptedLayer(18, 6, $0[1], $0[2]), adaptedLayer(6, 6, $0[3], $0[4]), heads: 2)
        },
        Operation("crossEntropy", { r in [[4, 2 + r.below(20)]] }) { $0[0].crossEntropy([1, 0, -1, 1]) },
        Operation(
            "meanSquaredError",
            { r in Array(repeating: matrix(&r)[0], count: 2) }
        ) { $0[0].meanSquaredError($0[1]) },
        Operation("binaryCrossEntropy", { _ in [[2, 3]] }) {
            $0[0].binaryCrossEntropy(Tensor([0, 1, 1, 0, 0.5, 1], [2, 3]))
        },
        Operation("sigmoidFocalLoss", { _ in [[2, 3]] }) {
            $0[0].sigmoidFocalLoss(Tensor([0, 1, 1, 0, 0, 1], [2, 3]))
        },
        Operation(
            "divergence",
            { r in Array(repeating: matrix(&r)[0], count: 2) }
        ) {
            $0[0].logSoftmax().divergence(from: $0[1].logSoftmax())
        },
        Operation(
            "attention",
            { r in
                let (b, d) = (size(&r, 3), 2 * 3 * size(&r, 4))
                let (q, k) = (size(&r, 30), size(&r, 30))
                return [[b, q, d], [b, k, d], [b, k, d]]
            }
        ) { $0[0].attention(over: $0[1], $0[2], heads: 2) },
        Operation(
            "attention causal",
            { r in
                let (b, d, t) = (size(&r, 3), 2 * size(&r, 5), size(&r, 40))
                return [[b, t, d], [b, t, d], [b, t, d]]
            }
        ) { $0[0].attention(over: $0[1], $0[2], heads: 2, causal: true) },
        Operation("attention lengths, bias", { _ in [[2, 3, 4], [2, 5, 4], [2, 5, 4]] }) {
            $0[0].attention(
                over: $0[1], $0[2], heads: 1, lengths: [3, 5],
                bias: Tensor((0..<15).map { Float($0) / 7 }, [3, 5]))
        },
        Operation("attention, a bias of all heads", { _ in [[2, 3, 8], [2, 5, 8], [2, 5, 8], [3, 5]] }) {
            $0[0].attention(over: $0[1], $0[2], heads: 2, lengths: [4, 5], bias: $0[3])
        },
        Operation(
            "attention, a bias each head", { _ in [[2, 19, 8], [2, 19, 8], [2, 19, 8], [2, 19, 19]] }
        ) {
            $0[0].attention(over: $0[1], $0[2], heads: 2, causal: true, bias: $0[3])
        },
        Operation(
            "selfAttention",
            { r in
                let (b, t) = (size(&r, 3), size(&r, 40))
                return [[b, t, 8], [24, 8], [24], [8, 8], [8], [b, t, 8]]
            }
        ) {
            $0[0].selfAttention(
                Linear(weight: $0[1], bias: $0[2]), Linear(weight: $0[3], bias: $0[4]), heads: 2,
                causal: true, adding: $0[5])
        },
        Operation("selfAttention, turned", { _ in [[3, 17, 12], [36, 12], [12, 12]] }) {
            ($0[0] * 0.3).selfAttention(
                Linear(weight: $0[1]), Linear(weight: $0[2]), heads: 2, rotary: Rotary(base: 100),
                lengths: [0, 9, 17])
        },
        Operation("rotated", { r in [[size(&r, 3), size(&r), 8]] }) { $0[0].rotated(depth: 4, from: 3) },
        Operation("rotated, a part of each head", { r in [[size(&r, 3), size(&r), 24]] }) {
            $0[0].rotated(depth: 12, part: 4, from: 2)
        },
        Operation("selfAttention, turned in part", { _ in [[2, 7, 12], [36, 12], [12, 12]] }) {
            ($0[0] * 0.3).selfAttention(
                Linear(weight: $0[1]), Linear(weight: $0[2]), heads: 2, rotary: Rotary(base: 100, part: 2))
        },
        Operation("rotated in part", { r in [[size(&r, 3), size(&r), 42]] }) {
            $0[0].rotated(depth: 6, columns: 36)
        },
        Operation(
            "convolved 3x3",
            { r in
                let (c, o) = (size(&r, 5), size(&r, 40))
                return [[size(&r, 2), 1 + size(&r), 1 + size(&r, 16), c], [3, 3, c, o]]
            }
        ) { $0[0].convolved($0[1], padding: (1, 1)) },
        Operation(
            "convolved stride 2",
            { r in
                let (c, o) = (size(&r, 5), size(&r, 20))
                return [[size(&r, 2), 2 + size(&r), 2 + size(&r), c], [3, 3, c, o]]
            }
        ) { $0[0].convolved($0[1], stride: 2, padding: (1, 1)) },
        Operation("convolved 2x4", { r in [[2, 5, 6, 3], [2, 4, 3, size(&r)]] }) { $0[0].convolved($0[1]) },
        Operation(
            "convolvedDepthwise",
            { r in
                let c = size(&r, 20); return [[2, 4, 5, c], [3, 3, c]]
            }
        ) {
            $0[0].convolvedDepthwise($0[1], padding: (1, 1))
        },
        Operation("upsampled", { r in [[2, size(&r), size(&r), size(&r)]] }) { $0[0].upsampled() },
        Operation("averagePooled", { r in [[2, 2 * size(&r), 2 * size(&r), size(&r)]] }) {
            $0[0].averagePooled()
        },
        Operation(
            "addedPerEntry",
            { r in
                let c = size(&r); return [[2, 3, 2, c], [2, c]]
            }
        ) { $0[0].addedPerEntry($0[1]) },
        Operation(
            "scaledPerEntry",
            { r in
                let c = size(&r); return [[2, 3, 2, c], [2, c]]
            }
        ) { $0[0].scaledPerEntry(by: $0[1]) },
        Operation(
            "gru",
            { r in
                let (n, w) = (size(&r), size(&r, 20))
                return [[n, 3 * w], [n, 3 * w], [n, w]]
            }
        ) { .gru($0[0], $0[1], $0[2]) },
    ]
}

extension Operation {
    /// Operands of random shapes.
    func operands(_ random: inout RandomStream) -> [Tensor] {
        shapes(&random).map { shape in
            let count = shape.reduce(1, *)
            let values = (0..<count).map { _ in number(&random) }
            return Tensor(values, shape, trains: true)
        }
    }

    private func number(_ random: inout RandomStream) -> Float {
        switch range {
        case .everywhere: Float(random.gaussian())
        case .positive: Float(1.2 + random.uniform())
        case .offCorners: Float(Double(random.below(4) - 2) + random.uniform(0.1, 0.9))
        }
    }
}
