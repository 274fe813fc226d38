import GRDB

/// A column of the rows that a ``SealedTable`` gives: see ``SealedTable/place(of:)``.
struct ColumnPlace: Sendable {
    let name: String
    let index: Int

    init(_ name: String, of table: SealedTable) {
        self.name = name
        index = table.place(of: name)
    }
}

extension Row {
    /// A column as SQLite gives it; nil when there is no such column.
    func stored(_ column: String) -> DatabaseValue? {
        guard let index = columnNames.firstIndex(of: column) else { return nil }
        return databaseValues[
            databaseValues.index(
                databaseValues.startIndex,
                offsetBy: columnNames.distance(from: columnNames.startIndex, to: index))]
    }

    /// A column's value. GRDB's own subscript ends the program when a damaged file lacks the column or has a value of
    /// another kind there; this throws.
    ///
    /// - Throws: ``StoreError``.
    func get<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        guard let value: Value = try find(column) else { throw damage(column) }
        return value
    }

    /// A column's value; nil for NULL.
    ///
    /// - Throws: ``StoreError``.
    func find<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        guard let stored = stored(column) else { throw damage(column) }
        if stored.isNull { return nil }
        guard let value = Value.fromDatabaseValue(stored) else { throw damage(column) }
        return value
    }

    /// The same by the column's place; the name serves the message.
    ///
    /// - Throws: ``StoreError``.
    func get<Value: DatabaseValueConvertible>(_ place: ColumnPlace) throws -> Value {
        guard let value: Value = try find(place) else { throw damage(place.name) }
        return value
    }

    /// The same by the column's place; nil for NULL.
    ///
    /// - Throws: ``StoreError``.
    func find<Value: DatabaseValueConvertible>(_ place: ColumnPlace) throws -> Value? {
        let stored: DatabaseValue = self[place.index]
        if stored.isNull { return nil }
        guard let value = Value.fromDatabaseValue(stored) else { throw damage(place.name) }
        return value
    }

    /// A column's number when it lies where this kind of number can lie.
    ///
    /// - Throws: ``StoreError``.
    func get<Value: DatabaseValueConvertible & Comparable>(
        _ column: String, in range: some RangeExpression<Value>
    ) throws -> Value {
        let value: Value = try get(column)
        guard range.contains(value) else { throw damage(column) }
        return value
    }

    /// A time or a sum, which is finite.
    ///
    /// - Throws: ``StoreError``.
    func finite(_ column: String) throws -> Double {
        let value: Double = try get(column)
        guard value.isFinite else { throw damage(column) }
        return value
    }

    func damage(_ column: String) -> StoreError {
        .damaged(path: "", what: "column '\(column)' cannot be read")
    }
}
