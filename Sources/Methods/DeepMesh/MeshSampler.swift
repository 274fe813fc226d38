import Base
import Foundation

/// Draws tokens by the Gumbel-max trick, in Double as the released code does: what the golden test calls.
public enum GumbelMax {
    /// §3.2 e^l / (-ln u)^T: its largest is a draw from the softmax of l / T.
    ///
    /// - Parameters:
    ///   - logits: l of each token.
    ///   - u: a uniform draw of each token, in 0..<1.
    ///   - temperature: T.
    /// - Returns: one score a token.
    public static func scores(_ logits: [Double], _ u: [Double], temperature: Double) -> [Double] {
        zip(logits, u).map { exp($0) / pow(-log($1), temperature) }
    }

    /// The place of the largest score.
    public static func choice(_ scores: [Double]) -> Int {
        scores.indices.max { scores[$0] < scores[$1] } ?? 0
    }

    /// One draw.
    static func draw(_ logits: [Double], temperature: Double, using random: inout RandomStream) -> Int {
        // The same draw with smaller numbers: a common factor changes no order.
        let top = logits.max() ?? 0
        let u = logits.map { _ in max(random.uniform(), .leastNormalMagnitude) }
        return choice(scores(logits.map { $0 - top }, u, temperature: temperature))
    }
}

/// Samples meshes from a model, several at a time.
struct MeshSampler {
    let model: MeshModel
    /// T of the draws.
    let temperature: Double
    /// The most tokens of a mesh, and the most that are looked back at.
    let longest, window: Int

    /// Meshes in a batch.
    private static let batch = 100

    /// One mesh for each cloud, as tokens without begin and end.
    func meshes(for clouds: [[SIMD3<Float>]], using random: inout RandomStream) -> [[Int]] {
        var meshes: [[Int]] = []
        for begin in stride(from: 0, to: clouds.count, by: Self.batch) {
            let part = Array(clouds[begin..<min(begin + Self.batch, clouds.count)])
            var said: [[Int]] = part.map { _ in [] }
            sample(part, using: &random) { tokens, isEnded in
                for row in tokens.indices where !isEnded[row] { said[row].append(tokens[row]) }
            }
            meshes += said
        }
        return meshes
    }

    /// Says the meshes of some clouds token by token until all have ended.
    ///
    /// - Parameters:
    ///   - clouds: one a mesh.
    ///   - random: of the draws.
    ///   - hear: takes the next token of each mesh, and which meshes have ended, at that token or before.
    func sample(
        _ clouds: [[SIMD3<Float>]], using random: inout RandomStream,
        hear: (_ tokens: [Int], _ isEnded: [Bool]) -> Void
    ) {
        var stream = model.begin(clouds, window: window)
        var isEnded = clouds.map { _ in false }
        var tokens = clouds.map { _ in model.vocabulary.begin }
        for _ in 0..<longest where isEnded.contains(false) {
            let scores = model.next(tokens, &stream)
            for row in tokens.indices where !isEnded[row] {
                var possible = scores[row]
                possible[model.vocabulary.begin] = -.infinity  // a mesh begins once
                tokens[row] = GumbelMax.draw(possible, temperature: temperature, using: &random)
                isEnded[row] = tokens[row] == model.vocabulary.end
            }
            hear(tokens, isEnded)
        }
    }
}
