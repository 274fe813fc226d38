import Foundation

/// Where the marks of an axis stand and what they say: round numbers, 1, 2 or 5 times a power of ten.
public struct Ticks: Sendable, Equatable {
    /// In order.
    public let values: [Double]
    /// One a value.
    public let labels: [String]

    /// Round values inside a range, at most `count` of them.
    public init(_ range: ClosedRange<Double>, count: Int) {
        let span = range.upperBound - range.lowerBound
        guard span > 0, span.isFinite, count > 0 else {
            (values, labels) = ([range.lowerBound], [Self.label(range.lowerBound, step: 0)])
            return
        }
        let step = Self.step(span: span, count: count)
        let first = (range.lowerBound / step).rounded(.up), last = (range.upperBound / step).rounded(.down)
        values = first <= last ? stride(from: first, through: last, by: 1).map { $0 * step } : []
        labels = values.map { Self.label($0, step: step) }
    }

    /// Powers of ten inside a positive range, thinned out to at most `count`; 1, 2 and 5 times them where few fit.
    public init(log range: ClosedRange<Double>, count: Int) {
        let low = Int(log10(range.lowerBound).rounded(.down)),
            high = Int(log10(range.upperBound).rounded(.up))
        let decades = high - low
        let factors: [Double] = decades <= 1 ? [1, 2, 5] : decades == 2 ? [1, 3] : [1]
        let every = max(1, (decades + count - 1) / max(1, count))
        let inside = stride(from: low, through: high, by: every).flatMap { power in
            factors.map { $0 * pow(10, Double(power)) }
        }.filter { range.contains($0) }
        values = inside
        labels = inside.map { Self.label($0, step: $0) }
    }

    /// The smallest of 1, 2, 5 times a power of ten that needs at most `count` marks.
    static func step(span: Double, count: Int) -> Double {
        let rough = span / Double(count)
        let power = pow(10, log10(rough).rounded(.down))
        return [1, 2, 5, 10].map { $0 * power }.first { span / $0 <= Double(count) } ?? 10 * power
    }

    /// A number as short as its step allows: 1500 as 1.5k.
    static func label(_ value: Double, step: Double) -> String {
        if value == 0 || abs(value) < abs(step) * 1e-9 { return "0" }
        let size = abs(value)
        if size >= 1e15 || size < 1e-4 { return String(format: "%.2g", value) }
        let units: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        let unit =
            units.first { size >= $0.0 && (step >= $0.0 / 1000 || size >= 1e4) && size >= 1e3 } ?? (1, "")
        let digits = step == 0 ? 3 : max(0, min(6, Int((-log10(step / unit.0)).rounded(.up))))
        let text = String(format: "%.\(digits)f", value / unit.0)
        guard text.contains(".") else { return text + unit.1 }
        var trimmed = Substring(text)
        while trimmed.last == "0" { trimmed = trimmed.dropLast() }
        if trimmed.last == "." { trimmed = trimmed.dropLast() }
        return trimmed + unit.1
    }
}
