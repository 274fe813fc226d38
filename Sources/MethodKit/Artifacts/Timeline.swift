import Foundation

/// What happens when: lanes along one axis of time.
public struct Timeline: Sendable, Codable, Equatable {
    /// A stretch of time, or a moment.
    public struct Interval: Sendable, Codable, Equatable {
        /// In the timeline's unit, from 0; equal for a moment.
        public var begin, end: Double
        /// What it is called; may be empty.
        public var label: String
        /// What it means.
        public var style: Span.Style

        private enum CodingKeys: String, CodingKey {
            case begin = "begin"
            case end = "end"
            case label = "label"
            case style = "style"
        }

        /// A stretch from its ends.
        public init(_ range: ClosedRange<Double>, _ label: String = "", _ style: Span.Style = .plain) {
            (begin, end) = (range.lowerBound, range.upperBound)
            (self.label, self.style) = (label, style)
        }

        /// A moment.
        public init(at time: Double, _ label: String = "", _ style: Span.Style = .plain) {
            self.init(time...time, label, style)
        }
    }

    /// Values at equal distances over the whole time.
    public struct Levels: Sendable, Codable, Equatable {
        /// The first at 0, the last just before the end; NaN is a gap.
        public var values: [Float]
        /// The values of the lower and the upper edge of the lane.
        public var range: ClosedRange<Float>
        /// Whether they are filled from 0, as a sound's wave is, or a line.
        public var isFilled: Bool

        private enum CodingKeys: String, CodingKey {
            case values = "values"
            case range = "range"
            case isFilled = "isFilled"
        }

        /// Levels from their values.
        public init(_ values: [Float], in range: ClosedRange<Float>, isFilled: Bool = false) {
            (self.values, self.range, self.isFilled) = (values, range, isFilled)
        }
    }

    /// One row of the timeline: stretches, levels, or stretches over levels.
    public struct Lane: Sendable, Codable, Equatable {
        /// What stands before it.
        public var name: String
        /// In any order.
        public var intervals: [Interval]
        /// A curve, higher than a row; nil for none.
        public var levels: Levels?

        private enum CodingKeys: String, CodingKey {
            case name = "name"
            case intervals = "intervals"
            case levels = "levels"
        }

        /// A lane from its parts.
        public init(_ name: String, _ intervals: [Interval] = [], levels: Levels? = nil) {
            (self.name, self.intervals, self.levels) = (name, intervals, levels)
        }
    }

    /// Where the time ends; it begins at 0.
    public var duration: Double
    /// Of the times; what plays does so by seconds.
    public var unit: String
    /// From the top.
    public var lanes: [Lane]

    private enum CodingKeys: String, CodingKey {
        case duration = "duration"
        case unit = "unit"
        case lanes = "lanes"
    }

    /// A timeline from its parts.
    public init(duration: Double, unit: String = "s", lanes: [Lane]) {
        precondition(duration > 0 && duration.isFinite, "a timeline lasts some time, not \(duration)")
        (self.duration, self.unit, self.lanes) = (duration, unit, lanes)
    }

    /// - Throws: `DecodingError` when it lasts no time, or a stretch ends before it begins: what draws relies on it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        duration = try container.decode(Double.self, forKey: .duration)
        unit = try container.decode(String.self, forKey: .unit)
        lanes = try container.decode([Lane].self, forKey: .lanes)
        try container.require(duration > 0 && duration.isFinite, .duration, "some time")
        let intervals = lanes.flatMap(\.intervals)
        try container.require(
            intervals.allSatisfy { $0.begin.isFinite && $0.end.isFinite && $0.begin <= $0.end }, .lanes,
            "stretches that end after they begin")
    }
}

extension Timeline: ArtifactKind {
    static let storedType = "timeline"
    var artifact: Artifact { .timeline(self) }

    /// A row a stretch and a row a level.
    func files(named name: String) -> [(name: String, contents: Data)] {
        let head = ["lane", "begin [\(unit)]", "end [\(unit)]", "label", "level"]
        return [("\(name).csv", CSV.encode([head] + lanes.flatMap(rows)))]
    }

    private func rows(_ lane: Lane) -> [[String]] {
        let intervals = lane.intervals.map { [lane.name, "\($0.begin)", "\($0.end)", $0.label, ""] }
        guard let levels = lane.levels?.values else { return intervals }
        let step = duration / Double(levels.count)
        return intervals
            + levels.enumerated().map { place, level in
                [lane.name, "\(Double(place) * step)", "\(Double(place + 1) * step)", "", "\(level)"]
            }
    }
}
