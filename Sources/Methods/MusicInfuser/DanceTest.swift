import Base
import Foundation
import Measures

extension MusicInfuser {
    /// How well the beats of motions lie on those of their music, summed over dances.
    struct Alignment: Codable {
        private var recalls = 0.0, fs = 0.0, count = 0.0

        /// How far apart two beats may be, in seconds.
        static let sigma = 0.12

        /// §4.1 One more motion: the mean over music beats of exp(-d² / 2σ²), d to the nearest motion beat, and its
        /// harmonic mean with the same the other way round.
        mutating func add(_ motion: Motion, _ piece: Piece) {
            let own = MotionBeats.found(in: motion), beats = MotionBeats.audible(piece.beats)
            recalls += BeatAlignment.score(of: beats, near: own, sigma: Self.sigma)
            fs += BeatAlignment.f(beats, own, sigma: Self.sigma)
            count += 1
        }

        /// Whether each beat of the music is danced: the paper's BeatAlign. A body that trembles fast gets much of it.
        var recall: Double { recalls / max(1, count) }
        /// Whether each beat of the dance is in the music as well: neither trembling nor standing still gets it.
        var f: Double { fs / max(1, count) }

        /// The alignments of two tests together.
        static func + (a: Self, b: Self) -> Self {
            var sum = a
            (sum.recalls, sum.fs, sum.count) = (a.recalls + b.recalls, a.fs + b.fs, a.count + b.count)
            return sum
        }
    }

    /// What motions made to one style's test music come to.
    struct StyleResult: Codable {
        let style: Style
        /// At trained tempi and at held-out ones.
        private(set) var trained = Alignment(), heldOut = Alignment()
        /// The same of real dances to the same music.
        private(set) var realTrained = Alignment(), realHeldOut = Alignment()
        /// Of the motions with the music of others: what no ear at all comes to.
        private(set) var chance = Alignment()
        /// Fréchet distance of the motions from real dances to the same music.
        let distance: Double
        /// The tempo of each motion over its music's, in beats a second.
        private(set) var tempi: [[Double]] = []
        /// How much larger each motion gets over how much larger a real one does, as logarithms.
        private(set) var growths: [[Double]] = []

        /// Measures motions of one style against the test's pairs of it.
        init(_ style: Style, _ motions: [Motion], _ pairs: [Pair], _ scaling: Scaling) {
            self.style = style
            distance = MotionFeatures.distance(motions, pairs.map(\.motion), scaling.features)
            for (index, (motion, pair)) in zip(motions, pairs).enumerated() {
                if Piece.isHeldOut(pair.piece.tempo) {
                    heldOut.add(motion, pair.piece)
                    realHeldOut.add(pair.motion, pair.piece)
                } else {
                    trained.add(motion, pair.piece)
                    realTrained.add(pair.motion, pair.piece)
                }
                chance.add(motion, pairs[DanceSet.third(index, of: pairs.count)].piece)
                let heard = Comb(under: motion.hipHeight.map { -$0 }, rate: Motion.rate)
                tempi.append([pair.piece.tempo, heard.tempo])
                growths.append([pair.piece.growth, MotionFeatures.growth(of: motion)])
            }
        }
    }

    /// The slope of the line through points (x, y) by least squares.
    static func slope(_ points: [[Double]]) -> Double {
        let count = Double(points.count)
        let x = points.reduce(0) { $0 + $1[0] } / count, y = points.reduce(0) { $0 + $1[1] } / count
        let square = points.reduce(0) { $0 + ($1[0] - x) * ($1[0] - x) }
        return points.reduce(0) { $0 + ($1[0] - x) * ($1[1] - y) } / square
    }
}
