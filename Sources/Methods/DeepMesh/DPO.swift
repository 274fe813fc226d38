import Base
import Datasets
import Foundation
import MethodKit

extension DeepMesh {
    /// Direct preference optimisation over whole sequences (§3.3), in Double: what the training loop and the golden
    /// tests call.
    ///
    /// Probabilities of whole sequences underflow: everything is in logarithms, summed over tokens.
    enum DPO {
        /// Log-probabilities of two sequences, summed over their tokens.
        struct Pair: Sendable, Codable, Equatable {
            /// Of the preferred sequence y⁺ and of the other y⁻.
            var win, lose: Double
        }

        /// A pair's loss and gradient.
        struct Outcome: Sendable {
            /// β (log π/π_ref) of both sequences: the implicit rewards.
            let rewardWin, rewardLose: Double
            /// Reward of the preferred sequence minus reward of the other.
            var margin: Double { rewardWin - rewardLose }
            /// -log σ(margin)
            let loss: Double
            /// d loss / d log π of each token of y⁺; that of y⁻ is its negative.
            let slope: Double
        }

        /// §3.3  L = -log σ(β[(log π/π_ref)(y⁺) - (log π/π_ref)(y⁻)]).
        static func outcome(policy: Pair, reference: Pair, beta: Double) -> Outcome {
            let win = beta * (policy.win - reference.win), lose = beta * (policy.lose - reference.lose)
            let margin = win - lose
            // -log σ(m) = ln(1 + e^-m), from e^-|m|, which cannot overflow; its slope is -σ(-m).
            return Outcome(
                rewardWin: win, rewardLose: lose, loss: max(-margin, 0) + log1p(exp(-abs(margin))),
                slope: -beta / (1 + exp(margin)))
        }
    }

    /// What a sampled mesh is worth beside the cloud it was made for (§3.3: filtered by geometry first).
    struct MeshQuality: Codable, Sendable {
        /// Chamfer and Hausdorff to the cloud's surface.
        let chamfer, hausdorff: Double
        /// Edges with one face, of all edges; 1 for a mesh without a face.
        let openShare: Double
        /// Whether every edge has exactly two faces.
        let isWatertight: Bool
        /// Faces that were said, twice said ones twice.
        let faces: Int

        /// Smaller is better: Chamfer + 0.5 · open edges. The paper filters by Chamfer and leaves the rest to
        /// people's eyes, which see holes first.
        var score: Double { chamfer + 0.5 * openShare }

        /// What stands for Chamfer when tokens came to no surface, and for Hausdorff: the cube's diagonal.
        static let noChamfer = 2.0, noHausdorff = 2 * 3.0.squareRoot()

        init(_ tokens: [Int], _ item: MeshItem, _ vocabulary: Vocabulary, using random: inout RandomStream) {
            let decoded = Detokeniser(tokens, vocabulary)
            // As many points as the reference has, so that the floor is the same for all samples.
            let points = SurfaceSampler(decoded.triangles, vocabulary)
                .points(MeshSet.referencePoints, using: &random)
            let topology = Topology(of: Self.distinct(decoded.indexed.faces))
            let distances = points.isEmpty ? nil : PointDistances(points, item.reference)
            chamfer = distances?.chamfer ?? Self.noChamfer
            hausdorff = distances?.hausdorff ?? Self.noHausdorff
            openShare = Self.openShare(of: decoded)
            isWatertight = !points.isEmpty && topology.isWatertight
            faces = decoded.triangles.count
        }

        /// Edges with one face, of all edges; 1 for a mesh without a face. It asks for no truth.
        static func openShare(of decoded: Detokeniser) -> Double {
            decoded.triangles.isEmpty ? 1 : Topology(of: distinct(decoded.indexed.faces)).openShare
        }

        /// Faces without those that lie on another one: said twice, a face would close its own edges.
        static func distinct(_ faces: [SIMD3<Int32>]) -> [SIMD3<Int32>] {
            var known: Set<Set<Int32>> = []
            return faces.filter { known.insert([$0.x, $0.y, $0.z]).inserted }
        }
    }

    /// Two meshes for one cloud, one of them preferred.
    struct PreferencePair: Codable, Sendable {
        /// Which cloud of the candidates'.
        let cloud: Int
        /// Tokens of both, without begin and end.
        let win, lose: [Int]
        /// Whether the user chose, not the score.
        var isByEye = false
        /// log π_ref of both, once the reference has read them.
        var reference: DPO.Pair?
    }

    /// Two meshes that the score cannot tell apart: the user's eyes decide.
    struct OpenChoice: Codable, Sendable {
        let cloud: Int
        /// Tokens of the left and of the right mesh.
        let a, b: [Int]

        /// The cloud's number and what these two meshes alone have: a choice between two others does not count for
        /// them.
        var name: String { "\(cloud)-\(Digest(of: Data("\(a) \(b)".utf8)).hex.prefix(6))" }
    }

    /// The user's own choices: a file of lines like `{"pair": "12-3fa9c1", "chosen": "a"}`, a pair's last line
    /// counting.
    struct ChoiceFile {
        /// Whether the left mesh of a pair was chosen, by the pair's name.
        let isLeft: [String: Bool]

        /// Reads the file; an empty path means no choices.
        ///
        /// - Throws: `FileError`.
        init(_ path: String) throws {
            let lines = path.isEmpty ? [] : try JSONLines.read(path, as: Choice.self)
            isLeft = Dictionary(lines.map { ($0.value.pair, $0.value.chosen == .a) }) { _, last in last }
        }
    }

    /// Turns samples into pairs (§3.3): those where both are bad are dropped; where one is clearly better it wins;
    /// otherwise the user's choice decides, and without one the pair is dropped.
    struct PreferenceRule {
        /// Scores that differ by more are clearly different; a decent mesh scores at most so much.
        let gap, decent: Double
        var pairing = Pairing.extremes
        let choices: ChoiceFile

        /// What the samples of one cloud come to.
        enum Verdict {
            /// Both meshes are bad, or they are one and the same.
            case dropped
            case pair(PreferencePair)
            /// The score cannot tell, and the user has not chosen.
            case open(OpenChoice)
        }

        /// Judges the best sample of a cloud against the worst, or against the second best.
        ///
        /// - Parameters:
        ///   - cloud: its number among the candidates.
        ///   - samples: tokens with what they are worth.
        /// - Returns: a pair, or a choice for the user's eyes, or neither.
        func judge(_ cloud: Int, _ samples: [(tokens: [Int], quality: MeshQuality)]) -> Verdict {
            let sorted = samples.sorted { $0.quality.score < $1.quality.score }
            // The best against the worst alone: other pairs of one cloud would count the same flaw again.
            // The second best may be the same mesh again; then it is the next one.
            guard let best = sorted.first, best.quality.score <= decent,
                let worst = pairing == .extremes
                    ? sorted.last : sorted.first(where: { $0.tokens != best.tokens }),
                best.tokens != worst.tokens
            else { return .dropped }
            if worst.quality.score - best.quality.score > gap {
                return .pair(PreferencePair(cloud: cloud, win: best.tokens, lose: worst.tokens))
            }
            // Left and right in the order of sampling, which says nothing about the score.
            let a =
                samples.first { $0.tokens == best.tokens || $0.tokens == worst.tokens }?.tokens ?? best.tokens
            let b = a == best.tokens ? worst.tokens : best.tokens
            let choice = OpenChoice(cloud: cloud, a: a, b: b)
            // What the score cannot tell is the user's to say (the paper's volunteers); without a word it is left
            // out.
            guard let isLeft = choices.isLeft[choice.name] else { return .open(choice) }
            return .pair(
                PreferencePair(cloud: cloud, win: isLeft ? a : b, lose: isLeft ? b : a, isByEye: true))
        }
    }
}
