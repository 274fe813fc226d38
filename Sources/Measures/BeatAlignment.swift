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
    public static func f(_ music: [Double], _ motion: [Double], sigma: Double) -> Double {
        PrecisionRecall(
            precision: score(of: motion, near: music, sigma: sigma),
            recall: score(of: music, near: motion, sigma: sigma)
        ).f1
    }
}
