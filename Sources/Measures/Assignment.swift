/// The best one-to-one assignment of rows to columns: the Hungarian method in O(rows² · columns).
public enum Assignment {
    /// The columns that make the sum of similarities largest.
    ///
    /// - Parameter similarity: row by row, all rows equally long.
    /// - Returns: each row's column; nil where there are more rows than columns and this one is left over.
    public static func best(_ similarity: [[Double]]) -> [Int?] {
        guard let first = similarity.first, !first.isEmpty else { return similarity.map { _ in nil } }
        precondition(similarity.allSatisfy { $0.count == first.count }, "rows of different lengths")
        if similarity.count <= first.count { return rows(similarity.map { $0.map(-) }) }
        let turned = first.indices.map { column in similarity.map { -$0[column] } }
        var columns: [Int?] = similarity.map { _ in nil }
        for (column, row) in rows(turned).enumerated() { if let row { columns[row] = column } }
        return columns
    }

    /// The cheapest column of each row, with at least as many columns as rows: shortest augmenting paths over
    /// potentials (Jonker and Volgenant 1987). Row and column 0 stand for "none yet".
    private static func rows(_ cost: [[Double]]) -> [Int?] {
        let (n, m) = (cost.count, cost[0].count)
        var u = Array(repeating: 0.0, count: n + 1), v = Array(repeating: 0.0, count: m + 1)
        var rowOf = Array(repeating: 0, count: m + 1)
        for row in 1...n {
            let way = path(from: row, cost, &u, &v, &rowOf)
            // Along the path each column goes to the row of the column before it.
            var column = way.end
            while column != 0 {
                rowOf[column] = rowOf[way.before[column]]
                column = way.before[column]
            }
        }
        var columns: [Int?] = Array(repeating: nil, count: n)
        for column in 1...m where rowOf[column] > 0 { columns[rowOf[column] - 1] = column - 1 }
        return columns
    }

    /// The cheapest path from a row to a column that is free.
    private static func path(
        from row: Int, _ cost: [[Double]], _ u: inout [Double], _ v: inout [Double], _ rowOf: inout [Int]
    ) -> (end: Int, before: [Int]) {
        let m = v.count - 1
        var least = Array(repeating: Double.infinity, count: m + 1)
        var before = Array(repeating: 0, count: m + 1), isSeen = Array(repeating: false, count: m + 1)
        rowOf[0] = row
        var column = 0
        repeat {
            isSeen[column] = true
            let here = rowOf[column]
            var (step, next) = (Double.infinity, 0)
            for j in 1...m where !isSeen[j] {
                let reduced = cost[here - 1][j - 1] - u[here] - v[j]
                if reduced < least[j] { (least[j], before[j]) = (reduced, column) }
                if least[j] < step { (step, next) = (least[j], j) }
            }
            for j in 0...m {
                if isSeen[j] {
                    u[rowOf[j]] += step
                    v[j] -= step
                } else {
                    least[j] -= step
                }
            }
            column = next
        } while rowOf[column] != 0
        return (column, before)
    }
}
