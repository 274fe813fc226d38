/// Finds what the user may have meant, and makes names of files.
public enum Names {
    /// A text as the name of a file: whatever a session's texts say, it leads out of no folder and into none.
    public static func file(_ text: String) -> String {
        String(text.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "_" })
    }

    /// The name of `known` that is nearest to `typed`, or nil when none is near.
    public static func nearest(to typed: String, among known: [String]) -> String? {
        let typed = typed.lowercased()
        let ranked = known.map { ($0, distance(typed, $0.lowercased())) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
        if best.1 <= max(2, typed.count / 3) { return best.0 }
        return known.first { $0.lowercased().hasPrefix(typed) && !typed.isEmpty }
    }

    /// " (did you mean 'steps'?)", or nothing.
    public static func suggestion(for typed: String, among known: [String]) -> String {
        nearest(to: typed, among: known).map { " (did you mean '\($0)'?)" } ?? ""
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
    static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a), b = Array(b)
        var beforeLast = [Int](), last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
