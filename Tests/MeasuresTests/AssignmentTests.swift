import Measures
import Testing

@Suite struct AssignmentTests {
    private static let matrix: [[Double]] = [
        [24, 3, 56, 72, 0, 21, 19, 74], [41, 10, 21, 38, 96, 20, 44, 93], [39, 14, 26, 81, 90, 22, 66, 2],
        [63, 60, 1, 51, 90, 69, 97, 29], [24, 62, 7, 43, 33, 79, 48, 37],
    ]

    private func sum(_ matrix: [[Double]]) -> Double {
        zip(matrix, Assignment.best(matrix)).reduce(0) { sum, pair in
            sum + (pair.1.map { pair.0[$0] } ?? 0)
        }
    }

    /// The sum is that of SciPy's `linear_sum_assignment`, with more columns than rows and the other way round.
    @Test func theSumIsTheLargest() {
        #expect(sum(Self.matrix) == 431)
        let turned = Self.matrix[0].indices.map { column in Self.matrix.map { $0[column] } }
        #expect(sum(turned) == 431)
        #expect(Assignment.best(turned).count { $0 == nil } == 3)
    }

    /// Taking the largest first would give 10 + 0.
    @Test func theLargestMayBeLeft() {
        #expect(Assignment.best([[10, 9], [9, 0]]) == [1, 0])
    }

    /// Every permutation of small matrices, by brute force.
    @Test func noPermutationIsBetter() {
        for seed in 0..<40 {
            let matrix = (0..<4).map { i in
                (0..<4).map { j in Double((seed * 31 + i * 17 + j * 29 + i * j * seed) % 11) }
            }
            let best = permutations(4).map { order in
                order.enumerated().reduce(0) { $0 + matrix[$1.offset][$1.element] }
            }.max()
            #expect(sum(matrix) == best)
        }
    }

    @Test func eachColumnIsTakenOnce() {
        let columns = Assignment.best(Array(repeating: [1.0, 1, 1], count: 3)).compactMap { $0 }
        #expect(columns.sorted() == [0, 1, 2])
        #expect(Assignment.best([]).isEmpty)
        #expect(Assignment.best([[], []]) == [nil, nil])
    }

    private func permutations(_ count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return permutations(count - 1).flatMap { rest in
            (0..<count).map { place in
                var order = rest
                order.insert(count - 1, at: place)
                return order
            }
        }
    }
}
