/// Which pairs of embeddings belong together: z_ij for rows x and columns y.
public struct PairSigns: Sendable, Equatable {
    /// How many rows and columns there are.
    public let rows, columns: Int
    /// Row by row: 1 for a pair, -1 for a pair that must come apart, 0 for one that counts for nothing.
    public let values: [Int8]

    /// Signs by a rule for each row and column.
    init(rows: Int, columns: Int, _ sign: (_ row: Int, _ column: Int) -> Int8) {
        (self.rows, self.columns) = (rows, columns)
        values = (0..<rows).flatMap { row in (0..<columns).map { sign(row, $0) } }
    }
}
