/// A small curve in one line of text.
public enum Sparkline {
    /// Draws values, oldest first, in at most `width` cells: braille with two values a cell, or plain characters.
    ///
    /// When there are more values than places, each place shows the extreme that lies farther from the mean of the
    /// whole, so a spike of one step stays visible. Values that are not finite leave a gap.
    ///
    /// - Parameters:
    ///   - values: the curve.
    ///   - width: cells.
    ///   - isUnicode: whether braille can be shown.
    /// - Returns: the curve; empty when no value is finite.
    public static func text(_ values: [Double], width: Int, isUnicode: Bool = TextWidth.isUnicode) -> String {
        guard width > 0 else { return "" }
        let places = reduced(values, to: isUnicode ? 2 * width : width)
        let finite = places.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else { return "" }
        let levels = isUnicode ? 4 : ascii.count
        let heights = places.map { value -> Int? in
            guard value.isFinite else { return nil }
            let share = high > low ? (value - low) / (high - low) : 0.5
            return min(levels - 1, Int(share * Double(levels)))
        }
        return isUnicode ? braille(heights) : String(heights.map { $0.map { ascii[$0] } ?? " " })
    }

    private static let ascii = Array("_.-=^")
    /// Dots of the left and the right column, bottom to top.
    private static let dots: [[UInt32]] = [[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]]

    private static func braille(_ heights: [Int?]) -> String {
        var text = String.UnicodeScalarView()
        for start in stride(from: 0, to: heights.count, by: 2) {
            var bits: UInt32 = 0
            for side in 0...1 where start + side < heights.count {
                if let height = heights[start + side] { bits |= dots[side][height] }
            }
            if let scalar = Unicode.Scalar(0x2800 + bits) { text.append(scalar) }
        }
        return String(text)
    }

    private static func reduced(_ values: [Double], to places: Int) -> [Double] {
        guard values.count > places else { return values }
        let finite = values.filter(\.isFinite)
        let mean = finite.reduce(0, +) / Double(max(1, finite.count))
        return (0..<places).map { place in
            let part = values[place * values.count / places..<(place + 1) * values.count / places]
            return part.filter(\.isFinite).max { abs($0 - mean) < abs($1 - mean) } ?? .nan
        }
    }
}
