import Base
import Foundation
import MethodKit

extension MusicInfuser {
    /// How one dances: which movements, from which a person tells styles apart.
    enum Style: String, InputChoice, CaseIterable, Codable, Sendable {
        case bounce, sway, stomp

        /// The style that no pair of music and dance has: what adapting should not forget.
        static let heldOut = Style.stomp
        /// The styles of the pairs.
        static let seen = allCases.filter { $0 != heldOut }
        var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// A dance as numbers: 32 frames of 8 channels, 10 frames a second.
    struct Motion: Codable, Sendable {
        /// Frame by frame: x and y of the hips, of the left and of the right hand, and the height of either foot.
        var values: [Float]

        static let frames = 32, channels = 8, rate = 10.0
        static let duration = Double(frames) / rate
        static let names = [
            "hips x", "hips y", "left hand x", "left hand y", "right hand x", "right hand y", "left foot y",
            "right foot y",
        ]

        /// How many frames it has.
        var count: Int { values.count / Self.channels }

        /// One channel over time.
        func channel(_ channel: Int) -> [Double] {
            stride(from: channel, to: values.count, by: Self.channels).map { Double(values[$0]) }
        }

        /// How high the hips are in each frame: lowest on the beats.
        var hipHeight: [Double] { channel(1) }
    }

    /// Stick dancers: every dance is one of three styles, at the tempo and as large as the music's energy asks for.
    enum Dancer {
        /// What each dance draws for itself, within its style.
        private struct Habit {
            let size, lag, reach: Double

            init(using random: inout RandomStream) {
                (size, lag) = (random.uniform(0.85, 1.15), random.uniform(-0.4, 0.4))
                reach = random.uniform(0.9, 1.1)
            }
        }

        /// How far each channel strays by itself, frame by frame.
        private static let tremble = 0.008

        /// A dance to a piece of music.
        static func dance(_ style: Style, to piece: Piece, using random: inout RandomStream) -> Motion {
            let habit = Habit(using: &random)
            let frames = (0..<Motion.frames).map { frame -> [Float] in
                let time = Double(frame) / Motion.rate
                // At least a third of the full size, so that beats can be told at any energy.
                let size = habit.size * (0.35 + 0.65 * piece.energy(at: time))
                return pose(style, beat: piece.beat(at: time), size: size, habit).map {
                    Float($0 + tremble * random.gaussian())
                }
            }
            return Motion(values: frames.flatMap { $0 })
        }

        /// Where the body is at a place between two beats; whole numbers are beats, on which the hips are lowest.
        private static func pose(_ style: Style, beat: Double, size: Double, _ habit: Habit) -> [Double] {
            let every = 2 * .pi * beat, second = .pi * beat, lagged = second + habit.lag
            switch style {
            case .bounce:
                let hands = 0.25 + 0.3 * size * cos(lagged),
                    out = (0.45 + 0.08 * size * cos(lagged)) * habit.reach
                return [
                    0.04 * sin(lagged), -0.16 * size * cos(every), -out, hands, out, hands,
                    0.12 * size * max(0, sin(second)), 0.12 * size * max(0, -sin(second)),
                ]
            case .sway:
                let sweep = 0.25 * size * sin(second), wave = 0.35 * size * sin(lagged)
                return [
                    0.3 * size * sin(second), -0.1 * size * cos(every), sweep - 0.5 * habit.reach, 0.2 + wave,
                    sweep + 0.5 * habit.reach, 0.2 - wave, 0.02, 0.02,
                ]
            case .stomp:
                let punch = 0.35 * size * sin(lagged), close = 0.3 * habit.reach
                return [
                    0.03 * sin(lagged), -0.17 * size * (cos(every) + 0.3 * cos(2 * every)), -close - punch,
                    0.5,
                    close - punch, 0.5 + 0.1 * size * cos(every), 0.3 * size * max(0, sin(second)),
                    0.3 * size * max(0, -sin(second)),
                ]
            }
        }
    }
}
