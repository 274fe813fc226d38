import GRDB

extension Row {
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
        guard let index = columnNames.firstIndex(of: column) else { throw damage(column) }
        let stored = databaseValues[
            databaseValues.index(
                databaseValues.startIndex,
                offsetBy: columnNames.distance(from: columnNames.startIndex, to: index))]
        if stored.isNull { return nil }
        guard let value = Value.fromDatabaseValue(stored) else { throw damage(column) }
        return value
    }

    private func damage(_ column: String) -> StoreError {
        .damaged(path: "", what: "column '\(column)' cannot be read")
    }
}
