import Base
import Tensors

extension MusicInfuser {
    /// The prior: a transformer over the frames of a dance, told of the noise level and of the style, that estimates
    /// z - ε. It stands for a text-to-video model: it knows how people move, and hears nothing.
    struct MotionPrior: Module {
        private var input: Linear
        private var labels: Embedding
        private var time: MLP
        private(set) var blocks: [TransformerBlock]
        private var norm: Norm
        private var output: Linear

        static let width = 64, heads = 4

        /// A prior of some blocks that has learnt nothing yet.
        init(layers: Int, using random: inout RandomStream) {
            let width = Self.width
            input = Linear(Motion.channels, width, using: &random)
            labels = Embedding(Label.count, width, deviation: 0.5, using: &random)
            time = MLP([width, width, width], activation: .silu, using: &random)
            blocks = (0..<layers).map { _ in
                TransformerBlock(
                    width, heads: Self.heads, norm: .plainLayer, condition: width, using: &random)
            }
            norm = Norm(.plainLayer, width)
            output = Linear(width, Motion.channels, using: &random)
        }

        /// §3.3 HR-LoRA: low-rank changes of the queries', keys', values' and output projections of all blocks, with α = r.
        mutating func adapt(rank: Int, using random: inout RandomStream) {
            for place in blocks.indices {
                blocks[place].adapt(rank: rank, alpha: Double(rank), using: &random)
            }
        }

        /// Sines and cosines of the frames' places: [frames, width]. Their longest wave is of 600 frames, not of 60,000:
        /// among 32 frames all of them move.
        static var places: Tensor {
            sinusoids((0..<Motion.frames).map(Double.init), width: width, base: 100)
        }

        /// What a noised dance is moved along.
        ///
        /// - Parameters:
        ///   - z: noised dances.
        ///   - sigma: a noise level each.
        ///   - names: a label each.
        ///   - skipped: the block that is left out; nil for none.
        ///   - listening: what is done to the frames behind each block.
        /// - Returns: z - ε, [batch, frames, channels].
        func callAsFunction(
            _ z: Tensor, sigma: [Double], labels names: [Int], without skipped: Int? = nil,
            listening: (_ block: Int, _ frames: Tensor) -> Tensor = { $1 }
        ) -> Tensor {
            // Noise levels are of 0...1: a thousand of them make the sines of a diffusion time.
            let level = time(sinusoids(sigma.map { 1_000 * $0 }, width: Self.width))
            let condition = level + labels(names)
            var frames = input(z) + Self.places
            for (place, block) in blocks.enumerated() where place != skipped {
                frames = listening(place, block(frames, condition: condition))
            }
            return output(norm(frames))
        }
    }

    /// What a dance is called: its style, a dance of any style, or nothing.
    enum Label {
        static let any = Style.allCases.count, nothing = any + 1
        static let count = nothing + 1

        /// The labels of a batch: some say nothing, some only that it is a dance, the paper's basic caption.
        static func drawn(
            _ styles: [Style], dropout: Double, basic: Double, using random: inout RandomStream
        ) -> [Int] {
            styles.map { style in
                // Two draws each, whatever they decide.
                let (drops, isBasic) = (random.chance(dropout), random.chance(basic))
                return drops ? nothing : isBasic ? any : style.place
            }
        }
    }
}
