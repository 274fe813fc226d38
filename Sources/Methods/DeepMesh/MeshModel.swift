import Base
import Foundation
import Tensors

/// A cloud of points as a few tokens: each token is a learnt query that looks at all points (Jaegle et al. 2021).
///
/// The paper's 257 tokens come from a pretrained encoder of 16,384 points with normals; this one is trained with the
/// rest.
struct CloudEncoder: Module {
    private let first, second: Linear
    private let norm: RMSNorm
    private let pool: AttentionPooling

    /// Octaves of the sines and cosines of each coordinate.
    private static let octaves = 4

    init(_ width: Int, heads: Int, tokens: Int, using random: inout RandomStream) {
        first = Linear(3 + 6 * Self.octaves, width, using: &random)
        second = Linear(width, width, using: &random)
        norm = RMSNorm(width)
        pool = AttentionPooling(width, heads: heads, queries: tokens, using: &random)
    }

    /// Clouds of equally many points -> [clouds, tokens, width]
    func callAsFunction(_ clouds: [[SIMD3<Float>]]) -> Tensor {
        pool(norm(second(first(Self.features(clouds), then: .gelu))))
    }

    /// Each coordinate, and the sine and cosine of it times π/2, π, 2π and 4π.
    private static func features(_ clouds: [[SIMD3<Float>]]) -> Tensor {
        let points = clouds.first?.count ?? 0, width = 3 + 6 * octaves
        var values: [Float] = []
        values.reserveCapacity(clouds.count * points * width)
        for point in clouds.joined() {
            for axis in 0..<3 {
                values.append(point[axis])
                var (s, c) = (sin(point[axis] * .pi / 2), cos(point[axis] * .pi / 2))
                for _ in 0..<octaves {
                    values.append(s)
                    values.append(c)
                    // Of twice the angle.
                    (s, c) = (2 * s * c, c * c - s * s)
                }
            }
        }
        return Tensor(values, [clouds.count, points, width])
    }

    var parameters: [Tensor] {
        first.parameters + second.parameters + norm.parameters + pool.parameters
    }
}

/// Says a mesh token by token, looking at a cloud of points (§3.2).
struct MeshModel: Module {
    let vocabulary: MeshVocabulary
    private let words: Embedding
    private let cloud: CloudEncoder
    let hourglass: Hourglass
    private let norm: RMSNorm
    private let output: Linear

    /// d, heads, and tokens of a cloud.
    private static let width = 96, heads = 4, cloudTokens = 8

    /// - Parameters:
    ///   - vocabulary: what the tokens mean.
    ///   - shortening: k of the Hourglass.
    ///   - depth: how many Hourglasses stand one inside the other.
    ///   - random: draws the first weights.
    init(_ vocabulary: MeshVocabulary, shortening: Int, depth: Int = 1, using random: inout RandomStream) {
        self.vocabulary = vocabulary
        words = Embedding(vocabulary.count, Self.width, deviation: 0.1, using: &random)
        cloud = CloudEncoder(Self.width, heads: Self.heads, tokens: Self.cloudTokens, using: &random)
        hourglass = Hourglass(
            Self.width, heads: Self.heads, shortening: shortening, depth: depth, using: &random)
        norm = RMSNorm(Self.width)
        output = Linear(Self.width, vocabulary.count, using: &random)
    }

    /// Scores the token after each.
    ///
    /// - Parameters:
    ///   - windows: tokens read, filled up at the end to the longest.
    ///   - clouds: of each window, equally many points.
    /// - Returns: [windows, longest, vocabulary].
    func callAsFunction(_ windows: [[Int]], _ clouds: [[SIMD3<Float>]]) -> Tensor {
        let longest = windows.map(\.count).max() ?? 0
        let filled = windows.flatMap {
            $0 + Array(repeating: vocabulary.end, count: longest - $0.count)
        }
        let x = words(filled, shape: [windows.count, longest])
        return output(norm(hourglass(x, over: cloud(clouds))))
    }

    var parameters: [Tensor] {
        words.parameters + cloud.parameters + hourglass.parameters + norm.parameters + output.parameters
    }
}

// MARK: Streaming

extension MeshModel {
    /// Meshes that are said at the same time, one a cloud.
    struct Stream {
        fileprivate let context: Tensor
        fileprivate var hourglass: Hourglass.Stream
        /// All tokens read, of each mesh.
        fileprivate(set) var tokens: [[Int]]
        /// The most tokens that are looked back at.
        fileprivate let window: Int
    }

    /// Begins a mesh for each cloud.
    ///
    /// - Parameters:
    ///   - clouds: equally many points each.
    ///   - window: the most tokens that are looked back at; when they are full, the stream begins anew with its last
    ///     half, as the released code does (9,000 and 4,500).
    /// - Returns: a stream that has read nothing.
    func begin(_ clouds: [[SIMD3<Float>]], window: Int) -> Stream {
        withoutGradient {
            Stream(
                context: cloud(clouds), hourglass: hourglass.begin(), tokens: clouds.map { _ in [] },
                window: window)
        }
    }

    /// Reads the next token of every mesh and scores those after it: [meshes][vocabulary]
    func next(_ tokens: [Int], _ stream: inout Stream) -> [[Double]] {
        for (row, token) in tokens.enumerated() { stream.tokens[row].append(token) }
        if stream.hourglass.position == stream.window {
            stream.hourglass = hourglass.begin()
            for place in (1...max(1, stream.window / 2)).reversed() {
                let past = stream.tokens.map { $0[$0.count - 1 - place] }
                _ = read(past, &stream)
            }
        }
        let scores = withoutGradient { output(norm(read(tokens, &stream))) }
        return Head.rows(scores)
    }

    private func read(_ tokens: [Int], _ stream: inout Stream) -> Tensor {
        withoutGradient {
            hourglass.next(words(tokens, shape: [tokens.count, 1]), over: stream.context, &stream.hourglass)
        }
    }
}
