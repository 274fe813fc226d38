import Foundation

extension Double {
    /// The number for people: four significant digits, no trailing zeros.
    public var brief: String { isFinite ? String(format: "%.4g", self) : "\(self)" }
}

extension Int {
    /// Bytes for people: "640 B", "1.4 MB", "812 MB". A unit is 1,024 of the one before, as for memory and in `ls -h`.
    public var asBytes: String {
        var value = Double(self), units = ["B", "kB", "MB", "GB", "TB"][...]
        while value >= 1023.5, units.count > 1 {
            value /= 1024
            units.removeFirst()
        }
        let digits = value < 9.95 && units.first != "B" ? 1 : 0
        return String(format: "%.\(digits)f ", value) + (units.first ?? "")
    }
}
