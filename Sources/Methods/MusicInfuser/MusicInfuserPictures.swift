import Base
import Datasets
import Foundation
import MethodKit

extension MusicInfuser {
    /// A dancer over the music: the sound's wave, its beats, and the height of the hips with the beats that they show.
    static func stage(_ motion: Motion, rate: Double = Motion.rate, sound: Sound, beats: [Double]) -> Artifact
    {
        let duration = Double(motion.count) / rate, height = motion.hipHeight.map { rounded(Float($0)) }
        let low = height.min() ?? 0, high = height.max() ?? 1
        let timeline = Timeline(
            duration: duration,
            lanes: [
                .init("sound", levels: .init(wave(sound), in: -1...1, isFilled: true)),
                .init("beats", beats.map { .init(at: rounded($0), "", .good) }),
                .init(
                    "hips", MotionBeats.found(in: motion).map { .init(at: rounded($0), "", .first) },
                    levels: .init(height, in: low...max(high, low + 0.01))),
            ])
        return .panels(
            Panels([
                .init([.init("dancer", .animation(figure(motion)))], parts: 3),
                .init([.init("music", .timeline(timeline))], parts: 2),
            ]))
    }

    /// The largest and the smallest sample of each of some parts, which is what a wave looks like from afar.
    private static func wave(_ sound: Sound) -> [Float] {
        let parts = 120, loudest = max(1e-6, sound.samples.map { abs($0) }.max() ?? 1)
        return (0..<parts).flatMap { part -> [Float] in
            let range = part * sound.samples.count / parts..<(part + 1) * sound.samples.count / parts
            let samples = sound.samples[range]
            return [samples.max() ?? 0, samples.min() ?? 0].map { rounded($0 / loudest) }
        }
    }

    /// Three digits are all that is seen, and keep recorded sessions small.
    private static func rounded<Real: BinaryFloatingPoint>(_ x: Real) -> Real { (x * 1000).rounded() / 1000 }

    /// The body that a motion's eight channels move.
    static func figure(_ motion: Motion) -> KeypointAnimation {
        let frames = (0..<motion.count).map { frame -> [SIMD2<Float>] in
            let c = motion.values[frame * Motion.channels..<(frame + 1) * Motion.channels].map { $0 }
            let hips = SIMD2(c[0], c[1] - 0.05), neck = SIMD2(c[0] * 0.7, c[1] + 0.5)
            let left = SIMD2(-0.22, c[6] - 0.9), right = SIMD2(0.22, c[7] - 0.9)
            return [
                neck + SIMD2(0, 0.28), neck, hips, SIMD2(c[2], c[3] + 0.25), SIMD2(c[4], c[5] + 0.25),
                (hips + left) / 2 + SIMD2(-0.08, 0.04), left, (hips + right) / 2 + SIMD2(0.08, 0.04), right,
            ].map { SIMD2(rounded($0.x), rounded($0.y)) }
        }
        return KeypointAnimation(
            frames: frames, bones: [[0, 1], [1, 2], [1, 3], [1, 4], [2, 5], [5, 6], [2, 7], [7, 8]],
            rate: Motion.rate,
            names: [
                "head", "neck", "hips", "left hand", "right hand", "left knee", "left foot", "right knee",
                "right foot",
            ])
    }

    /// What leaving out each layer shows: the lower the distance, the more adaptable.
    static func picture(ofScores scores: [Score]) -> Artifact {
        func bars(_ name: String, _ y: String, _ value: (Score) -> Double) -> Panels.Panel {
            let bars = scores.enumerated().map { ("layer \($0 + 1)", value($1)) }
            return .init(name, .plot(Plot(y: y, [.bars(name, bars)])))
        }
        return .panels(
            Panels([
                .init([
                    bars(
                        "distance", "Fréchet distance of samples guided away from the layer's absence",
                        \.distance),
                    bars("size", "mean size of the skip guidance", \.size),
                ])
            ]))
    }
}

extension MusicInfuser.State {
    /// Looks at a few pieces, the same in all arms: how well they are danced so far, and pictures of the first one.
    mutating func look(
        at pairs: [MusicInfuser.Pair], _ update: Int, _ inputs: MusicInfuser.Inputs,
        _ trial: Trial<MusicInfuser.Inputs>
    ) {
        var random = trial.stream("course noise")
        let made = dances(pairs.map(\.style), to: pairs.map(MusicInfuser.Heard.init), inputs, using: &random)
        let sum = zip(made, pairs).reduce(into: MusicInfuser.Alignment()) { $0.add($1.0, $1.1.piece) }
        trial.report(MusicInfuser.early, sum.recall)
        trial.report(
            MusicInfuser.earlyDistance, distance(made, pairs.map(\.motion)))
        remember(at: update)
        // Pictures at the end alone keep a recorded session small; the dance is the test's.
        guard update == inputs.steps else { return }
        keepLooks(at: pairs[0], trial)
        keepNoise(at: update, inputs, trial)
        keepGrowth(trial)
    }

    /// Keeps one dance over its music.
    func show(
        _ motion: MusicInfuser.Motion, to pair: MusicInfuser.Pair, _ trial: Trial<MusicInfuser.Inputs>
    ) {
        trial.keep(
            "dance", MusicInfuser.stage(motion, sound: pair.piece.sound(), beats: pair.piece.beats))
    }

    /// Keeps which moments of its music each frame of a dance looks at: a diagonal, once it listens.
    private func keepLooks(at pair: MusicInfuser.Pair, _ trial: Trial<MusicInfuser.Inputs>) {
        var random = trial.stream("look noise")
        let noised = MusicInfuser.Noised([scaled(pair.motion)], using: &random) { _ in 0.5 }
        guard let tokens = dancing?.tokens([pair.onsets]),
            let looks = dancing?.looks(noised.z, sigma: 0.5, labels: [pair.style.place], tokens: tokens)
        else { return }
        let names = (0..<MusicInfuser.Motion.frames).map {
            String(format: "%.1f", Double($0) / MusicInfuser.Motion.rate)
        }
        trial.keep(
            "attention",
            .heatMap(HeatMap(looks.map { ($0 * 1000).rounded() / 1000 }, rows: names, columns: names)))
    }

    /// Keeps the law that noise levels are drawn from, as a histogram of draws.
    private func keepNoise(
        at update: Int, _ inputs: MusicInfuser.Inputs, _ trial: Trial<MusicInfuser.Inputs>
    ) {
        let beta = beta(at: update, inputs)
        // Equally spaced places of the uniform law give the law itself, without the unrest of draws.
        let levels = (0..<400).map { MusicInfuser.BetaUniform.quantile((Double($0) + 0.5) / 400, beta: beta) }
        trial.keep(
            "noise levels",
            .plot(Plot(x: "σ", y: "of 400", [.histogram("σ ~ Beta(1, β)", of: levels, bins: 20)])))
    }

    /// Keeps how far music reaches into each layer so far.
    private func keepGrowth(_ trial: Trial<MusicInfuser.Inputs>) {
        guard let layers = grown.first?.reaches.count, layers > 0 else { return }
        let series = (0..<layers).map { place in
            Plot.Series.line(
                "layer \(grown[0].layers[place] + 1)", grown.map { (Double($0.update), $0.reaches[place]) })
        }
        trial.keep("reach", .plot(Plot(x: "update", y: "‖W_O‖", series)))
    }

    /// Keeps what each style's test came to.
    func keepTable(_ trial: Trial<MusicInfuser.Inputs>) {
        let columns: [Table.Column] = [
            "style", .number("beat alignment, trained tempi"), .number("two-sided"),
            .number("held-out tempi"),
            .number("two-sided, held out"), .number("Fréchet distance"), .number("with other music"),
        ]
        let rows = results.map { result -> [Table.Cell] in
            [.text(result.style.rawValue)]
                + [
                    result.trained.recall, result.trained.f, result.heldOut.recall, result.heldOut.f,
                    result.distance, result.chance.recall,
                ].map { .number($0) }
        }
        trial.keep("styles", .table(Table(columns: columns, rows: rows)))
    }
}
