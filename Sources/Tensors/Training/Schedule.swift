import Foundation

/// Learning rates over time, as factors of the highest one.
public enum Schedule: String, Codable, Sendable, CaseIterable {
    case constant, linear, cosine

    /// The factor at a step, counted from 1, after a linear warm-up.
    ///
    /// - Parameters:
    ///   - step: 1...total.
    ///   - total: steps in all.
    ///   - warmUp: steps until the factor is 1.
    ///   - floor: the last factor.
    /// - Returns: 0...1.
    public func factor(at step: Int, of total: Int, warmUp: Int = 0, floor: Double = 0) -> Double {
        if step < warmUp { return Double(step) / Double(warmUp) }
        let progress = min(1, Double(step - warmUp) / Double(max(1, total - warmUp)))
        switch self {
        case .constant: return 1
        case .linear: return 1 - (1 - floor) * progress
        case .cosine: return floor + (1 - floor) * (1 + cos(.pi * progress)) / 2
        }
    }
}
