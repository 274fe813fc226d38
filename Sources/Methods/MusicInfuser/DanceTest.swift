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
            let own = MotionBeats.found(in: motion), beats = piece.beats
            recalls += BeatAlignment.score(of: MotionBeats.visible(beats), near: own, sigma: Self.sigma)
            fs += BeatAlignment.f(beats, own, sigma: Self.sigma, within: MotionBeats.window)
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
        /// Fréchet distance of the motions from real dances to the same music, and of other real ones from them.
        let distance, realDistance: Double
        /// What motions and real dances follow.
        private(set) var following = Following(), realFollowing = Following()

        /// Measures motions of one style against the test's pairs of it, and against `others`, real dances to the same music
        /// that were drawn anew.
        init(_ style: Style, _ motions: [Motion], _ pairs: [Pair], others: [Motion], _ scaling: Scaling) {
            self.style = style
            let real = pairs.map(\.motion)
            distance = MotionFeatures.distance(motions, real, scaling.features)
            realDistance = MotionFeatures.distance(others, real, scaling.features)
            for (index, (motion, pair)) in zip(motions, pairs).enumerated() {
                if Piece.isHeldOut(pair.piece.tempo) {
                    heldOut.add(motion, pair.piece)
                    realHeldOut.add(pair.motion, pair.piece)
                } else {
                    trained.add(motion, pair.piece)
                    realTrained.add(pair.motion, pair.piece)
                }
                chance.add(motion, pairs[DanceSet.third(index, of: pairs.count)].piece)
                following.add(motion, pair.piece)
                realFollowing.add(pair.motion, pair.piece)
            }
        }
    }

    /// How motions follow the tempo and the loudness of their music, over many pieces.
    struct Following: Codable {
        /// Points of a piece's tempo and its motion's, in beats a second.
        private var tempi: [[Double]] = []
        /// Points of how much larger the rule of the dancers has a dance to the piece grow, and of how much larger its
        /// motion does, as logarithms.
        private var growths: [[Double]] = []

        /// One more motion.
        mutating func add(_ motion: Motion, _ piece: Piece) {
            let heard = Comb(under: motion.hipHeight.map { -$0 }, rate: Motion.rate)
            tempi.append([piece.tempo, heard.tempo])
            growths.append([piece.growth, MotionFeatures.growth(of: motion)])
        }

        var tempoSlope: Double { slope(tempi) }
        var energySlope: Double { slope(growths) }

        /// Two tests together.
        static func + (a: Self, b: Self) -> Self {
            var sum = a
            (sum.tempi, sum.growths) = (a.tempi + b.tempi, a.growths + b.growths)
            return sum
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
