import Foundation
import TextLayout

/// Where the marks of an axis stand and what they say: round numbers, 1, 2 or 5 times a power of ten.
public struct Ticks: Sendable, Equatable {
    /// In order.
    public let values: [Double]
    /// One a value; never two alike.
    public let labels: [String]

    /// Round values inside a range: as many as possible up to `count`, but two where `count` allows it, even if
    /// the next finer step then makes it up to five.
    public init(_ range: ClosedRange<Double>, count: Int) {
        guard let step = Self.step(range, count: count) else {
            self.init(none: range)
            return
        }
        let first = (range.lowerBound / step.value).rounded(.up)
        self.init((0..<step.multiples(in: range)).map { step.times(first + Double($0)) }) { _ in step.value }
    }

    /// Values of a positive range for a logarithmic axis: powers of ten, thinned out evenly when they are too many;
    /// also 2 and 5 times them where there is room; as on a linear axis where the range is short.
    public init(log range: ClosedRange<Double>, count: Int) {
        guard range.lowerBound > 0, count > 0 else {
            self.init(none: range)
            return
        }
        let low = Int(log10(range.lowerBound).rounded(.down)),
            high = Int(log10(range.upperBound).rounded(.up))
        let powers = (low...high).filter { range.contains(Self.power($0)) }
        let fine = (low...high).flatMap { power in [1, 2, 5].map { $0 * Self.power(power) } }
            .filter { range.contains($0) }
        if fine.count >= 2, fine.count <= max(count, powers.count < 2 ? 5 : 0) {
            self.init(fine) { $0 }
        } else if powers.count >= 2 {
            let every = (powers.count + count - 1) / count
            self.init(powers.filter { $0 % every == 0 }.map(Self.power)) { $0 }
        } else {
            self.init(range, count: count)
        }
    }

    private init(_ values: [Double], step: (Double) -> Double) {
        self.values = values
        labels = values.map { Self.label($0, step: step($0)) }
    }

    /// No round value can be told from its neighbours.
    private init(none range: ClosedRange<Double>) {
        values = [range.lowerBound]
        labels = [range.lowerBound.brief]
    }

    /// The step of a linear axis; nil where there is none.
    private static func step(_ range: ClosedRange<Double>, count: Int) -> Step? {
        let span = range.upperBound - range.lowerBound
        guard span > 0, span.isFinite, count > 0 else { return nil }
        var step = Step(below: span / Double(count))
        while step.multiples(in: range) > count { step = step.larger }
        if count > 1, step.multiples(in: range) < 2 { step = step.smaller }
        // Beyond 2^53 steps from zero neighbouring multiples are the same number.
        let furthest = max(abs(range.lowerBound), abs(range.upperBound)) / step.value
        return step.value > 0 && furthest < 0x1p53 ? step : nil
    }

    /// 1, 2 or 5 times a power of ten.
    struct Step {
        /// 0, 1, 2 stand for 1, 2, 5; three more for each power of ten.
        var index: Int

        init(index: Int) { self.index = index }

        /// The largest step that is not above a positive value.
        init(below value: Double) {
            index = 3 * Int(log10(value).rounded(.down)) + 3
            while index > -1000, self.value > value { index -= 1 }
        }

        private var power: Int { index >= 0 ? index / 3 : -((2 - index) / 3) }
        private var factor: Double { [1, 2, 5][index - 3 * power] }
        var value: Double { times(1) }
        var larger: Step { Step(index: index + 1) }
        var smaller: Step { Step(index: index - 1) }

        /// A multiple, rounded once: 3 times 0.1 is 0.3.
        func times(_ n: Double) -> Double {
            power < 0 && power >= -300 ? n * factor / Ticks.power(-power) : n * factor * Ticks.power(power)
        }

        /// How many multiples lie in a range.
        func multiples(in range: ClosedRange<Double>) -> Int {
            let first = (range.lowerBound / value).rounded(.up)
            let last = (range.upperBound / value).rounded(.down)
            return Int(max(0, min(1e6, last - first + 1)))
        }
    }

    private static func power(_ exponent: Int) -> Double { pow(10, Double(exponent)) }

    /// A number as short as its step allows: 1500 as 1.5k.
    static func label(_ value: Double, step: Double) -> String {
        if value == 0 || abs(value) < abs(step) * 1e-9 { return "0" }
        let size = abs(value)
        if size >= 1e15 || size < 1e-4 { return exponential(value, step: step) }
        let units: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        let unit = units.first { size >= $0.0 && (step >= $0.0 / 1000 || size >= 1e4) } ?? (1, "")
        return trimmed(String(format: "%.\(digits(step / unit.0))f", value / unit.0)) + unit.1
    }

    /// 0.00002 as 2e-5.
    private static func exponential(_ value: Double, step: Double) -> String {
        let exponent = Int(log10(abs(value)).rounded(.down))
        let mantissa = String(format: "%.\(digits(step / power(exponent)))e", value).split(separator: "e")
        guard mantissa.count == 2, let shown = Int(mantissa[1]) else { return "\(value)" }
        return trimmed(String(mantissa[0])) + "e\(shown)"
    }

    /// Decimals that a step needs.
    private static func digits(_ step: Double) -> Int {
        step > 0 && step.isFinite ? max(0, min(15, Int((-log10(step) - 1e-9).rounded(.up)))) : 3
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var rest = Substring(text)
        while rest.last == "0" { rest = rest.dropLast() }
        if rest.last == "." { rest = rest.dropLast() }
        return String(rest)
    }
}
