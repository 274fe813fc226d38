import Foundation

/// How well motion keeps time with music: distances of beats in seconds.
public enum BeatAlignment {
    /// The mean over `beats` of exp(-d² / 2σ²), d the distance to the nearest of `others`; 0 without any of either.
    ///
    /// Seen from the music alone it can be gamed: whoever moves all the time is near every beat. ``f(_:_:sigma:)`` asks
    /// the motion's beats too.
    public static func score(of beats: [Double], near others: [Double], sigma: Double) -> Double {
        precondition(sigma > 0, "σ is \(sigma)")
        guard !beats.isEmpty, !others.isEmpty else { return 0 }
        let sum = beats.reduce(0.0) { sum, beat in
            let d = others.reduce(Double.infinity) { min($0, abs($1 - beat)) }
            return sum + exp(-d * d / (2 * sigma * sigma))
        }
        return sum / Double(beats.count)
    }

    /// The harmonic mean of both directions: the music's beats near the motion's, and the motion's near the music's.
    ///
    /// - Parameters:
    ///   - music: beats in seconds.
    ///   - motion: beats in seconds.
    ///   - sigma: how far apart two beats may be, in seconds.
    ///   - window: which beats are asked about, on both sides alike; near one of them another may be that lies outside.
    /// - Returns: 0...1.
    public static func f(
        _ music: [Double], _ motion: [Double], sigma: Double,
        within window: ClosedRange<Double> = -.infinity ... .infinity
    ) -> Double {
        PrecisionRecall(
            precision: score(of: motion.filter(window.contains), near: music, sigma: sigma),
            recall: score(of: music.filter(window.contains), near: motion, sigma: sigma)
        ).f1
    }
}
