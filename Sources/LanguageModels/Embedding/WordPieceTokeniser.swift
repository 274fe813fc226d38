import Datasets
import Foundation

/// Words and their pieces as BERT cuts texts (Devlin et al. 2019, after Wu et al. 2016), without upper case and accents.
struct WordPieceTokeniser {
    /// Begins and ends each text, and stands for what the vocabulary cannot write.
    let begin, end, unknown: Int
    private let pieces: [String: Int]
    /// Letters of a word beyond which it is not cut, but unknown.
    private static let longest = 100

    /// A vocabulary, a piece a line; those within a word begin with ##.
    ///
    /// - Parameters:
    ///   - vocabulary: the file's text.
    ///   - path: named in errors.
    /// - Throws: `FileError` when a piece comes twice, or one that every text needs is missing.
    init(_ vocabulary: String, path: String) throws {
        var pieces: [String: Int] = [:]
        for (index, line) in vocabulary.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        {
            let piece = line.hasSuffix("\r") ? String(line.dropLast()) : String(line)
            guard !piece.isEmpty else { continue }
            guard pieces.updateValue(index, forKey: piece) == nil else {
                throw FileError(
                    path, line: index + 1, "the piece '\(piece.prefix(40))' comes twice", allowed: "once")
            }
        }
        func needed(_ piece: String) throws -> Int {
            if let index = pieces[piece] { return index }
            throw FileError(path, line: nil, "there is no piece '\(piece)'", allowed: "a line with it")
        }
        (begin, end, unknown) = (try needed("[CLS]"), try needed("[SEP]"), try needed("[UNK]"))
        self.pieces = pieces
    }

    /// One more than the greatest number of a piece.
    var count: Int { (pieces.values.max() ?? -1) + 1 }

    /// The pieces of a text between the two that begin and end it; at most `longest` in all, the rest is left out.
    func tokens(of text: String, longest: Int) -> [Int] {
        var tokens = [begin]
        for word in Self.words(of: text) {
            guard tokens.count < longest - 1 else { break }
            tokens += pieces(of: word)
        }
        return tokens.prefix(longest - 1) + [end]
    }

    /// Always the longest piece with which the rest of the word begins; a word that cannot be written so is unknown.
    private func pieces(of word: [Unicode.Scalar]) -> [Int] {
        guard word.count <= Self.longest else { return [unknown] }
        var found: [Int] = [], start = 0
        while start < word.count {
            let piece = (start + 1...word.count).reversed().lazy.compactMap {
                end -> (token: Int, end: Int)? in
                let text = Self.text(word[start..<end])
                return pieces[start == 0 ? text : "##" + text].map { ($0, end) }
            }.first
            guard let piece else { return [unknown] }
            found.append(piece.token)
            start = piece.end
        }
        return found
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    // MARK: Words

    /// The words of a text in lower case and without accents; marks and Chinese characters are words of their own.
    static func words(of text: String) -> [[Unicode.Scalar]] {
        var words: [[Unicode.Scalar]] = [], word: [Unicode.Scalar] = []
        func finish() {
            if !word.isEmpty { words.append(word) }
            word = []
        }
        for scalar in plain(text) {
            if scalar.properties.isWhitespace {
                finish()
            } else if isMark(scalar) || isChinese(scalar) {
                finish()
                words.append([scalar])
            } else {
                word.append(scalar)
            }
        }
        finish()
        return words
    }

    private static func plain(_ text: String) -> [Unicode.Scalar] {
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: text.unicodeScalars.filter { !isNoise($0) })
        // Canonical decomposition sets accents beside their letters.
        return String(kept).decomposedStringWithCanonicalMapping.unicodeScalars
            .filter { $0.properties.generalCategory != .nonspacingMark }
            .flatMap { Array($0.properties.lowercaseMapping.unicodeScalars) }
    }

    /// What is dropped: control and format characters, those without a meaning, and what stands for damage.
    private static func isNoise(_ scalar: Unicode.Scalar) -> Bool {
        if "\t\n\r".unicodeScalars.contains(scalar) { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .unassigned, .privateUse, .surrogate: return true
        default: return scalar == "\u{FFFD}"
        }
    }

    /// Punctuation, and what else of ASCII is neither letter, digit nor blank.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 33...47, 58...64, 91...96, 123...126: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            return true
        default: return false
        }
    }

    /// The blocks that BERT's authors list.
    private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            return true
        default: return false
        }
    }
}
