extension DeepMesh {
    /// The arms differ here and nowhere else: a pair's loss, and its slopes with respect to the log-probabilities of its
    /// two meshes. Without any, no update is made.
    static func idea(
        _ arm: Arm, _ outcome: DPO.Outcome, _ policy: DPO.Pair, _ inputs: Inputs
    ) -> (loss: Double, slopes: DPO.Pair) {
        // d/d log π: DPO raises y⁺ as much as it lowers y⁻; fine-tuning and the anchor are -log π(y⁺).
        switch arm {
        case .pretrained, .cooler, .greedy, .bestOfFour: return (0, DPO.Pair(win: 0, lose: 0))
        case .preferred: return (-policy.win, DPO.Pair(win: -1, lose: 0))
        case .dpo: return (outcome.loss, DPO.Pair(win: outcome.slope, lose: -outcome.slope))
        case .anchored:
            let slopes = DPO.Pair(win: outcome.slope - inputs.anchor, lose: -outcome.slope)
            return (outcome.loss - inputs.anchor * policy.win, slopes)
        }
    }
}

extension DeepMesh.Arm {
    /// Whether it makes updates of its own.
    var learns: Bool { Self.learning.contains(self) }

    /// Those that make updates of their own.
    static let learning: [Self] = [.preferred, .dpo, .anchored]

    /// The learning rate: the best of those that were tried on seeds 1 and 2, see the card.
    var rate: Double {
        switch self {
        case .pretrained, .cooler, .greedy, .bestOfFour: 0
        case .preferred: 5e-5
        case .anchored: 1e-4
        case .dpo: 1e-5
        }
    }

    /// How it samples in the test: what the temperature is multiplied with, and how many meshes are drawn for a cloud.
    var decoding: DeepMesh.Decoding {
        switch self {
        case .cooler: DeepMesh.Decoding(cooling: 0.5)
        case .greedy: DeepMesh.Decoding(cooling: 0)
        case .bestOfFour: DeepMesh.Decoding(tries: 4)
        case .pretrained, .preferred, .dpo, .anchored: DeepMesh.Decoding()
        }
    }
}

extension DeepMesh {
    /// How meshes are drawn for unseen clouds.
    struct Decoding: Sendable {
        /// What the temperature is multiplied with; 0 takes the likeliest token.
        var cooling = 1.0
        /// Meshes drawn for a cloud.
        var tries = 1

        /// Of some meshes for one cloud, as tokens, the first with fewest open edges: what one sees without the truth.
        static func choice(of meshes: [[Int]], _ vocabulary: Vocabulary) -> [Int] {
            let open = meshes.map { MeshQuality.openShare(of: Detokeniser($0, vocabulary)) }
            return open.indices.min { open[$0] < open[$1] }.map { meshes[$0] } ?? []
        }
    }
}
