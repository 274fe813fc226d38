import Base
import Tensors

@testable import Methods

/// Inputs of MusicInfuser's networks that several tests hear.
enum MusicInfuserFixture {
    /// Two motions of noise.
    static var noise: Tensor {
        var random = RandomStream(seed: 5)
        return MusicInfuser.Noised.alone(2, using: &random)
    }

    /// Onsets of two pieces: [pieces][frames][bands]
    static let onsets: [[[Float]]] = {
        var random = RandomStream(seed: 6)
        return (0..<2).map { _ in (0..<64).map { _ in (0..<4).map { _ in Float(random.uniform()) } } }
    }()
}
