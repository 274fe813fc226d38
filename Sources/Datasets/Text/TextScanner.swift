import Foundation

/// Walks through the bytes of a text file line by line and word by word, without copying them.
struct TextScanner {
    let bytes: [UInt8]
    let path: String
    /// Number of the current line, from 1; 0 before the first.
    private(set) var line = 0
    private var cursor = 0, end = 0
    /// Where the next line begins.
    private(set) var next = 0
    /// Whether a backslash at a line's end joins the next line to it, and whether this line has one.
    private let joinsLines: Bool
    private var isJoined = false

    init(_ bytes: [UInt8], path: String, joinsLines: Bool = false) {
        (self.bytes, self.path, self.joinsLines) = (bytes, path, joinsLines)
        // Some editors begin a file with a byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { next = 3 }
    }

    /// Goes to the next line; false after the last. Lines end with LF, CR or both.
    mutating func nextLine() -> Bool {
        guard next < bytes.count else { return false }
        line += 1
        cursor = next
        end = next
        while end < bytes.count, bytes[end] != 10, bytes[end] != 13 { end += 1 }
        next = end + 1
        if end + 1 < bytes.count, bytes[end] == 13, bytes[end + 1] == 10 { next = end + 2 }
        isJoined = joinsLines && end > cursor && bytes[end - 1] == UInt8(ascii: "\\")
        if isJoined { end -= 1 }
        return true
    }

    /// Goes to the next line that says something: neither empty nor a comment that begins with '#'.
    mutating func nextWordyLine() -> Bool {
        while isJoined, nextLine() {}
        while nextLine() {
            skipBlanks()
            if cursor < end || isJoined { return true }
        }
        return false
    }

    /// The next word of the line; nil at its end, or at a comment.
    mutating func word() -> Range<Int>? {
        skipBlanks()
        while cursor == end, isJoined, nextLine() { skipBlanks() }
        let start = cursor
        while cursor < end, !Self.isBlank(bytes[cursor]) { cursor += 1 }
        return start == cursor ? nil : start..<cursor
    }

    /// Goes on to the next word; a comment ends the line, whatever it ends with.
    private mutating func skipBlanks() {
        while cursor < end, Self.isBlank(bytes[cursor]) { cursor += 1 }
        if cursor < end, bytes[cursor] == UInt8(ascii: "#") { (cursor, isJoined) = (end, false) }
    }

    /// The next word as a small text; empty at the line's end.
    mutating func text() -> String { word().map(quoted) ?? "" }

    /// A word as far as it is short and printable: what a file says is shown, never obeyed.
    func quoted(_ word: Range<Int>) -> String {
        let shown = bytes[word].prefix(24).map { (33...126).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: shown, as: UTF8.self) + (word.count > 24 ? "..." : "")
    }

    /// The next word as a number.
    ///
    /// - Throws: ``FileError`` when there is none, or it is not finite.
    mutating func number(_ what: String) throws -> Double {
        guard let word = word() else {
            throw fail("\(what) is missing", allowed: "a number")
        }
        guard let value = Self.number(bytes, word) else {
            throw fail("\(what) is '\(quoted(word))'", allowed: "a number from -1e30 to 1e30")
        }
        return value
    }

    /// The next word as a whole number.
    ///
    /// - Throws: ``FileError`` when there is none, or it is out of range.
    mutating func integer(_ what: String, in range: ClosedRange<Int>) throws -> Int {
        guard let word = word() else {
            throw fail("\(what) is missing", allowed: "a whole number")
        }
        guard let value = Self.integer(bytes, word), range.contains(value) else {
            let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            throw fail("\(what) is '\(quoted(word))'", allowed: allowed)
        }
        return value
    }

    /// Three numbers.
    mutating func point() throws -> SIMD3<Double> {
        SIMD3(try number("x"), try number("y"), try number("z"))
    }

    /// An error at this line.
    func fail(_ what: String, allowed: String) -> FileError {
        FileError(path, line: max(1, line), what, allowed: allowed)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }

    // MARK: Numbers, the same in every locale

    /// The whole number that a range of bytes spells; nil when it is none or has more than 18 digits.
    static func integer(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
        var place = range.lowerBound
        let isNegative = bytes[place] == 45
        if isNegative || bytes[place] == 43 { place += 1 }
        guard place < range.upperBound, range.upperBound - place <= 18 else { return nil }
        var value = 0
        while place < range.upperBound {
            guard (48...57).contains(bytes[place]) else { return nil }
            value = value * 10 + Int(bytes[place] - 48)
            place += 1
        }
        return isNegative ? -value : value
    }

    /// The decimal number that a range of bytes spells; nil when it is none, or beyond ±1e30.
    static func number(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
        var place = range.lowerBound
        let isNegative = bytes[place] == 45
        if isNegative || bytes[place] == 43 { place += 1 }
        var mantissa: UInt64 = 0, exponent = 0, digits = 0
        var isAfterPoint = false
        scan: while place < range.upperBound {
            switch bytes[place] {
            case 48...57:
                digits += 1
                if mantissa < 100_000_000_000_000_000 {
                    mantissa = mantissa * 10 + UInt64(bytes[place] - 48)
                    if isAfterPoint { exponent -= 1 }
                } else if !isAfterPoint {
                    exponent += 1
                }
            case 46 where !isAfterPoint: isAfterPoint = true
            default: break scan
            }
            place += 1
        }
        guard digits > 0, digits <= 400, let power = power(bytes, place..<range.upperBound) else {
            return nil
        }
        let value = scaled(mantissa, exponent + power)
        return value <= 1e30 ? (isNegative ? -value : value) : nil
    }

    /// The exponent after the digits: 0 when nothing follows, nil when something else does.
    private static func power(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
        guard let first = range.first else { return 0 }
        guard bytes[first] | 32 == 101, range.count > 1, range.count <= 6 else { return nil }
        return integer(bytes, first + 1..<range.upperBound)
    }

    private static func scaled(_ mantissa: UInt64, _ exponent: Int) -> Double {
        guard mantissa > 0 else { return 0 }
        // Powers up to 22 are exact; one division or product then rounds once.
        if exponent >= -22, exponent <= 22 {
            let power = pow(10, Double(abs(exponent)))
            return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
        }
        return Double(mantissa) * pow(10, Double(max(-400, min(400, exponent))))
    }
}
