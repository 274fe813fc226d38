import Datasets

/// Byte-level byte-pair encoding (Sennrich et al. 2016; Radford et al. 2019) with a file's own vocabulary and merges.
public struct BytePairTokeniser: Sendable {
    /// What each token stands for; control tokens for their own names.
    private let bytes: [[UInt8]]
    /// Tokens that only the program writes, like the end of a turn, by name.
    private let controls: [String: Int]
    private let isControl: [Bool]
    /// The token of each byte; a byte that the vocabulary does not have is left out of what is read, as elsewhere.
    private let alphabet: [Int32?]
    /// What two neighbours become, and how early.
    private let merges: [Pair: Merge]
    private let splitter: PieceSplitter
    /// Whether a text begins with a token of its own, and which.
    public let begin: Int?
    /// The tokens that end an answer.
    public let ends: Set<Int>

    private struct Pair: Hashable {
        let left, right: Int32
    }

    private struct Merge {
        let rank, token: Int32
    }

    /// The tokeniser that a file brings along.
    ///
    /// - Throws: `FileError` when it has none, or one of another kind.
    init(_ file: GGUFFile) throws {
        func refuse(_ what: String, _ allowed: String) -> FileError {
            FileError(file.path, line: nil, what, allowed: allowed)
        }
        let metadata = file.metadata
        guard metadata["tokenizer.ggml.model"]?.text == "gpt2" else {
            throw refuse(
                "its tokeniser is '\(metadata["tokenizer.ggml.model"]?.text ?? "")'",
                "'gpt2', which is byte-level byte-pair encoding")
        }
        let named = metadata["tokenizer.ggml.pre"]?.text ?? "gpt-2"
        guard let splitter = PieceSplitter(rawValue: named == "default" ? "gpt-2" : named) else {
            throw refuse(
                "it cuts texts by the rules '\(named)'",
                PieceSplitter.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))
        }
        guard let texts = metadata["tokenizer.ggml.tokens"]?.list?.map({ $0.text ?? "" }), texts.count > 256,
            texts.count < 1 << 24, let pairs = metadata["tokenizer.ggml.merges"]?.list?.map({ $0.text ?? "" })
        else { throw refuse("it lists no tokens or no merges", "a file with both") }
        self.splitter = splitter
        // Kinds as llama.cpp numbers them: 3 is a control token, 4 one that the user added.
        let kinds = metadata["tokenizer.ggml.token_type"]?.list?.map { $0.integer ?? 1 } ?? []
        isControl = texts.indices.map { $0 < kinds.count && (kinds[$0] == 3 || kinds[$0] == 4) }
        bytes = zip(texts, isControl).map { $1 ? Array($0.utf8) : ByteAlphabet.bytes(of: $0) }
        let places = Dictionary(zip(texts, texts.indices), uniquingKeysWith: { first, _ in first })
        controls = places.filter { [isControl] in isControl[$0.value] && $0.key.hasPrefix("<") }
        alphabet = ByteAlphabet.characters.map { places[String($0)].map(Int32.init) }
        merges = Self.merges(pairs, places)
        let wantsBegin = metadata["tokenizer.ggml.add_bos_token"]?.truth ?? false
        func token(_ name: String) -> Int? {
            metadata["tokenizer.ggml.\(name)_token_id"]?.integer.flatMap {
                texts.indices.contains($0) ? $0 : nil
            }
        }
        begin = wantsBegin ? token("bos") : nil
        ends = Set([token("eos"), token("eot")].compactMap { $0 })
    }

    /// A line a merge, the most useful first: two tokens with a blank between them. What names no tokens is left out.
    private static func merges(_ lines: [String], _ places: [String: Int]) -> [Pair: Merge] {
        var merges: [Pair: Merge] = [:]
        merges.reserveCapacity(lines.count)
        for (rank, line) in lines.enumerated() {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let left = places[String(parts[0])], let right = places[String(parts[1])],
                let token = places[String(parts[0] + parts[1])]
            else { continue }
            let pair = Pair(left: Int32(left), right: Int32(right))
            if merges[pair] == nil { merges[pair] = Merge(rank: Int32(rank), token: Int32(token)) }
        }
        return merges
    }

    /// How many tokens there are.
    public var count: Int { bytes.count }

    /// The bytes of some tokens, one after another.
    public func bytes(of tokens: [Int]) -> [UInt8] { tokens.flatMap { bytes[$0] } }

    /// The text of some tokens; bytes that are no UTF-8 are replaced.
    public func text(of tokens: [Int]) -> String { String(decoding: bytes(of: tokens), as: UTF8.self) }

    /// Whether a token is one that only the program writes.
    public func isControl(_ token: Int) -> Bool { isControl[token] }

    /// The tokens of a text.
    ///
    /// - Parameters:
    ///   - text: any.
    ///   - controls: whether names of control tokens in it are these tokens, as in the texts of chats; in a user's words
    ///     they are words.
    /// - Returns: none for an empty text.
    public func tokens(of text: String, controls: Bool = false) -> [Int] {
        guard controls else { return splitter.pieces(text).flatMap(merged) }
        var tokens: [Int] = [], plain = text.startIndex, place = text.startIndex
        while let start = text[place...].firstIndex(of: "<") {
            guard let (name, token) = control(at: text[start...]) else {
                place = text.index(after: start)
                continue
            }
            tokens += splitter.pieces(String(text[plain..<start])).flatMap(merged) + [token]
            place = text.index(start, offsetBy: name.count)
            plain = place
        }
        return tokens + splitter.pieces(String(text[plain...])).flatMap(merged)
    }

    /// The longest name of a control token with which a text begins.
    private func control(at text: Substring) -> (name: String, token: Int)? {
        controls.filter { text.hasPrefix($0.key) }.max { $0.key.count < $1.key.count }.map {
            ($0.key, $0.value)
        }
    }

    /// The tokens of a piece: wherever the earliest merge of all applies, it is made, from left to right, until none does.
    private func merged(_ piece: Substring.UnicodeScalarView) -> [Int] {
        var tokens = String(String.UnicodeScalarView(piece)).utf8.compactMap { alphabet[Int($0)] }
        while let best = earliest(tokens) {
            var next: [Int32] = []
            next.reserveCapacity(tokens.count)
            var place = 0
            while place < tokens.count {
                let isPair = place + 1 < tokens.count
                if isPair, let merge = merges[Pair(left: tokens[place], right: tokens[place + 1])],
                    merge.rank == best
                {
                    next.append(merge.token)
                    place += 2
                } else {
                    next.append(tokens[place])
                    place += 1
                }
            }
            tokens = next
        }
        return tokens.map(Int.init)
    }

    private func earliest(_ tokens: [Int32]) -> Int32? {
        var best: Int32?
        for (left, right) in zip(tokens, tokens.dropFirst()) {
            guard let merge = merges[Pair(left: left, right: right)] else { continue }
            best = min(best ?? .max, merge.rank)
        }
        return best
    }
}
