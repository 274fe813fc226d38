import Foundation

/// Rows of texts under headings.
public struct Table: Sendable, Codable, Equatable {
    /// One a column.
    public var columns: [String]
    /// Each has one text a column.
    public var rows: [[String]]

    private enum CodingKeys: String, CodingKey {
        case columns = "columns"
        case rows = "rows"
    }

    /// A table from its parts.
    public init(columns: [String], rows: [[String]]) {
        self.columns = columns
        self.rows = rows
    }
}

extension Table: ArtifactKind {
    static let storedType = "table"
    var artifact: Artifact { .table(self) }

    func files(named name: String) -> [(name: String, contents: Data)] {
        [("\(name).csv", CSV.encode([columns] + rows))]
    }
}
