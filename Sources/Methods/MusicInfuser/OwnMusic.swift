import Base
import Datasets
import Foundation
import MethodKit

extension MusicInfuser.State {
    /// A dance to a user's own music, piece by piece as long as those that were trained on, each faded into the next.
    ///
    /// - Throws: `FileError` for what is no sound, or too short to dance to.
    func dance(
        to file: InputFile, _ inputs: MusicInfuser.Inputs, _ trial: Trial<MusicInfuser.Inputs>
    ) throws {
        let whole = try Sound(path: file.path)
        guard whole.duration >= 1 else {
            throw FileError(file.path, line: nil, "it is shorter than a second", allowed: "a second or more")
        }
        let sound = Sound(
            Array(whole.samples.prefix(Int(MusicInfuser.OwnMusic.longest * Double(whole.rate)))),
            rate: whole.rate)
        if sound.samples.count < whole.samples.count {
            trial.log("Only the first \(Int(MusicInfuser.OwnMusic.longest)) seconds are danced to.", .warning)
        }
        let music = MusicInfuser.OwnMusic(sound)
        var random = trial.stream("own music")
        let made = dances(music.pieces.map { _ in inputs.style }, to: music.pieces, inputs, using: &random)
        let motion = MusicInfuser.OwnMusic.joined(made)
        let frames = Int((sound.duration * MusicInfuser.Motion.rate).rounded(.down))
        let shown = MusicInfuser.Motion(
            values: Array(motion.values.prefix(frames * MusicInfuser.Motion.channels)))
        trial.keep("dance", MusicInfuser.stage(shown, sound: sound, beats: music.beats))
        trial.keep("motion", .animation(MusicInfuser.figure(shown)))
        let seconds = String(format: "%.1f", sound.duration), tempo = String(format: "%.0f", music.tempo * 60)
        trial.log(
            "\(seconds) seconds of music at about \(tempo) beats a minute, danced in \(made.count) pieces.")
    }
}

extension MusicInfuser {
    /// A user's music in pieces that overlap, as the adapters know them.
    struct OwnMusic {
        let pieces: [Heard]
        /// What a comb hears over each piece: the beats, and the tempo in the middle of all of theirs.
        let beats: [Double], tempo: Double

        /// Frames by which neighbouring pieces overlap, and the seconds that are danced to at most.
        static let overlap = 8, longest = 60.0
        private static let hop = Double(Motion.frames - overlap) / Motion.rate

        init(_ sound: Sound) {
            let count = max(1, Int(((sound.duration - Motion.duration) / Self.hop).rounded(.up)) + 1)
            pieces = (0..<count).map { Self.heard(sound, from: Double($0) * Self.hop) }
            // Each piece's beats count up to where the next one's begin.
            beats = pieces.enumerated().flatMap { place, piece in
                piece.beats.map { $0 + Double(place) * Self.hop }.filter {
                    $0 < Double(place + 1) * Self.hop || place + 1 == count
                }
            }.filter { $0 < sound.duration }
            let tempi = pieces.map(\.tempo).sorted()
            tempo = tempi[tempi.count / 2]
        }

        private static func heard(_ sound: Sound, from begin: Double) -> Heard {
            let first = Int(begin * Double(sound.rate)), length = Int(Motion.duration * Double(sound.rate))
            let part = Sound(Array(sound.samples.dropFirst(first).prefix(length)), rate: sound.rate)
            let rows = OnsetEnvelope(part, rate: Piece.onsetRate).frames, wanted = 2 * Motion.frames
            let silence = [Float](repeating: 0, count: OnsetEnvelope.bands)
            return Heard(
                onsets: Array((rows + Array(repeating: silence, count: wanted)).prefix(wanted)))
        }

        /// Motions one after the other, each faded into the next over the frames that both have.
        static func joined(_ motions: [Motion]) -> Motion {
            let fading = overlap * Motion.channels
            return Motion(
                values: motions.dropFirst().reduce(motions[0].values) { before, next in
                    let faded = zip(before.suffix(fading), next.values).enumerated().map { place, pair in
                        let share = Float(place / Motion.channels + 1) / Float(overlap + 1)
                        return pair.0 * (1 - share) + pair.1 * share
                    }
                    return before.dropLast(fading) + faded + next.values.dropFirst(fading)
                })
        }
    }
}
