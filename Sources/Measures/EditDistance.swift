/// Levenshtein's distance: the fewest insertions, deletions and replacements that make one sequence another.
public enum EditDistance {
    /// The distance of two sequences; of texts give their characters.
    public static func levenshtein<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int {
        var row = Array(0...b.count)
        for (i, element) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let replaced = diagonal + (element == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, min(diagonal, row[j]) + 1)
            }
        }
        return row[b.count]
    }

    /// The distance over the longer one's length: 0 for equal sequences, two empty ones too, 1 for nothing in common.
    public static func normalised<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Double {
        let longest = max(a.count, b.count)
        return longest == 0 ? 0 : Double(levenshtein(a, b)) / Double(longest)
    }
}
