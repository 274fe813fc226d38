import Foundation

/// Rows under headings: what a file names (tasks, models, patterns) with what was found of each.
public struct Table: Sendable, Equatable {
    /// A heading, and what stands below it.
    public struct Column: Sendable, Equatable, ExpressibleByStringLiteral {
        /// What a column holds; stored by these names.
        public enum Kind: String, Sendable, Codable {
            case text = "text"
            case number = "number"
        }

        /// The heading.
        public let name: String
        /// Of its numbers; empty for none.
        public let unit: String
        /// What it holds.
        public let kind: Kind

        /// A column of texts.
        public init(_ name: String) { (self.name, unit, kind) = (name, "", .text) }

        public init(stringLiteral name: String) { self.init(name) }

        init(_ name: String, unit: String, kind: Kind) {
            (self.name, self.unit, self.kind) = (name, unit, kind)
        }

        /// A column of numbers.
        public static func number(_ name: String, unit: String = "") -> Column {
            Column(name, unit: unit, kind: .number)
        }
    }

    /// A text or a number.
    public enum Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        case text(String)
        /// NaN where there is none.
        case number(Double)

        public init(stringLiteral text: String) { self = .text(text) }

        /// As a text: a number with all its digits, a missing one as none.
        public var exact: String {
            switch self {
            case .text(let text): text
            case .number(let number): number.isNaN ? "" : number.text
            }
        }
    }

    /// The headings.
    public let columns: [Column]
    /// Each has one cell a column, of its kind.
    public let rows: [[Cell]]

    /// A table from its parts; a cell that is not of its column's kind is a programmer's error.
    public init(columns: [Column], rows: [[Cell]]) {
        precondition(
            rows.allSatisfy { row in
                row.count == columns.count && zip(row, columns).allSatisfy { $0.kind == $1.kind }
            }, "a row does not fit its columns \(columns.map(\.name))")
        self.columns = columns
        self.rows = rows
    }

    /// A table of texts.
    public init(columns: [String], rows: [[String]]) {
        self.columns = columns.map { Column($0) }
        self.rows = rows.map { $0.map { .text($0) } }
    }
}

extension Table.Cell: Equatable {
    fileprivate var kind: Table.Column.Kind {
        switch self {
        case .text: .text
        case .number: .number
        }
    }

    /// Numbers are equal by their bits: a missing one equals a missing one.
    public static func == (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.text(let a), .text(let b)): a == b
        case (.number(let a), .number(let b)): a.bitPattern == b.bitPattern
        default: false
        }
    }
}

// MARK: As it is stored

extension Table: Codable {
    /// `kinds` and `units` came later: without them all cells are texts.
    private enum CodingKeys: String, CodingKey {
        case columns = "columns"
        case kinds = "kinds"
        case units = "units"
        case rows = "rows"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(columns.map(\.name), forKey: .columns)
        if columns.contains(where: { $0.kind != .text }) {
            try container.encode(columns.map(\.kind), forKey: .kinds)
            try container.encode(columns.map(\.unit), forKey: .units)
        }
        try container.encode(rows, forKey: .rows)
    }

    /// - Throws: `DecodingError`, also for a row that does not fit its columns.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let names = try container.decode([String].self, forKey: .columns)
        guard let kinds = try container.decodeIfPresent([Column.Kind].self, forKey: .kinds) else {
            self.init(columns: names, rows: try container.decode([[String]].self, forKey: .rows))
            return
        }
        let units = try container.decode([String].self, forKey: .units)
        let columns = zip(names, zip(units, kinds)).map { Column($0, unit: $1.0, kind: $1.1) }
        var lines = try container.nestedUnkeyedContainer(forKey: .rows), rows: [[Cell]] = []
        while !lines.isAtEnd {
            var line = try lines.nestedUnkeyedContainer()
            rows.append(
                try kinds.map { kind in
                    switch kind {
                    case .text: .text(try line.decode(String.self))
                    case .number: .number(try line.decode(Double.self))
                    }
                })
        }
        self.init(columns: columns, rows: rows)
    }
}

extension Table.Cell: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        }
    }
}

extension Table: ArtifactKind {
    static let storedType = "table"
    var artifact: Artifact { .table(self) }

    func files(named name: String) -> [(name: String, contents: Data)] {
        let heads = columns.map { $0.unit.isEmpty ? $0.name : "\($0.name) [\($0.unit)]" }
        return [("\(name).csv", CSV.encode([heads] + rows.map { $0.map(\.exact) }))]
    }
}
