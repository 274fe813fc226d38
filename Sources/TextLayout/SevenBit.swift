import Foundation

/// What stands for characters beyond ASCII where a terminal shows seven bits only: the one table of it.
public enum SevenBit {
    /// A text in ASCII: letters by their names or without their accents, signs as they are typed.
    public static func text(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
        return text.reduce(into: "") { $0 += spelled($1) }
    }

    /// One character for one cell: parts of frames, charts and bars keep their shape.
    public static func cell(_ character: Character) -> Character {
        if character.isASCII { return character }
        if let form = cells[character] { return form }
        let spelled = spelled(character)
        return spelled.count == 1 ? spelled.first ?? "?" : "?"
    }

    private static func spelled(_ character: Character) -> String {
        if character.isASCII { return String(character) }
        if let form = texts[character] { return form }
        if let form = cells[character] { return String(form) }
        // An accent is left out: é is an e and a mark. A fraction is digits and a stroke of its own.
        let parts = String(character).decomposedStringWithCompatibilityMapping.unicodeScalars
        let plain = parts.compactMap { $0 == "\u{2044}" ? "/" : $0.isASCII ? $0 : nil }
        return plain.isEmpty ? "?" : String(String.UnicodeScalarView(plain))
    }

    private static let cells: [Character: Character] = [
        "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "|", "┤": "|", "┬": "+", "┴": "+",
        "┼": "+", "╵": "'", "╎": ":", "┊": ":",
        // The frame that has the focus stands out without colour too.
        "━": "=", "┃": "#", "┏": "#", "┓": "#", "┗": "#", "┛": "#",
        "█": "#", "▄": "#", "▀": "\"", "●": "o", "◆": "O", "•": "*", "■": "=", "▶": ">", "◀": "<", "›": ">",
        "‹": "<", "↑": "^", "↓": "v", "←": "<", "→": ">", "·": ".", "…": "~", "×": "x", "−": "-", "–": "-",
        "“": "\"", "”": "\"", "‘": "'", "’": "'", "′": "'",
    ]

    private static let texts: [Character: String] = {
        var texts: [Character: String] = [
            "↑": "(up)", "↓": "(down)", "→": "->", "←": "<-", "⇒": "=>", "…": "...", "—": "--", "±": "+-",
            "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "∼": "~", "≡": "==", "∝": "~", "∞": "inf", "√": "sqrt",
            "∑": "sum", "∏": "prod", "∫": "int", "∂": "d", "∇": "grad", "∈": "in", "‖": "||", "∥": "||",
            "⟨": "<", "⟩": ">", "⊙": "*", "∗": "*", "§": "sec. ", "°": "deg", "ᵀ": "^T", "ℓ": "l", "″": "''",
            "⁺": "^+", "⁻": "^-", "₊": "_+", "₋": "_-",
        ]
        for (digit, (upper, lower)) in zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉").enumerated() {
            (texts[upper], texts[lower]) = ("^\(digit)", "_\(digit)")
        }
        let names =
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho s sigma tau "
            + "upsilon phi chi psi omega"
        for (letter, name) in zip("αβγδεζηθικλμνξοπρςστυφχψω", names.split(separator: " ")) {
            texts[letter] = String(name)
            // The end form of sigma has no capital of its own.
            if letter != "ς" { texts[Character(letter.uppercased())] = name.capitalized }
        }
        (texts["µ"], texts["ϕ"], texts["ϵ"]) = ("u", "phi", "epsilon")
        return texts
    }()
}
