import Base
import Tensors

extension DeepMesh {
    /// A cloud of points as a few tokens: each token is a learnt query that looks at all points (Jaegle et al. 2021).
    ///
    /// The paper's 257 tokens come from a pretrained encoder of 16,384 points with normals; this one is trained with
    /// the rest.
    struct CloudEncoder: Module {
        /// A perceptron on each point by itself.
        private let first, second: Linear
        private let norm: RMSNorm
        /// One query a token of the cloud, over all points.
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
            // Sines of whole octaves let a perceptron tell near points apart, as in NeRF.
            let coordinates = clouds.joined().flatMap { [$0.x, $0.y, $0.z] }
            let points = fourierFeatures(
                coordinates, [clouds.count, clouds.first?.count ?? 0, 3], octaves: Self.octaves)
            return pool(norm(second(first(points, then: .gelu))))
        }
    }

    /// Says a mesh token by token, looking at a cloud of points (§3.2).
    struct Model: Module, TokenModel {
        let vocabulary: Vocabulary
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
        init(_ vocabulary: Vocabulary, shortening: Int, depth: Int = 1, using random: inout RandomStream) {
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
            let batch = TokenBatch(windows, filling: vocabulary.end)
            let x = words(batch.tokens, shape: [batch.count, batch.width])
            return output(norm(hourglass(x, over: cloud(clouds))))
        }

        // MARK: Streaming

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
        ///   - window: the most tokens that are looked back at; when they are full, the stream begins anew with its
        ///     last half, as the released code does (9,000 and 4,500).
        /// - Returns: a stream that has read nothing.
        func begin(_ clouds: [[SIMD3<Float>]], window: Int) -> Stream {
            withoutGradient {
                Stream(
                    context: cloud(clouds), hourglass: hourglass.begin(), tokens: clouds.map { _ in [] },
                    window: window)
            }
        }

        /// Reads the next token of every mesh and scores those after it: [meshes, vocabulary]
        func next(_ tokens: [Int], _ stream: inout Stream) -> Tensor {
            for (row, token) in tokens.enumerated() { stream.tokens[row].append(token) }
            // Positions are rotary and begin at 0 again: a model never sees more of them than in training.
            if stream.hourglass.position == stream.window {
                stream.hourglass = hourglass.begin()
                for place in (1...max(1, stream.window / 2)).reversed() {
                    let past = stream.tokens.map { $0[$0.count - 1 - place] }
                    _ = read(past, &stream)
                }
            }
            return withoutGradient {
                output(norm(read(tokens, &stream))).reshaped([tokens.count, vocabulary.count])
            }
        }

        private func read(_ tokens: [Int], _ stream: inout Stream) -> Tensor {
            withoutGradient {
                hourglass.next(
                    words(tokens, shape: [tokens.count, 1]), over: stream.context, &stream.hourglass)
            }
        }
    }
}

extension DeepMesh {
    /// Samples meshes from a model, several at a time.
    struct Sampler {
        let model: Model
        /// T of the draws.
        let temperature: Double
        /// The most tokens of a mesh, and the most that are looked back at.
        let longest, window: Int

        /// Meshes in a batch.
        private static let batch = 100

        /// One mesh for each cloud, as tokens without begin and end.
        func meshes(for clouds: [[SIMD3<Float>]], using random: inout RandomStream) -> [[Int]] {
            stride(from: 0, to: clouds.count, by: Self.batch).flatMap { begin -> [[Int]] in
                let part = Array(clouds[begin..<min(begin + Self.batch, clouds.count)])
                return sampler.sequences(
                    begins(part), from: model.begin(part, window: window), using: &random)
            }
        }

        /// §3.2 Says the meshes of some clouds token by token until all have ended, each token the argmax of
        /// e^l / (-ln u)^T.
        ///
        /// - Parameters:
        ///   - clouds: one a mesh.
        ///   - random: of the draws.
        ///   - hear: takes the next token of each mesh, and which meshes have ended, at that token or before.
        func sample(
            _ clouds: [[SIMD3<Float>]], using random: inout RandomStream,
            hear: (_ tokens: [Int], _ isEnded: [Bool]) -> Void
        ) {
            sampler.sample(
                begins(clouds), from: model.begin(clouds, window: window), using: &random, hear: hear)
        }

        /// A mesh begins once.
        private var sampler: TokenSampler<Model> {
            TokenSampler(
                model: model, temperature: temperature, longest: longest, ends: [model.vocabulary.end],
                never: model.vocabulary.begin)
        }

        private func begins(_ clouds: [[SIMD3<Float>]]) -> [[Int]] {
            clouds.map { _ in [model.vocabulary.begin] }
        }
    }
}
