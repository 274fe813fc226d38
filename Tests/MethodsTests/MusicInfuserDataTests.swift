import Base
import Datasets
import Foundation
import MethodKit
import Testing

@testable import Methods

/// The dancers, their music, and what is measured of them.
@Suite struct MusicInfuserDataTests {
    private typealias M = MusicInfuser

    private func pairs(_ style: M.Style, _ count: Int, _ name: String = "test") -> [M.Pair] {
        var random = RandomStream(seed: 3).derive(name)
        return M.DanceSet.test(style, count, using: &random)
    }

    /// Of the sets that a trial itself draws.
    @Test func nothingIsInTwoSets() {
        var inputs = M.Inputs()
        (inputs.dances, inputs.pairs, inputs.pieces) = (60, 60, 40)
        let trial = Trial(
            of: M.self, arm: .musicinfuser, inputs: inputs, plan: TrialPlan(of: M.self, seed: 1),
            link: TrialLink())
        let pairs = M.DanceSet.pairs(of: trial), dances = M.DanceSet.dances(of: trial)
        let tests = M.Style.allCases.flatMap { M.DanceSet.test($0, of: trial) }
        let course = M.DanceSet.course(of: trial)
        #expect(pairs.allSatisfy { !M.Piece.isHeldOut($0.piece.tempo) && $0.style != .heldOut })
        #expect(tests.count { M.Piece.isHeldOut($0.piece.tempo) } == tests.count / 2)
        #expect(
            dances.allSatisfy(\.onsets.isEmpty) && Set(dances.map(\.style)).count == M.Style.allCases.count)
        #expect(dances.contains { M.Piece.isHeldOut($0.piece.tempo) }, "the prior knows all tempi")
        let all = (pairs + dances + tests + course).map(\.motion.values)
        #expect(Set(all).count == all.count && course.count == 64)
        let tempi = (pairs + dances + tests + course).map(\.piece.tempo)
        #expect(Set(tempi).count == tempi.count)
        let heard = (pairs + tests + course).map(\.onsets)
        #expect(Set(heard).count == heard.count)
    }

    /// Where a wrong piece is wanted it is one of the same kind of tempi, and a third is neither, in tests of any length.
    @Test(arguments: 8...40) func otherPiecesAreOfOneKind(count: Int) {
        let all = Array(0..<count)
        for shift in [M.DanceSet.other, M.DanceSet.third] {
            let moved = all.map { shift($0, count) }
            #expect(moved.sorted() == all && zip(moved, all).allSatisfy { $0 != $1 && ($0 - $1) % 2 == 0 })
        }
        #expect(all.allSatisfy { M.DanceSet.other($0, of: count) != M.DanceSet.third($0, of: count) })
    }

    /// Else a model could learn the strokes of all pieces at once, and would know none in a test.
    @Test func eachPieceHasItsOwnStrokes() {
        var random = RandomStream(seed: 1)
        let sounds = (0..<4).map { _ -> [Float] in
            var piece = M.Piece(tempo: 1.25, using: &random)
            (piece.phase, piece.loudness) = (0.2, [1, 1])
            return piece.sound().samples
        }
        #expect(Set(sounds).count == 4)
    }

    /// The hips of a real dance are lowest on its own music's beats, and on another's by chance.
    @Test func alignmentIsOfItsOwnMusic() {
        for style in M.Style.allCases {
            let pairs = pairs(style, 60)
            var own = M.Alignment(), other = M.Alignment()
            for (place, pair) in pairs.enumerated() {
                own.add(pair.motion, pair.piece)
                other.add(pair.motion, pairs[M.DanceSet.other(place, of: pairs.count)].piece)
            }
            #expect(own.recall > 0.9 && own.f > 0.9, "\(style): \(own.recall), \(own.f)")
            #expect((0.25...0.55).contains(other.recall), "\(style): \(other.recall)")
        }
    }

    @Test func realDancesFollowTempoAndEnergy() {
        let pairs = pairs(.bounce, 80) + pairs(.sway, 80), motions = pairs.map(\.motion)
        let tempi = pairs.map {
            [$0.piece.tempo, M.Comb(under: $0.motion.hipHeight.map { -$0 }, rate: 10).tempo]
        }
        #expect(M.slope(tempi) > 0.8, "\(M.slope(tempi))")
        let growths = zip(pairs, motions).map { [$0.piece.growth, M.MotionFeatures.growth(of: $1)] }
        #expect(M.slope(growths) > 0.6, "\(M.slope(growths))")
    }

    /// A body that trembles is near every beat, and near many that are none.
    @Test func tremblingGetsOneSideAlone() {
        var alignment = M.Alignment()
        for pair in pairs(.sway, 40) {
            let values = (0..<M.Motion.frames).flatMap { frame -> [Float] in
                [0, frame % 3 == 0 ? -1 : 1, 0, 0, 0, 0, 0, 0]
            }
            alignment.add(M.Motion(values: values), pair.piece)
        }
        #expect(
            alignment.recall > 0.65 && alignment.f < alignment.recall - 0.1,
            "\(alignment.recall), \(alignment.f)")
        var still = M.Alignment()
        still.add(M.Motion(values: [Float](repeating: 0, count: 256)), pairs(.sway, 1)[0].piece)
        #expect(still.recall == 0 && still.f == 0)
    }

    /// Dances of one style are near one another, and far from those of another.
    @Test func stylesAreFarApart() {
        let sets = Dictionary(
            uniqueKeysWithValues: M.Style.allCases.map { ($0, pairs($0, 120).map(\.motion)) })
        let scales = M.MotionFeatures.scales(M.Style.allCases.flatMap { sets[$0] ?? [] })
        func distance(_ a: [M.Motion], _ b: [M.Motion]) -> Double { M.MotionFeatures.distance(a, b, scales) }
        for style in M.Style.allCases {
            guard let real = sets[style] else { continue }
            let again = distance(pairs(style, 120, "again").map(\.motion), real)
            #expect(distance(real, real) < 1e-6 && again < 3, "\(again)")
            for other in M.Style.allCases where other != style {
                let apart = distance(sets[other] ?? [], real)
                #expect(apart > 10 * again, "\(style) and \(other): \(apart)")
            }
        }
    }

    /// Dances agree to a hair on how high the hips are in the mean; to stand a little higher is no other way to dance.
    @Test func aShiftThatNobodySeesIsSmall() {
        let scales = M.MotionFeatures.scales(M.Style.allCases.flatMap { pairs($0, 120).map(\.motion) })
        for style in M.Style.allCases {
            let real = pairs(style, 500).map(\.motion)
            let raised = real.map { motion in
                M.Motion(
                    values: motion.values.enumerated().map { $1 + ($0 % M.Motion.channels == 1 ? 0.01 : 0) })
            }
            let shift = M.MotionFeatures.distance(raised, real, scales)
            let again = M.MotionFeatures.distance(pairs(style, 500, "again").map(\.motion), real, scales)
            #expect(abs(shift - 0.016) < 0.002 && (0.001...0.003).contains(again), "\(shift), \(again)")
        }
    }

    @Test func aWarpPutsBeatsOnBeats() {
        let dances = pairs(.bounce, 60), music = pairs(.bounce, 60, "music")
        var warped = M.Alignment(), plain = M.Alignment()
        for (dance, pair) in zip(dances, music) {
            warped.add(M.TimeWarp.warped(dance.motion, to: pair.onsets), pair.piece)
            plain.add(dance.motion, pair.piece)
        }
        #expect(warped.recall > plain.recall + 0.2, "\(warped.recall), \(plain.recall)")
    }

    /// A comb hears the tempo of many pieces, not of all: what is off the beat is loud too.
    @Test func theBeatHasToBeHeard() {
        let pairs = pairs(.bounce, 400)
        let found = pairs.count { abs(M.Heard(onsets: $0.onsets).tempo - $0.piece.tempo) < 0.08 }
        #expect(abs(Double(found) / 400 - 0.83) < 0.05, "\(found) of 400")
        #expect(M.card.data.contains("a comb hears the tempo of 83 %"))
    }

    @Test func theCombFindsARegularBeat() {
        let curve = (0..<64).map { max(0, cos(2 * .pi * 1.3 * (Double($0) / 20 - 0.2))) }
        let comb = M.Comb(under: curve, rate: 20)
        #expect(abs(comb.tempo - 1.3) < 0.03 && abs(comb.phase - 0.2) < 0.05)
    }

    // MARK: A user's own music

    private func sound(_ seconds: Double, rate: Int = 8_000) -> Sound {
        Sound(
            (0..<Int(seconds * Double(rate))).map { place in
                let time = Double(place) / Double(rate),
                    beat = (time * 1.25).truncatingRemainder(dividingBy: 1) / 1.25
                return Float(0.5 * sin(2 * .pi * 60 * beat) * exp(-20 * beat))
            }, rate: rate)
    }

    @Test(arguments: [1.0, 3.2, 5.7, 12]) func ownMusicIsDancedToTheEnd(seconds: Double) {
        let music = M.OwnMusic(sound(seconds, rate: 22_050))
        #expect(music.pieces.allSatisfy { $0.onsets.count == 64 })
        let motions = music.pieces.map { _ in M.Motion(values: [Float](repeating: 1, count: 256)) }
        let joined = M.OwnMusic.joined(motions)
        #expect(joined.count == 32 + 24 * (motions.count - 1) && Double(joined.count) >= seconds * 10)
        #expect(joined.values.allSatisfy { abs($0 - 1) < 1e-6 }, "a dance that stands still stays still")
        #expect(abs(music.tempo - 1.25) < 0.06 || seconds < 3)
        #expect(music.beats == music.beats.sorted() && music.beats.allSatisfy { $0 < seconds })
    }

    @Test func aMotionFadesIntoTheNext() {
        let joined = M.OwnMusic.joined([0, 9].map { M.Motion(values: [Float](repeating: $0, count: 256)) })
        #expect(joined.hipHeight[23] == 0 && joined.hipHeight[32] == 9)
        #expect(zip(joined.hipHeight[24..<32], 1...8).allSatisfy { abs($0 - Double($1)) < 1e-5 })
    }

    @Test func windowsOfOnsetsAreCentred() {
        let onsets = (0..<64).map { row in [Float](repeating: Float(row), count: 4) }
        let features = M.AudioProjector.stacked([onsets, onsets])
        #expect(features.shape == [2, 64, M.AudioProjector.features])
        let rows = features.values, width = M.AudioProjector.features, middle = M.AudioProjector.reach * 4
        #expect(
            rows[20 * width + middle] == 20 && rows[20 * width] == 12 && rows[20 * width + width - 1] == 28)
        #expect(rows[0] == 0 && rows[width * 128 - 1] == 0, "silence beyond the ends")
    }

    @Test func theFigureFollowsItsMotion() {
        let motion = pairs(.stomp, 1)[0].motion, figure = M.figure(motion)
        #expect(figure.frames.count == 32 && figure.names?.count == figure.frames[0].count)
        let hips = figure.frames.map { Double($0[2].y) }
        #expect(zip(hips, motion.hipHeight).allSatisfy { abs($0 - $1 + 0.05) < 2e-3 })
    }
}
