import Foundation

/// A user's table as text: fields parted by commas (RFC 4180) or tabs, one row a line.
public struct DelimitedText: Sendable {
    /// What parts the fields of a row.
    public enum Delimiter: Sendable {
        case comma, tab

        /// The one that a file's name promises: tabs for `.tsv` and `.tab`, commas for all others.
        public init(path: String) {
            self = [".tsv", ".tab"].contains { path.lowercased().hasSuffix($0) } ? .tab : .comma
        }
    }

    /// A row with the number of the line on which it begins, counted from 1.
    public struct Row: Sendable, Equatable {
        /// Where it begins.
        public let line: Int
        /// In their order.
        public let fields: [String]
    }

    /// The largest file that is read, in bytes.
    public static let largest = 64 << 20

    /// In their order; empty lines are left out.
    public let rows: [Row]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: where it is; its ending says what parts the fields.
    ///   - isEven: whether each row must have as many fields as the first.
    /// - Throws: ``FileError`` with the first row that is wrong; also for a file without rows.
    public init(_ path: String, isEven: Bool = true) throws {
        let bytes = try RegularFile.contents(path, most: Self.largest, kind: "a table as text")
        var parser = DelimitedParser(Array(bytes), path, Delimiter(path: path))
        rows = try parser.rows()
        guard let first = rows.first else {
            throw FileError(path, line: nil, "it holds no row", allowed: "one row a line")
        }
        let wanted = first.fields.count
        for row in rows where isEven && row.fields.count != wanted {
            throw FileError(
                path, line: row.line, "the row has \(row.fields.count) fields", allowed: "\(wanted) a row")
        }
    }
}

/// Takes rows apart. Quotes protect commas, line ends and, doubled, quotes; with tabs they are characters like others.
private struct DelimitedParser {
    private let bytes: [UInt8]
    private let path: String
    private let delimiter: UInt8
    private let takesQuotes: Bool
    private var place = 0, line = 1

    private static let quote = UInt8(ascii: "\"")

    init(_ bytes: [UInt8], _ path: String, _ delimiter: DelimitedText.Delimiter) {
        (self.bytes, self.path) = (bytes, path)
        (self.delimiter, takesQuotes) = delimiter == .tab ? (9, false) : (44, true)
        // Some editors begin a file with a byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    mutating func rows() throws -> [DelimitedText.Row] {
        var rows: [DelimitedText.Row] = []
        while place < bytes.count {
            let begin = line, fields = try row()
            if fields != [""] { rows.append(DelimitedText.Row(line: begin, fields: fields)) }
        }
        return rows
    }

    /// The fields up to the end of the row, which is passed.
    private mutating func row() throws -> [String] {
        var fields: [String] = []
        while true {
            let isQuoted = takesQuotes && place < bytes.count && bytes[place] == Self.quote
            fields.append(try text(of: isQuoted ? quoted() : plain()))
            guard place < bytes.count else { return fields }
            let end = bytes[place]
            place += 1
            if end == delimiter { continue }
            if end == 13, place < bytes.count, bytes[place] == 10 { place += 1 }
            line += 1
            return fields
        }
    }

    private func isEnd(_ byte: UInt8) -> Bool { byte == delimiter || byte == 10 || byte == 13 }

    private mutating func plain() throws -> [UInt8] {
        let begin = place
        while place < bytes.count, !isEnd(bytes[place]) { place += 1 }
        return Array(bytes[begin..<place])
    }

    private mutating func quoted() throws -> [UInt8] {
        let begin = line
        var field: [UInt8] = []
        place += 1
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == 10 { line += 1 }
            guard byte == Self.quote else {
                field.append(byte)
                continue
            }
            guard place < bytes.count, bytes[place] == Self.quote else { return try closed(field) }
            field.append(byte)
            place += 1
        }
        throw FileError(path, line: begin, "a quote is not closed", allowed: "quotes in pairs")
    }

    private func closed(_ field: [UInt8]) throws -> [UInt8] {
        guard place == bytes.count || isEnd(bytes[place]) else {
            throw FileError(
                path, line: line, "something follows a closing quote", allowed: "a comma or the line's end")
        }
        return field
    }

    private func text(of bytes: [UInt8]) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError(path, line: line, "it is not text", allowed: "UTF-8")
        }
        return text
    }
}
