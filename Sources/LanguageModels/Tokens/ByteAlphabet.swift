/// GPT-2's way to write any byte as one visible character, in which vocabularies of byte-level tokenisers are stored.
enum ByteAlphabet {
    /// The character of each byte: its own where that is visible, else one from 256 on.
    static let characters: [Unicode.Scalar] = {
        var next: UInt32 = 256
        return (0...255).map { byte in
            let isVisible =
                (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
            if isVisible { return Unicode.Scalar(UInt8(byte)) }
            defer { next += 1 }
            return Unicode.Scalar(next) ?? "?"
        }
    }()

    private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: characters.enumerated().map { ($1, UInt8($0)) })

    /// The bytes that a token's text stands for; a character that stands for none is its own UTF-8.
    static func bytes(of text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar in bytes[scalar].map { [$0] } ?? Array(String(scalar).utf8) }
    }
}
