/// The words of all captions, as numbers.
struct Vocabulary {
    /// The number that ends a text and fills up short ones, and the one of words that are not known.
    static let end = 0, unknown = 1
    /// Words of a text that count.
    let longest: Int

    private let numbers: [String: Int]
    let words: [String]

    /// The most frequent words, at most `most` of them; equally frequent ones in the alphabet's order.
    init(_ captions: [String], longest: Int, most: Int = 5_000) {
        self.longest = max(1, longest)
        var counts: [String: Int] = [:]
        for word in captions.flatMap(Self.split) { counts[word, default: 0] += 1 }
        let kept = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most).map(\.key)
        words = [".", "?"] + kept
        numbers = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0 + 2) })
    }

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

    /// The numbers of the first words of a text; never none.
    func encode(_ text: String) -> [Int] {
        let known = Self.split(text).prefix(longest).map { numbers[$0] ?? Self.unknown }
        return known.isEmpty ? [Self.unknown] : known
    }
}

/// Texts as rows of one length, that of the longest.
struct TextBatch {
    /// Row by row, filled up with ``Vocabulary/end``: [texts, width]
    let tokens: [Int]
    /// The length of a row.
    let width: Int
    /// How many of a row are words.
    let lengths: [Int]

    var count: Int { lengths.count }

    init(_ texts: [[Int]]) {
        lengths = texts.map(\.count)
        let width = lengths.max() ?? 0
        tokens = texts.flatMap { $0 + Array(repeating: Vocabulary.end, count: width - $0.count) }
        self.width = width
    }

    /// What a causal decoder has to say: each text's words, then the end; -1 where nothing is asked.
    var targets: [Int] {
        lengths.enumerated().flatMap { row, length in
            (0...width).map { place -> Int in
                place < length ? tokens[row * width + place] : place == length ? Vocabulary.end : -1
            }
        }
    }
}
