import Foundation

/// How suddenly a sound gets louder, in each of four bands: the half-wave rectified rise of compressed energies, which
/// is spectral flux by band (Bello et al. 2005, §III-B).
public struct OnsetEnvelope: Sendable, Equatable {
    /// Edges of the four bands in hertz: drums and bass, voices, their overtones, cymbals.
    public static let edges: [Double] = [20, 200, 800, 3_200, 12_800]
    /// How many bands there are.
    public static let bands = 4

    /// A row of four a frame, each 0...1: 1 is from silence to the band's loudest.
    public let frames: [[Float]]
    /// Frames a second.
    public let rate: Double

    /// How much the loudness is compressed: log(1 + c x) / log(1 + c) for an energy x of the band's largest.
    private static let compression: Float = 100
    /// A band with less than this share of the loudest band's energy counts as silent, or its noise would count.
    private static let gate: Float = 1e-6

    /// The envelope of a sound. How loud the whole of it is makes no difference.
    ///
    /// - Parameters:
    ///   - sound: of any sampling rate; bands beyond half of it stay 0.
    ///   - rate: frames a second; frame k is about the moment k / rate.
    public init(_ sound: Sound, rate: Double) {
        self.rate = rate
        let step = Double(sound.rate) / rate
        // A window covers two frames: nothing falls between them, and a beat lies in two at most.
        let fourier = ShortTimeFourier(window: max(16, 2 * Int(step.rounded())))
        let bank = FilterBank(edges: Self.edges, rate: sound.rate, window: fourier.window)
        let count = Int((sound.duration * rate).rounded(.up))
        let energies = (0..<count).map { frame in
            bank.energies(fourier.powers(sound.samples, at: Int((Double(frame) * step).rounded())))
        }
        frames = Self.rises(energies, largest: Self.largest(energies))
    }

    /// Each band's largest energy; 0 of a band that counts as silent.
    private static func largest(_ energies: [[Float]]) -> [Float] {
        let largest = (0..<bands).map { band in energies.map { $0[band] }.max() ?? 0 }
        let loudest = largest.max() ?? 0
        return largest.map { $0 > gate * loudest ? $0 : 0 }
    }

    private static func rises(_ energies: [[Float]], largest: [Float]) -> [[Float]] {
        let levels = energies.map { row in
            zip(row, largest).map { $1 > 0 ? log(1 + compression * $0 / $1) / log(1 + compression) : 0 }
        }
        let before = [[Float](repeating: 0, count: bands)] + levels
        return zip(before, levels).map { zip($0, $1).map { max(0, $1 - $0) } }
    }
}
