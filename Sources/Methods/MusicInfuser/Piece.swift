import Base
import Datasets
import Foundation

extension MusicInfuser {
    /// A few seconds of music, drawn here: drums on most beats, and bass, chords and cymbals beside them that a beat
    /// tracker has to hear past.
    struct Piece: Codable, Sendable {
        /// Beats a second.
        var tempo: Double
        /// When the first beat is, in seconds.
        var phase: Double
        /// How loud it begins and ends, 0...1.
        var loudness: [Double]
        /// What all strokes follow from.
        private let strokes: RandomStream

        static let tempi = 0.7...2.0
        /// Tempi that no pair of music and dance has: what a model must have understood, not seen.
        static let heldOut = [1.0...1.2, 1.55...1.75]
        /// Samples a second, and frames of onsets.
        static let sampleRate = 8_000, onsetRate = 2 * Motion.rate

        static func isHeldOut(_ tempo: Double) -> Bool { heldOut.contains { $0.contains(tempo) } }

        /// A piece whose tempo is of the held-out bands, of all others, or of any (nil).
        init(ofHeldOut isHeldOut: Bool?, using random: inout RandomStream) {
            var tempo = random.uniform(Self.tempi.lowerBound, Self.tempi.upperBound)
            while let isHeldOut, Self.isHeldOut(tempo) != isHeldOut {
                tempo = random.uniform(Self.tempi.lowerBound, Self.tempi.upperBound)
            }
            self.init(tempo: tempo, using: &random)
        }

        /// A piece of a tempo.
        init(tempo: Double, using random: inout RandomStream) {
            self.tempo = tempo
            phase = random.uniform() / tempo
            loudness = [random.uniform(0.15, 1), random.uniform(0.15, 1)]
            // By a draw, for what is derived depends on a stream's seed alone: all pieces would have the same strokes.
            strokes = RandomStream(seed: random.next())
        }

        /// Beats since the first one; whole numbers are beats.
        func beat(at time: Double) -> Double { (time - phase) * tempo }

        /// The moments of all beats of a dance's length, in seconds.
        var beats: [Double] {
            (0...).lazy.map { phase + Double($0) / tempo }.prefix { $0 < Motion.duration }.map { $0 }
        }

        /// How loud it is at a moment, 0...1.
        func energy(at time: Double) -> Double {
            let share = min(1, max(0, time / Motion.duration))
            return loudness[0] + (loudness[1] - loudness[0]) * share
        }

        /// How much larger a dance to it gets from its first to its second half, as a logarithm.
        var growth: Double {
            let sizes = [0.25, 0.75].map { 0.35 + 0.65 * energy(at: $0 * Motion.duration) }
            return log(sizes[1] / sizes[0])
        }

        // MARK: Sound

        /// The piece as one hears it, as long as a dance or longer.
        func sound(seconds: Double = Motion.duration) -> Sound {
            var random = strokes
            var samples = (0..<Int(seconds * Double(Self.sampleRate))).map { _ in
                Float(0.004 * random.gaussian())
            }
            // A beat before the first one too: its sound may reach into the piece.
            for beat in -1...Int(seconds * tempo) + 1 {
                for (stroke, place, gain) in strokes(ofBeat: beat, using: &random) {
                    let time = phase + (Double(beat) + place) / tempo
                    stroke.add(to: &samples, at: time, gain: gain * energy(at: time))
                }
            }
            return Sound(samples.map { max(-1, min(1, $0)) }, rate: Self.sampleRate)
        }

        /// What sounds within a beat, at places from 0 to 1.
        private func strokes(
            ofBeat beat: Int, using random: inout RandomStream
        ) -> [(stroke: Stroke, place: Double, gain: Double)] {
            var found: [(Stroke, Double, Double)] = []
            if random.chance(0.9) { found.append((.kick, 0, random.uniform(0.35, 0.5))) }
            if beat & 1 == 1, random.chance(0.7) { found.append((.snare, 0, random.uniform(0.2, 0.35))) }
            // What is off the beat is as loud as what is on it, in bands of its own and in those of the drums.
            for place in [0, 0.25, 0.5, 0.75] {
                if random.chance(0.3) { found.append((.hat, place, random.uniform(0.1, 0.3))) }
                if random.chance(0.15) { found.append((.chord, place, random.uniform(0.05, 0.2))) }
                if random.chance(0.06) { found.append((.bass, place, random.uniform(0.15, 0.35))) }
            }
            return found
        }
    }

    /// The instruments: each a short sound that is added where it is struck.
    enum Stroke: Sendable {
        case kick, snare, hat, bass, chord

        /// The sound at full loudness, computed once.
        private var samples: [Float] {
            switch self {
            case .kick: Self.kicks
            case .snare: Self.snares
            case .hat: Self.hats
            case .bass: Self.basses
            case .chord: Self.chords
            }
        }

        private static let kicks = made(0.15) { time, _ in
            sin(2 * .pi * (50 * time + 3 * (1 - exp(-time * 30)))) * exp(-time * 22)
        }
        private static let snares = made(0.12) { time, noise in
            (0.6 * noise + 0.6 * sin(2 * .pi * 330 * time)) * exp(-time * 30)
        }
        // The difference of neighbouring samples of noise is high.
        private static let hats: [Float] = {
            let noise = made(0.06) { time, noise in noise * exp(-time * 60) }
            return zip(noise, noise.dropFirst()).enumerated().map { ($1.1 - $1.0) * ($0 % 2 == 0 ? 1 : -1) }
        }()
        private static let basses = made(0.25) { time, _ in
            (sin(2 * .pi * 95 * time) + 0.4 * sin(2 * .pi * 190 * time)) * exp(-time * 9)
        }
        private static let chords = made(0.3) { time, _ in
            [440.0, 554, 659].reduce(0) { $0 + sin(2 * .pi * $1 * time) } / 3 * exp(-time * 8)
        }

        private static func made(_ seconds: Double, _ wave: (_ time: Double, _ noise: Double) -> Double)
            -> [Float]
        {
            var random = RandomStream(seed: 1)
            return (0..<Int(seconds * Double(Piece.sampleRate))).map {
                Float(wave(Double($0) / Double(Piece.sampleRate), random.uniform(-1, 1)))
            }
        }

        /// Adds the stroke to a sound; what lies outside is left out.
        func add(to sound: inout [Float], at time: Double, gain: Double) {
            let first = Int((time * Double(Piece.sampleRate)).rounded()), own = samples
            for place in max(0, -first)..<max(max(0, -first), min(own.count, sound.count - first)) {
                sound[first + place] += Float(gain) * own[place]
            }
        }
    }
}
