/// The words of some texts, as numbers.
struct WordVocabulary: Sendable {
    /// The number that ends a text and fills up short ones, and the one of words that are not known.
    static let end = 0, unknown = 1
    /// Words of a text that count.
    let longest: Int

    private let numbers: [String: Int]
    /// The words by their numbers.
    let words: [String]

    /// The most frequent words, at most `most` of them; equally frequent ones in the alphabet's order.
    init(_ texts: [String], longest: Int, most: Int = 5_000) {
        self.longest = max(1, longest)
        // Ties by the alphabet: a dictionary's order must not reach the numbers.
        var counts: [String: Int] = [:]
        for word in texts.flatMap(Self.split) { counts[word, default: 0] += 1 }
        let kept = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most).map(\.key)
        words = [".", "?"] + kept
        numbers = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0 + 2) })
    }

    /// How many numbers there are.
    var count: Int { words.count }

    /// The words of a text in lower case, without punctuation.
    static func split(_ text: String) -> [String] {
        text.lowercased().split { !isPart($0) }.map(String.init)
    }

    /// Whether a character belongs to a word. Most are ASCII, for which Unicode's tables need not be asked.
    private static func isPart(_ character: Character) -> Bool {
        guard let ascii = character.asciiValue else { return character.isLetter || character.isNumber }
        return (0x30...0x39).contains(ascii) || (0x61...0x7A).contains(ascii | 0x20)
    }

    /// The numbers of the first words of a text; never none, and each below ``count``, whatever the text is.
    func encode(_ text: String) -> [Int] {
        let known = Self.split(text).prefix(longest).map { numbers[$0] ?? Self.unknown }
        return known.isEmpty ? [Self.unknown] : known
    }

    /// Texts in one batch, filled up with ``end``.
    func batch(_ texts: [String]) -> TokenBatch { TokenBatch(texts.map(encode), filling: Self.end) }
}
