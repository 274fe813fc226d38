import CKissFFT
import Foundation

/// The short-time Fourier transform: how much of each frequency there is around a moment (Allen & Rabiner 1977).
public final class ShortTimeFourier {
    /// Samples that one spectrum is taken from.
    public let window: Int
    /// Frequencies of a spectrum, from 0 to half the sampling rate.
    public var bins: Int { window / 2 + 1 }
    private let weights: [Float]
    private let plan: kiss_fftr_cfg

    /// A transform over Hann windows.
    ///
    /// - Parameter window: their length in samples, even.
    public init(window: Int) {
        precondition(window >= 2 && window % 2 == 0, "a window has an even number of samples, not \(window)")
        guard let plan = kiss_fftr_alloc(CInt(window), 0, nil, nil) else { fatalError("out of memory") }
        self.window = window
        self.plan = plan
        // Periodic, so that windows half as far apart as they are long sum to a constant.
        weights = (0..<window).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(window))) }
    }

    // What the library allocated it takes back by the C library's own call.
    deinit { free(UnsafeMutableRawPointer(plan)) }

    /// The power of each frequency around a moment: |X_k|², so that a sine of amplitude a in the middle of a bin gives
    /// (a · window / 4)². Samples before the first and after the last count as 0.
    ///
    /// - Parameters:
    ///   - samples: of the sound.
    ///   - centre: the sample in the middle of the window.
    /// - Returns: ``bins`` powers; number k is of frequency k · rate / window.
    public func powers(_ samples: [Float], at centre: Int) -> [Float] {
        let first = centre - window / 2
        let part = (0..<window).map { place -> Float in
            let sample = first + place
            return samples.indices.contains(sample) ? samples[sample] * weights[place] : 0
        }
        var spectrum = [kiss_fft_cpx](repeating: kiss_fft_cpx(), count: bins)
        kiss_fftr(plan, part, &spectrum)
        return spectrum.map { $0.r * $0.r + $0.i * $0.i }
    }
}
