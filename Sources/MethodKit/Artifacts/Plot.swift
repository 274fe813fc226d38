import Foundation

/// Numbers over a plane, or named bars: what a chart of its own shows better than a curve over steps.
public struct Plot: Sendable, Codable, Equatable {
    /// How a series is drawn; stored by these names.
    public enum Kind: String, Sendable, Codable {
        /// Joined from left to right.
        case line = "line"
        /// Each for itself.
        case points = "points"
        /// Named values, as lengths from zero; an interval each, or none.
        case bars = "bars"
        /// Counts over neighbouring ranges: one more x than y.
        case histogram = "histogram"
        /// Values with an interval each.
        case whiskers = "whiskers"
    }

    /// What belongs together and has one colour.
    public struct Series: Sendable, Codable, Equatable {
        /// What the legend says.
        public let name: String
        /// How it is drawn.
        public let kind: Kind
        /// One a value, for a histogram the ends of the ranges, for bars none.
        public let x: [Double]
        /// The values; NaN is a gap.
        public let y: [Double]
        /// The ends of each value's interval; both empty without any.
        public let low, high: [Double]
        /// Names of bars; empty for all other kinds.
        public let labels: [String]

        private enum CodingKeys: String, CodingKey {
            case name = "name"
            case kind = "kind"
            case x = "x"
            case y = "y"
            case low = "low"
            case high = "high"
            case labels = "labels"
        }
    }

    /// What the axes measure, with their units.
    public let x, y: String
    /// Those behind first.
    public let series: [Series]

    private enum CodingKeys: String, CodingKey {
        case x = "x"
        case y = "y"
        case series = "series"
    }

    /// A plot of some series.
    public init(x: String = "", y: String, _ series: [Series]) {
        self.x = x
        self.y = y
        self.series = series
    }
}

extension Plot.Series {
    /// Joined points; they are put in the order of x.
    public static func line(_ name: String, _ points: [(x: Double, y: Double)]) -> Self {
        planar(name, .line, points.sorted { $0.x < $1.x })
    }

    /// Points that are not joined.
    public static func points(_ name: String, _ points: [(x: Double, y: Double)]) -> Self {
        planar(name, .points, points)
    }

    private static func planar(_ name: String, _ kind: Plot.Kind, _ points: [(x: Double, y: Double)]) -> Self
    {
        Self(
            name: name, kind: kind, x: points.map(\.x), y: points.map(\.y), low: [], high: [], labels: [])
    }

    /// Named values.
    public static func bars(_ name: String, _ bars: [(label: String, value: Double)]) -> Self {
        Self(
            name: name, kind: .bars, x: [], y: bars.map(\.value), low: [], high: [],
            labels: bars.map(\.label))
    }

    /// Named values with an interval each.
    public static func bars(
        _ name: String, _ bars: [(label: String, value: Double, low: Double, high: Double)]
    ) -> Self {
        Self(
            name: name, kind: .bars, x: [], y: bars.map(\.value), low: bars.map(\.low),
            high: bars.map(\.high),
            labels: bars.map(\.label))
    }

    /// How many of the finite values lie in each of some equal ranges between the smallest and the largest.
    public static func histogram(_ name: String, of values: [Double], bins: Int) -> Self {
        precondition(bins > 0, "a histogram of \(bins) bins")
        let values = values.filter(\.isFinite)
        let least = values.min() ?? 0, most = values.max() ?? 0
        let (low, high) = least < most ? (least, most) : (least - 0.5, least + 0.5)
        var counts = Array(repeating: 0.0, count: bins)
        for value in values { counts[min(bins - 1, Int((value - low) / (high - low) * Double(bins)))] += 1 }
        let ends = (0...bins).map { low + (high - low) * Double($0) / Double(bins) }
        return Self(name: name, kind: .histogram, x: ends, y: counts, low: [], high: [], labels: [])
    }

    /// Values with an interval each.
    public static func whiskers(
        _ name: String, _ points: [(x: Double, y: Double, low: Double, high: Double)]
    ) -> Self {
        Self(
            name: name, kind: .whiskers, x: points.map(\.x), y: points.map(\.y), low: points.map(\.low),
            high: points.map(\.high), labels: [])
    }

    /// - Throws: `DecodingError` when the lists are not as long as the kind wants them: what draws relies on it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        kind = try container.decode(Plot.Kind.self, forKey: .kind)
        x = try container.decode([Double].self, forKey: .x)
        y = try container.decode([Double].self, forKey: .y)
        low = try container.decode([Double].self, forKey: .low)
        high = try container.decode([Double].self, forKey: .high)
        labels = try container.decode([String].self, forKey: .labels)
        let places = kind == .histogram ? y.count + 1 : kind == .bars ? 0 : y.count
        try container.require(x.count == places, .x, "as many x as the kind has")
        let ends = low.isEmpty && kind != .whiskers ? 0 : y.count
        try container.require(low.count == ends && high.count == ends, .low, "an interval each")
        try container.require(labels.count == (kind == .bars ? y.count : 0), .labels, "a name each bar")
    }
}

extension Plot: ArtifactKind {
    static let storedType = "plot"
    var artifact: Artifact { .plot(self) }

    /// A row a value; of a histogram `x` and `x end` are the range's ends.
    func files(named name: String) -> [(name: String, contents: Data)] {
        let head = ["series", "kind", "label", "x", "x end", "y", "low", "high"]
        return [("\(name).csv", CSV.encode([head] + series.flatMap(\.rows)))]
    }
}

extension Plot.Series {
    fileprivate var rows: [[String]] {
        y.indices.map { place in
            func text(_ numbers: [Double], _ place: Int) -> String {
                numbers.indices.contains(place) ? Table.Cell.number(numbers[place]).exact : ""
            }
            let end = kind == .histogram ? text(x, place + 1) : ""
            return [name, kind.rawValue, labels.isEmpty ? "" : labels[place], text(x, place), end]
                + [text(y, place), text(low, place), text(high, place)]
        }
    }
}
