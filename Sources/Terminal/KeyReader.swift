import CNcurses

/// Makes keys from what ncurses reads: characters and key codes, and the sequences that it does not know (mouse,
/// paste, answers of the terminal).
struct KeyReader {
    /// One unit of input: a character's code point, or a `KEY_` code of ncurses; nil when none came in time.
    typealias Source = (_ milliseconds: Int) -> (value: Int, isCode: Bool)?

    private let next: Source
    /// How long the rest of a sequence may take: slow links split them.
    private static let patience = 50
    private static let longestPaste = 1 << 20

    init(_ next: @escaping Source) { self.next = next }

    /// What came next; nil when nothing is there.
    func read() -> Incoming? {
        guard let unit = next(0) else { return nil }
        if unit.isCode { return .key(Self.codes[unit.value] ?? .escape).checked(unit.value) }
        return unit.value == 27 ? escape() : .key(Self.plain(unit.value))
    }

    private func escape() -> Incoming {
        guard let unit = next(Self.patience / 2) else { return .key(.escape) }
        guard !unit.isCode, let scalar = Unicode.Scalar(UInt32(unit.value)) else { return .nothing }
        switch scalar {
        case "[": return control()
        case "]": return operatingSystem()
        case "\u{1b}": return .key(.escape)
        case "O": return next(Self.patience).map { finalKey($0.value, []) } ?? .key(.alt("O"))
        default:
            guard scalar.value >= 0x20, scalar.value != 0x7f else { return .key(.escape) }
            return .key(.alt(Character(scalar)))
        }
    }

    /// A control sequence: parameters, then a final byte.
    private func control() -> Incoming {
        var text = ""
        while let unit = next(Self.patience), !unit.isCode, let scalar = Unicode.Scalar(UInt32(unit.value)) {
            if (0x40...0x7e).contains(scalar.value), scalar != "[" || !text.isEmpty {
                return meaning(of: text, final: scalar)
            }
            text.unicodeScalars.append(scalar)
            if text.utf8.count > 64 { return .nothing }
        }
        return .nothing
    }

    private func meaning(of text: String, final: Unicode.Scalar) -> Incoming {
        if text.hasPrefix("<") { return mouse(text.dropFirst(), isRelease: final == "m") }
        if text == "200", final == "~" { return paste() }
        if final == "y" { return text == "?2026;1$" || text == "?2026;2$" ? .canSynchronise : .nothing }
        let numbers = text.split(separator: ";").map { Int($0) ?? 0 }
        if final == "~" { return Self.tilde[numbers.first ?? 0].map { .key($0) } ?? .nothing }
        return finalKey(Int(final.value), numbers)
    }

    private func finalKey(_ final: Int, _ numbers: [Int]) -> Incoming {
        guard let scalar = Unicode.Scalar(UInt32(max(0, final))) else { return .nothing }
        return Self.finals[Character(scalar)].map { .key($0) } ?? .nothing
    }

    /// Button, column and row, as mode 1006 reports them.
    private func mouse(_ text: Substring, isRelease: Bool) -> Incoming {
        let numbers = text.split(separator: ";").compactMap { Int($0) }
        guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return .nothing }
        let (code, x, y) = (numbers[0], numbers[1] - 1, numbers[2] - 1)
        if code & 64 != 0 {
            guard code & 3 < 2 else { return .nothing }
            return .key(.mouse(Mouse(code & 1 == 0 ? .wheelUp : .wheelDown, x: x, y: y)))
        }
        let action: Mouse.Action = isRelease ? .release : code & 32 != 0 ? .drag : .press
        return .key(.mouse(Mouse(action, x: x, y: y, button: code & 3)))
    }

    /// Everything up to the end mark, taken literally.
    private func paste() -> Incoming {
        var text = String.UnicodeScalarView()
        let end = Array("\u{1b}[201~".unicodeScalars)
        while let unit = next(10 * Self.patience) {
            guard !unit.isCode, let scalar = Unicode.Scalar(UInt32(unit.value)) else { continue }
            text.append(scalar)
            if scalar == "~", Array(text.suffix(end.count)) == end {
                return .key(.paste(String(text.dropLast(end.count))))
            }
            if text.count > Self.longestPaste { break }
        }
        return .key(.paste(String(text)))
    }

    /// An answer that ends with BEL or ESC \.
    private func operatingSystem() -> Incoming {
        var text = ""
        while let unit = next(Self.patience), !unit.isCode, let scalar = Unicode.Scalar(UInt32(unit.value)) {
            if scalar == "\u{7}" { break }
            if scalar == "\u{1b}" {
                _ = next(Self.patience)
                break
            }
            text.unicodeScalars.append(scalar)
            if text.utf8.count > 256 { break }
        }
        guard text.hasPrefix("11;rgb:") else { return .nothing }
        // Two to four hexadecimal digits a channel; the first two say enough.
        let parts = text.dropFirst(7).split(separator: "/").compactMap { UInt8($0.prefix(2), radix: 16) }
        return parts.count == 3 ? .background(.rgb(parts[0], parts[1], parts[2])) : .nothing
    }

    private static func plain(_ value: Int) -> Key {
        switch value {
        case 9: return .tab
        case 10, 13: return .enter
        case 8, 127: return .backspace
        case 0: return .control(" ")
        case 1...26: return .control(Character(Unicode.Scalar(UInt8(value + 96))))
        case 28...31: return .control(Character(Unicode.Scalar(UInt8(value + 64))))
        default: return .character(Unicode.Scalar(UInt32(max(0, value))).map { Character($0) } ?? "\u{fffd}")
        }
    }

    private static let finals: [Character: Key] = [
        "A": .up, "B": .down, "C": .right, "D": .left, "H": .home, "F": .end, "Z": .backTab,
        "P": .function(1),
        "Q": .function(2), "R": .function(3), "S": .function(4), "M": .enter,
    ]
    private static let tilde: [Int: Key] = [
        1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
        11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
        17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
        23: .function(11), 24: .function(12),
    ]
    private static let codes: [Int: Key] = {
        let keys: [(bt_key, Key)] = [
            (BT_KEY_UP, .up), (BT_KEY_DOWN, .down), (BT_KEY_LEFT, .left), (BT_KEY_RIGHT, .right),
            (BT_KEY_PAGE_UP, .pageUp), (BT_KEY_PAGE_DOWN, .pageDown), (BT_KEY_HOME, .home),
            (BT_KEY_LAST, .end),
            (BT_KEY_ENTER, .enter), (BT_KEY_BACK_TAB, .backTab), (BT_KEY_BACKSPACE, .backspace),
            (BT_KEY_DELETE, .delete), (BT_KEY_INSERT, .insert),
        ]
        var codes = Dictionary(uniqueKeysWithValues: keys.map { (Int(bt_key_code($0)), $1) })
        for number in 1...12 { codes[Int(bt_key_function(Int32(number)))] = .function(number) }
        return codes
    }()
    static func isKnown(_ code: Int) -> Bool { codes[code] != nil }
}

extension Incoming {
    /// A key code that means nothing here is nothing.
    fileprivate func checked(_ code: Int) -> Incoming { KeyReader.isKnown(code) ? self : .nothing }
}
