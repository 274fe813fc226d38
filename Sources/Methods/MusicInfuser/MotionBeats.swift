import Foundation
import Measures

extension MusicInfuser {
    /// The beats that a body shows: moments at which the hips are lowest.
    enum MotionBeats {
        /// §4.1 The local minima of the hips' height, smoothed over three frames, that lie below its mean, in seconds, each
        /// where a parabola through three frames has its lowest point.
        static func found(in motion: Motion) -> [Double] {
            let height = smoothed(motion.hipHeight), mean = height.reduce(0, +) / Double(height.count)
            return (1..<height.count - 1).compactMap { frame in
                let (a, b, c) = (height[frame - 1], height[frame], height[frame + 1])
                guard b < a, b <= c, b < mean else { return nil }
                return (Double(frame) + 0.5 * (a - c) / (a - 2 * b + c)) / Motion.rate
            }
        }

        /// Each frame with half of its neighbours' mean: a frame that trembles is no beat.
        private static func smoothed(_ values: [Double]) -> [Double] {
            values.indices.map { place in
                let before = values[max(0, place - 1)], after = values[min(values.count - 1, place + 1)]
                return 0.5 * values[place] + 0.25 * (before + after)
            }
        }

        /// When a minimum can be seen: not at the very ends.
        static let window = 1 / Motion.rate...Motion.duration - 2 / Motion.rate

        /// Beats at which a minimum can be seen.
        static func visible(_ beats: [Double]) -> [Double] { beats.filter(window.contains) }
    }

    /// What a motion is compared by, whatever its phase: 24 numbers of a dance as a whole.
    enum MotionFeatures {
        static let count = 3 * Motion.channels

        /// Of each channel the mean, the deviation, and the mean change from frame to frame.
        static func of(_ motion: Motion) -> [Double] {
            (0..<Motion.channels).flatMap { channel -> [Double] in
                let values = motion.channel(channel), count = Double(values.count)
                let change = zip(values, values.dropFirst()).reduce(0) { $0 + abs($1.1 - $1.0) }
                return [values.reduce(0, +) / count, deviation(values), change / (count - 1)]
            }
        }

        /// Of each feature the deviation over dances of all styles, by which features become numbers of like size, but no
        /// less than the deviation of its channel over all frames: dances agree so well on some features, as on how high
        /// the hips are in the mean, that differences nobody sees would outweigh all others.
        static func scales(_ dances: [Motion]) -> [Double] {
            let fit = GaussianFit(dances.map(of))
            let channels = (0..<Motion.channels).map { channel in
                deviation(dances.flatMap { $0.channel(channel) })
            }
            return (0..<count).map {
                max(channels[$0 / 3], fit.covariance[$0 * count + $0].squareRoot(), 1e-6)
            }
        }

        private static func deviation(_ values: some Collection<Double>) -> Double {
            let count = Double(values.count), mean = values.reduce(0, +) / count
            return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        }

        /// Fréchet distance of motions from real ones.
        static func distance(_ motions: [Motion], _ real: [Motion], _ scales: [Double]) -> Double {
            func fit(_ motions: [Motion]) -> GaussianFit {
                GaussianFit(motions.map { zip(of($0), scales).map { $0 / $1 } })
            }
            return fit(motions).frechetDistance(to: fit(real))
        }

        /// How much larger the hips' movement is in the second half than in the first, as a logarithm: whether a dance
        /// follows the music's energy.
        static func growth(of motion: Motion) -> Double {
            let height = motion.hipHeight, half = height.count / 2
            return log(max(1e-6, deviation(height[half...])) / max(1e-6, deviation(height[..<half])))
        }
    }
}
