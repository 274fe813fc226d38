import Foundation

/// ROUGE (Lin 2004), with the values of the `rouge_score` package 0.1.2 without its stemmer.
public enum ROUGE {
    /// The words of a text: lower case, of a-z and 0-9 alone; all else parts them.
    public static func tokens(_ text: some StringProtocol) -> [String] {
        var tokens: [String] = [], token: [UInt8] = []
        for byte in text.lowercased().utf8 {
            if (97...122).contains(byte) || (48...57).contains(byte) {
                token.append(byte)
            } else if !token.isEmpty {
                tokens.append(String(decoding: token, as: UTF8.self))
                token.removeAll(keepingCapacity: true)
            }
        }
        return token.isEmpty ? tokens : tokens + [String(decoding: token, as: UTF8.self)]
    }

    /// ROUGE-n: runs of n words that both texts have, each counted as often as both have it.
    public static func n(_ n: Int, _ prediction: String, reference: String) -> PrecisionRecall {
        let found = runs(n, tokens(prediction)), wanted = runs(n, tokens(reference))
        let matches = found.reduce(0) { $0 + min($1.value, wanted[$1.key] ?? 0) }
        return PrecisionRecall(
            matches: matches, found: found.values.reduce(0, +), wanted: wanted.values.reduce(0, +))
    }

    private static func runs(_ n: Int, _ tokens: [String]) -> [[String]: Int] {
        guard n > 0, tokens.count >= n else { return [:] }
        return (0...tokens.count - n).reduce(into: [:]) { $0[Array(tokens[$1..<$1 + n]), default: 0] += 1 }
    }

    /// ROUGE-L: the longest common subsequence of both texts' words.
    public static func l(_ prediction: String, reference: String) -> PrecisionRecall {
        let found = tokens(prediction), wanted = tokens(reference)
        return PrecisionRecall(
            matches: CommonSubsequence(wanted, found).length, found: found.count, wanted: wanted.count)
    }

    /// ROUGE-Lsum: for each line of the reference the union of its longest common subsequences with the lines of the
    /// prediction; a word counts no more often than both texts have it.
    public static func lSum(_ prediction: String, reference: String) -> PrecisionRecall {
        let found = lines(prediction), wanted = lines(reference)
        var left = counts(found), open = counts(wanted), hits = 0
        for line in wanted {
            for word in union(of: line, with: found) {
                guard let here = left[word], here > 0, let there = open[word], there > 0 else { continue }
                (left[word], open[word], hits) = (here - 1, there - 1, hits + 1)
            }
        }
        return PrecisionRecall(
            matches: hits, found: found.joined().count, wanted: wanted.joined().count)
    }

    // "\r\n" is one character of a Swift string, and no "\n".
    private static func lines(_ text: String) -> [[String]] {
        text.split { $0 == "\n" || $0 == "\r\n" }.map(tokens)
    }

    private static func counts(_ lines: [[String]]) -> [String: Int] {
        lines.joined().reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    private static func union(of line: [String], with lines: [[String]]) -> [String] {
        let places = lines.reduce(into: Set<Int>()) { places, other in
            places.formUnion(CommonSubsequence(line, other).pairs.map(\.a))
        }
        return places.sorted().map { line[$0] }
    }
}
