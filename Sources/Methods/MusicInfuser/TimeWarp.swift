import Foundation

extension MusicInfuser {
    /// A regular beat: beats a second, and when the first one is.
    struct Comb: Sendable, Equatable {
        let tempo, phase: Double

        /// The comb under which a curve is largest, its mean taken off: which tempo of a dance, at which phase.
        ///
        /// - Parameters:
        ///   - curve: how likely a beat is, at equal distances.
        ///   - rate: values a second.
        init(under curve: [Double], rate: Double) {
            let mean = curve.reduce(0, +) / Double(max(1, curve.count))
            let centred = curve.map { $0 - mean }, duration = Double(curve.count) / rate
            var best = (score: -Double.infinity, tempo: 1.0, phase: 0.0)
            for step in 0...52 {
                let tempo = 0.7 + 0.025 * Double(step)
                for part in 0..<24 {
                    let phase = Double(part) / 24 / tempo
                    let beats = Array(stride(from: phase, to: duration, by: 1 / tempo))
                    let sum = beats.reduce(0) { $0 + Self.value(centred, at: $1 * rate) }
                    // By the root of their number, few teeth on the loudest strokes do not win over all of them.
                    let score = sum / Double(max(1, beats.count)).squareRoot()
                    if score > best.score { best = (score, tempo, phase) }
                }
            }
            (tempo, phase) = (best.tempo, best.phase)
        }

        private static func value(_ curve: [Double], at place: Double) -> Double {
            let low = Int(place), share = place - Double(low)
            guard low >= 0, low < curve.count else { return 0 }
            let high = low + 1 < curve.count ? curve[low + 1] : curve[low]
            return curve[low] * (1 - share) + high * share
        }
    }

    /// A rule instead of learning: a dance of the prior's, played faster or slower and from another moment on, so that
    /// its beats fall on the music's.
    enum TimeWarp {
        /// - Parameters:
        ///   - motion: that was made without hearing the music.
        ///   - onsets: of the music, rows of four at ``Piece/onsetRate``.
        /// - Returns: the motion, repeated by whole beats where it is too short.
        static func warped(_ motion: Motion, to onsets: [[Float]]) -> Motion {
            // Bass drums are on most beats, cymbals anywhere.
            let music = Comb(under: onsets.map { Double($0[0] + 0.5 * $0[1]) }, rate: Piece.onsetRate)
            let own = Comb(under: motion.hipHeight.map { -$0 }, rate: Motion.rate)
            let last = Double(Motion.frames - 1) / Motion.rate
            return Motion(
                values: (0..<Motion.frames).flatMap { frame -> [Float] in
                    let beat = (Double(frame) / Motion.rate - music.phase) * music.tempo
                    var time = own.phase + beat / own.tempo
                    while time < 0 { time += 1 / own.tempo }
                    while time > last { time -= 1 / own.tempo }
                    return row(of: motion, at: max(0, time) * Motion.rate)
                })
        }

        private static func row(of motion: Motion, at place: Double) -> [Float] {
            let low = min(Motion.frames - 2, Int(place)), share = Float(place - Double(low))
            return (0..<Motion.channels).map { channel in
                let before = motion.values[low * Motion.channels + channel]
                return before + share * (motion.values[(low + 1) * Motion.channels + channel] - before)
            }
        }
    }
}
