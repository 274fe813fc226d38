import Foundation

extension Double {
    /// The number for people: four significant digits, no trailing zeros.
    public var brief: String { isFinite ? String(format: "%.4g", self) : "\(self)" }
}
