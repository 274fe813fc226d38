import Base
import Datasets
import Foundation
import MethodKit
import Tensors

extension MusicInfuser {
    /// Music with a dance to it, or a dance alone.
    struct Pair: Sendable {
        let style: Style
        let piece: Piece
        let motion: Motion
        /// What the adapters hear: rows of onsets, twice a motion's frames.
        let onsets: [[Float]]

        /// A dance with its music; `hears` leaves the sound out where nobody listens.
        init(_ style: Style, to piece: Piece, hears: Bool = true, using random: inout RandomStream) {
            self.style = style
            self.piece = piece
            motion = Dancer.dance(style, to: piece, using: &random)
            onsets = hears ? OnsetEnvelope(piece.sound(), rate: Piece.onsetRate).frames : []
        }
    }

    /// The three sets of dances: for the prior, for the adapters, for tests. Nothing is in two of them.
    enum DanceSet {
        /// The dances of a trial's prior.
        static func dances(of trial: Trial<Inputs>) -> [Pair] {
            var random = trial.stream("dances")
            return dances(trial.inputs.dances, using: &random)
        }

        /// The pairs of a trial's adapters.
        static func pairs(of trial: Trial<Inputs>) -> [Pair] {
            var random = trial.stream("pairs")
            return pairs(trial.inputs.pairs, using: &random)
        }

        /// A trial's test of one style.
        static func test(_ style: Style, of trial: Trial<Inputs>) -> [Pair] {
            var random = trial.stream("test \(style.rawValue)")
            return test(style, trial.inputs.pieces, using: &random)
        }

        /// A few pieces of each seen style on which a trial's learning is watched: as many as a test has, but no more than
        /// a look is worth.
        static func course(of trial: Trial<Inputs>) -> [Pair] {
            var random = trial.stream("course")
            return Style.seen.flatMap { test($0, min(32, trial.inputs.pieces), using: &random) }
        }

        /// Dances of all styles and tempi, whose music nobody hears: what the prior learns from.
        static func dances(_ count: Int, using random: inout RandomStream) -> [Pair] {
            (0..<count).map { index in
                Pair(
                    Style.allCases[index % Style.allCases.count], to: Piece(ofHeldOut: nil, using: &random),
                    hears: false,
                    using: &random)
            }
        }

        /// Music with dances, of the seen styles and without the held-out tempi: what adapters learn from.
        static func pairs(_ count: Int, using random: inout RandomStream) -> [Pair] {
            (0..<count).map { index in
                Pair(
                    Style.seen[index % Style.seen.count], to: Piece(ofHeldOut: false, using: &random),
                    using: &random)
            }
        }

        /// A test's music with the dances that one would dance to it: of one style, every other one of a held-out
        /// tempo.
        static func test(_ style: Style, _ count: Int, using random: inout RandomStream) -> [Pair] {
            (0..<count).map { index in
                Pair(style, to: Piece(ofHeldOut: index % 2 == 1, using: &random), using: &random)
            }
        }

        /// Whose piece is played in place of one's own, where a wrong one is wanted: one of a trained tempo for another, one
        /// of a held-out tempo for another. Needs eight pieces of a test.
        static func other(_ index: Int, of count: Int) -> Int { moved(index, of: count) { $0 / 2 } }

        /// A third piece, neither one's own nor the wrong one: a dance that fits it does so by chance, also where the
        /// wrong one was heard. Needs eight pieces of a test.
        static func third(_ index: Int, of count: Int) -> Int { moved(index, of: count) { $0 / 3 } }

        /// Further on by some of the pieces whose place is as even or as odd, which are those of one kind of tempi.
        private static func moved(_ index: Int, of count: Int, by shift: (_ kin: Int) -> Int) -> Int {
            let parity = index % 2, kin = (count + 1 - parity) / 2
            return 2 * ((index / 2 + shift(kin)) % kin) + parity
        }
    }

    /// Mean and deviation of each channel, by which motions become numbers of like size.
    struct Scaling: Codable, Sendable {
        let mean, deviation: [Float]
        /// The same of the features that motions are compared by.
        let features: [Double]

        init(_ motions: [Motion]) {
            features = MotionFeatures.scales(motions)
            let channels = (0..<Motion.channels).map { channel in motions.flatMap { $0.channel(channel) } }
            mean = channels.map { Float($0.reduce(0, +) / Double($0.count)) }
            deviation = zip(channels, mean).map { values, mean in
                let square = values.reduce(0) { $0 + ($1 - Double(mean)) * ($1 - Double(mean)) }
                return Float(max(1e-6, (square / Double(values.count)).squareRoot()))
            }
        }

        /// A motion as the flow sees it.
        func scaled(_ motion: Motion) -> [Float] {
            motion.values.enumerated().map {
                ($1 - mean[$0 % Motion.channels]) / deviation[$0 % Motion.channels]
            }
        }

        /// Motions from what the flow made: [dances, frames, channels]
        func motions(_ made: Tensor) -> [Motion] {
            let values = made.values.enumerated().map {
                $1 * deviation[$0 % Motion.channels] + mean[$0 % Motion.channels]
            }
            let length = Motion.frames * Motion.channels
            return stride(from: 0, to: values.count, by: length).map {
                Motion(values: Array(values[$0..<$0 + length]))
            }
        }
    }
}
