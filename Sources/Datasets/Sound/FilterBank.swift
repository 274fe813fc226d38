import Foundation

/// Sums of a spectrum's powers over bands of frequencies.
public struct FilterBank: Sendable {
    /// A band: its first bin, and the weights of that and the following ones.
    private let bands: [(first: Int, weights: [Float])]

    /// How many bands there are.
    public var count: Int { bands.count }

    /// Bands side by side, each from one edge up to the next.
    ///
    /// - Parameters:
    ///   - edges: ascending, in hertz; one more than bands.
    ///   - rate: samples a second.
    ///   - window: of the transform, in samples. A band that lies beyond half the rate is empty.
    public init(edges: [Double], rate: Int, window: Int) {
        let width = Double(rate) / Double(window)
        bands = zip(edges, edges.dropFirst()).map { low, high in
            let bins = (0...window / 2).filter { (low..<high).contains(Double($0) * width) }
            return (bins.first ?? 0, bins.map { _ in 1 })
        }
    }

    /// Triangles whose peaks are equally far apart in mel (O'Shaughnessy 1987): 2595 log10(1 + f / 700).
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - range: from the foot of the first to the foot of the last, in hertz.
    ///   - rate: samples a second.
    ///   - window: of the transform, in samples.
    public init(mel count: Int, in range: ClosedRange<Double>, rate: Int, window: Int) {
        let (low, high) = (Self.mel(range.lowerBound), Self.mel(range.upperBound))
        let feet = (0...count + 1).map { Self.hertz(low + (high - low) * Double($0) / Double(count + 1)) }
        bands = (0..<count).map { band in
            let (left, peak, right) = (feet[band], feet[band + 1], feet[band + 2])
            let weights = (0...window / 2).map { bin -> Float in
                let f = Double(bin) * Double(rate) / Double(window)
                return Float(max(0, min((f - left) / (peak - left), (right - f) / (right - peak))))
            }
            let first = weights.firstIndex { $0 > 0 } ?? 0, last = weights.lastIndex { $0 > 0 } ?? -1
            return (first, Array(weights[first..<max(first, last + 1)]))
        }
    }

    /// A frequency on the mel scale, and back.
    static func mel(_ hertz: Double) -> Double { 2595 * log10(1 + hertz / 700) }
    static func hertz(_ mel: Double) -> Double { 700 * (pow(10, mel / 2595) - 1) }

    /// The energy in each band.
    public func energies(_ powers: [Float]) -> [Float] {
        bands.map { band in
            zip(band.weights, powers.dropFirst(band.first)).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    /// The natural logarithm of the energy in each band, at least that of `floor`.
    public func logEnergies(_ powers: [Float], floor: Float = 1e-10) -> [Float] {
        energies(powers).map { log(max($0, floor)) }
    }
}
