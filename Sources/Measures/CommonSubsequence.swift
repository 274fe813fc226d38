/// The longest common subsequence of two sequences.
struct CommonSubsequence<Element: Hashable> {
    private let a, b: [Int]
    private let width: Int
    /// lengths[i * width + j] is the length for the first i of `a` and the first j of `b`.
    private let lengths: [Int32]

    /// Time and memory grow with the product of the lengths.
    init(_ a: [Element], _ b: [Element]) {
        // Comparing small numbers is several times as fast as comparing texts.
        var numbers: [Element: Int] = [:]
        func number(_ element: Element) -> Int {
            if let number = numbers[element] { return number }
            numbers[element] = numbers.count
            return numbers.count - 1
        }
        (self.a, self.b) = (a.map(number), b.map(number))
        width = b.count + 1
        lengths = Self.table(self.a, self.b)
    }

    private static func table(_ a: [Int], _ b: [Int]) -> [Int32] {
        let width = b.count + 1
        var lengths = Array(repeating: Int32(0), count: (a.count + 1) * width)
        lengths.withUnsafeMutableBufferPointer { lengths in
            for i in a.indices {
                let above = i * width, row = above + width
                for j in b.indices {
                    lengths[row + j + 1] =
                        a[i] == b[j]
                        ? lengths[above + j] + 1 : max(lengths[above + j + 1], lengths[row + j])
                }
            }
        }
        return lengths
    }

    /// How long it is.
    var length: Int { Int(lengths[lengths.count - 1]) }

    /// The pairs of places of one of them, in order. Where several are equally long it is the one that `rouge_score`
    /// takes: walked from the ends, it leaves out of `b` only what makes the rest longer.
    var pairs: [(a: Int, b: Int)] {
        var pairs: [(Int, Int)] = []
        var (i, j) = (a.count, b.count)
        while i > 0, j > 0 {
            if a[i - 1] == b[j - 1] {
                (i, j) = (i - 1, j - 1)
                pairs.append((i, j))
            } else if lengths[i * width + j - 1] > lengths[(i - 1) * width + j] {
                j -= 1
            } else {
                i -= 1
            }
        }
        return pairs.reversed()
    }
}
