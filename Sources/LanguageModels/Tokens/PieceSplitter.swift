/// How a text is cut into pieces before pairs of tokens are merged inside each: a letter never joins the word before.
///
/// The rules are regular expressions of the tokenisers' files, which llama.cpp knows by name; here they are followed
/// scalar by scalar, in time that grows with the text alone.
enum PieceSplitter: String, CaseIterable, Sendable {
    /// GPT-2's: contractions, words, numbers, marks, each with a blank before it, and blanks.
    case gpt2 = "gpt-2"
    /// The same after each digit has become a piece.
    case smollm
    /// Llama 3's: numbers of up to three digits, any mark before a word, line ends with what is before them.
    case llama3 = "llama-bpe"

    /// The pieces of a text, which together are the text.
    func pieces(_ text: String) -> [Substring.UnicodeScalarView] {
        let scalars = text.unicodeScalars
        var pieces: [Substring.UnicodeScalarView] = []
        var rest = scalars[...]
        while !rest.isEmpty {
            let end = end(of: rest)
            pieces.append(rest[..<end])
            rest = rest[end...]
        }
        return pieces
    }

    /// Where the first piece of a text ends.
    private func end(of text: Substring.UnicodeScalarView) -> String.Index {
        switch self {
        case .gpt2: return Self.byGPT2(text)
        case .smollm:
            if let first = text.first, first.isNumber { return text.index(after: text.startIndex) }
            // What lies between digits is cut as if nothing followed.
            return Self.byGPT2(text.prefix { !$0.isNumber })
        case .llama3: return Self.byLlama3(text)
        }
    }

    private static func byGPT2(_ text: Substring.UnicodeScalarView) -> String.Index {
        if let end = contraction(text, anyCase: false) { return end }
        let blank = text.first == " " ? text.dropFirst() : text
        for kind in [\Unicode.Scalar.isLetter, \.isNumber, \.isMark] {
            let run = blank.prefix { $0[keyPath: kind] }
            if !run.isEmpty { return run.endIndex }
        }
        return blanks(text)
    }

    private static func byLlama3(_ text: Substring.UnicodeScalarView) -> String.Index {
        if let end = contraction(text, anyCase: true) { return end }
        let first = text[text.startIndex]
        let word = first.isLetter || first.isNumber || first.isLineEnd ? text : text.dropFirst()
        let letters = word.prefix(while: \.isLetter)
        if !letters.isEmpty { return letters.endIndex }
        if first.isNumber { return text.prefix(3).prefix(while: \.isNumber).endIndex }
        let marks = (first == " " ? text.dropFirst() : text).prefix(while: \.isMark)
        if !marks.isEmpty { return text[marks.endIndex...].prefix(while: \.isLineEnd).endIndex }
        let space = text.prefix(while: \.isSpace)
        // Up to and with the last line end among the blanks.
        if let line = space.lastIndex(where: \.isLineEnd) { return text.index(after: line) }
        return blanks(text)
    }

    /// All blanks but the last one where a word follows, to which that belongs; at least one scalar.
    private static func blanks(_ text: Substring.UnicodeScalarView) -> String.Index {
        let run = text.prefix(while: \.isSpace)
        guard run.count > 1, run.endIndex < text.endIndex else {
            return run.isEmpty ? text.index(after: text.startIndex) : run.endIndex
        }
        return text.index(before: run.endIndex)
    }

    private static func contraction(_ text: Substring.UnicodeScalarView, anyCase: Bool) -> String.Index? {
        guard text.first == "'" else { return nil }
        let next = String(String.UnicodeScalarView(text.dropFirst().prefix(2)))
        let known = anyCase ? next.lowercased() : next
        // Two letters first: 're' is not a contraction of 'r'.
        for ending in ["re", "ve", "ll", "s", "t", "m", "d"] where known.hasPrefix(ending) {
            return text.index(text.startIndex, offsetBy: 1 + ending.unicodeScalars.count)
        }
        return nil
    }
}

extension Unicode.Scalar {
    fileprivate var isLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    fileprivate var isNumber: Bool {
        switch properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: true
        default: false
        }
    }

    fileprivate var isSpace: Bool { properties.isWhitespace }
    fileprivate var isLineEnd: Bool { self == "\n" || self == "\r" }
    fileprivate var isMark: Bool { !isSpace && !isLetter && !isNumber }
}
