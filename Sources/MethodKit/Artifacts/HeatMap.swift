import Foundation

/// A matrix of numbers with names for its rows and columns.
public struct HeatMap: Sendable, Codable, Equatable {
    /// Row by row; NaN is a gap.
    public var values: [Float]
    /// One a row.
    public var rows: [String]
    /// One a column.
    public var columns: [String]
    /// The values of the two ends of the colour scale; nil takes the smallest and largest value.
    public var range: ClosedRange<Float>?

    private enum CodingKeys: String, CodingKey {
        case values = "values"
        case rows = "rows"
        case columns = "columns"
        case range = "range"
    }

    /// A matrix of shape (rows, columns).
    public init(_ values: [Float], rows: [String], columns: [String], range: ClosedRange<Float>? = nil) {
        precondition(
            values.count == rows.count * columns.count,
            "\(values.count) values for \(rows.count) rows and \(columns.count) columns")
        self.values = values
        self.rows = rows
        self.columns = columns
        self.range = range
    }

    /// - Throws: `DecodingError` when there is not one value for each row and column: what draws relies on it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        values = try container.decode([Float].self, forKey: .values)
        rows = try container.decode([String].self, forKey: .rows)
        columns = try container.decode([String].self, forKey: .columns)
        range = try container.decodeIfPresent(ClosedRange<Float>.self, forKey: .range)
        try container.require(
            values.count == rows.count * columns.count, .values, "one value for each row and column")
    }
}

extension HeatMap: ArtifactKind {
    static let storedType = "heat map"
    var artifact: Artifact { .heatMap(self) }

    func files(named name: String) -> [(name: String, contents: Data)] {
        let width = columns.count
        let lines = rows.enumerated().map { index, row in
            [row] + values[(index * width)..<((index + 1) * width)].map { "\($0)" }
        }
        return [("\(name).csv", CSV.encode([[""] + columns] + lines))]
    }
}
