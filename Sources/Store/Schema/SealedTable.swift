import Foundation
import GRDB

/// A table whose rows carry a checksum: a flipped bit in a text or a number is noticed like one in a blob.
///
/// The checksum is the CRC-32 of the values of ``sealed`` columns, in this order, each as a byte for its type and its
/// bytes. The columns stand here and not in the file, so that a later column leaves the seals of older rows valid.
struct SealedTable: Sendable {
    let name: String
    /// Every column but `id` and `crc`.
    let columns: [String]
    /// Places of the columns under the checksum. Left out are blobs that carry one of their own.
    private let sealed: [Int]
    private let insertion: String
    private let selection: String
    private let summary: String

    private init(_ name: String, _ columns: String, unsealed: Set<String> = []) {
        self.name = name
        self.columns = columns.split(separator: " ").map(String.init)
        sealed = self.columns.indices.filter { [columns = self.columns] in !unsealed.contains(columns[$0]) }
        precondition(
            sealed == Array(sealed.indices), "columns without a seal come last, so that places agree")
        let names = self.columns.joined(separator: ", ")
        insertion = """
            INSERT INTO \(name) (id, \(names), crc)
            VALUES (\(Array(repeating: "?", count: self.columns.count + 2).joined(separator: ", ")))
            """
        selection = "SELECT id, \(names), crc FROM \(name)"
        let short = self.columns.filter { !unsealed.contains($0) }.joined(separator: ", ")
        summary = "SELECT id, \(short), crc FROM \(name)"
    }

    static let session = SealedTable(
        "session",
        """
        short_id name note tags method method_version benchtop preset purpose inputs metrics machine files began
        owner
        """.replacing("\n", with: " "))
    static let trial = SealedTable(
        "trial", "session arm seed status message through elapsed points events checkpoint parent parent_step"
    )
    static let series = SealedTable(
        "series",
        """
        trial metric first count first_step last_step first_elapsed last_elapsed bad low high sum link pyramid body
        """, unsealed: ["pyramid", "body"])
    static let event = SealedTable("event", "trial step elapsed kind body")
    static let checkpoint = SealedTable("checkpoint", "trial step stage is_final head")

    // MARK: Seals

    private func seal(_ value: (_ place: Int) -> DatabaseValue) -> Int64 {
        var bytes = ByteWriter()
        for place in sealed { Self.append(value(place), to: &bytes) }
        return Int64(bytes.bytes.withUnsafeBytes { CRC.of($0) })
    }

    private static func append(_ value: DatabaseValue, to bytes: inout ByteWriter) {
        func counted(_ type: UInt8, _ content: some Collection<UInt8>) {
            bytes.byte(type)
            bytes.low(8, of: UInt64(content.count))
            bytes.append(content)
        }
        switch value.storage {
        case .null: bytes.byte(0)
        case .int64(let number):
            bytes.byte(1)
            bytes.low(8, of: UInt64(bitPattern: number))
        case .double(let number):
            // SQLite keeps NaN as NULL, and -0 as 0.
            guard !number.isNaN else { return bytes.byte(0) }
            bytes.byte(2)
            bytes.low(8, of: (number == 0 ? 0 : number).bitPattern)
        case .string(let text): counted(3, text.utf8)
        case .blob(let data): counted(4, data)
        }
    }

    /// Whether a row that ``rows(_:_:_:)`` or ``summaries(_:_:_:)`` gave is as it was written.
    func isSound(_ row: Row) -> Bool {
        (row[row.count - 1] as DatabaseValue) == seal { row[$0 + 1] }.databaseValue
    }

    /// Where a column lies in a row of ``rows(_:_:_:)``, and one under the checksum in a row of ``summaries(_:_:_:)`` too.
    ///
    /// A curve reads thousands of rows: looking for each value by its name took most of the time.
    func place(of column: String) -> Int {
        guard let index = columns.firstIndex(of: column) else {
            preconditionFailure("table \(name) has no column '\(column)'")
        }
        return index + 1  // after `id`
    }

    // MARK: Rows

    /// Stores a row.
    ///
    /// - Parameters:
    ///   - values: one for each of ``columns``.
    ///   - id: its number; nil for the next free one.
    ///   - isSound: false for a copy of a damaged row, which stays recognisable as one.
    ///   - db: the store.
    /// - Returns: its `id`.
    /// - Throws: what SQLite says.
    @discardableResult
    func insert(
        _ values: [(any DatabaseValueConvertible)?], id: Int64? = nil, isSound: Bool = true, _ db: Database
    ) throws -> Int64 {
        let stored = values.map { $0?.databaseValue ?? .null }
        let seal = seal { stored[$0] }
        try db.cachedStatement(sql: insertion)
            .execute(
                arguments: StatementArguments(
                    [id?.databaseValue ?? .null] + stored + [(isSound ? seal : seal ^ 1).databaseValue]))
        return db.lastInsertedRowID
    }

    /// The rows for which an SQL condition holds, in the order of their `id` unless it says another.
    func rows(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: "\(selection) WHERE \(condition)"), arguments: arguments)
    }

    /// The same, without the columns that the checksum leaves out: they are large and lie elsewhere in the file.
    func summaries(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: "\(summary) WHERE \(condition)"), arguments: arguments)
    }

    /// A row that is as it was written.
    ///
    /// - Throws: ``StoreError/damaged(path:what:)``; nothing may be written over a damaged row, for a new seal would hide
    ///   the damage.
    func sound(_ id: Int64, _ db: Database) throws -> Row? {
        guard let row = try rows("id = ?", [id], db).first else { return nil }
        guard isSound(row) else {
            throw StoreError.damaged(path: "", what: "\(name) \(id) is not as it was written")
        }
        return row
    }

    /// Gives a row the seal of its values, after a change of a row that was sound.
    func reseal(_ id: Int64, _ db: Database) throws {
        guard let row = try rows("id = ?", [id], db).first else { return }
        let seal = seal { row[$0 + 1] }
        try db.cachedStatement(sql: "UPDATE \(name) SET crc = ? WHERE id = ?").execute(arguments: [seal, id])
    }
}

/// Values that are kept as JSON text.
enum JSONText {
    static func of(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
