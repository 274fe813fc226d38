import CWideCharacter
import Foundation

/// How many cells a text takes in a terminal.
public enum TextWidth {
    /// The C library knows the widths only in a UTF-8 locale.
    private static let isReady: Bool = {
        setlocale(LC_CTYPE, "")
        let name = nl_langinfo(CInt(CODESET)).map { String(cString: $0) }
        if name != "UTF-8" { setlocale(LC_CTYPE, "C.UTF-8") }
        return true
    }()

    /// Whether the user's own locale can show characters beyond ASCII.
    public static let isUnicode: Bool = {
        let environment = ProcessInfo.processInfo.environment
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let name = locale.uppercased()
        return name.contains("UTF-8") || name.contains("UTF8")
    }()

    /// Cells of a whole text; control characters take none.
    public static func of(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// Cells of one character, however many code points it has: 0, 1 or 2.
    public static func of(_ character: Character) -> Int {
        guard isReady else { return 1 }
        let widths = character.unicodeScalars.map { Int(bt_cell_width($0.value)) }
        // A variation selector asks for the picture form, which is wide.
        if character.unicodeScalars.contains("\u{fe0f}") { return 2 }
        return min(2, max(0, widths.max() ?? 0))
    }

    /// The beginning of a text that takes at most `width` cells, with a mark where something was cut off.
    public static func clipped(
        _ text: String, to width: Int, mark: Character = isUnicode ? "…" : "~"
    ) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        var kept = "", room = width - 1
        for character in text {
            room -= of(character)
            if room < 0 { break }
            kept.append(character)
        }
        return kept + String(mark)
    }
}

/// Text from files and engines: shown, never obeyed.
public enum Visible {
    /// The text with control characters replaced by visible ones, on one line.
    public static func text(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { safe.append(isControl(scalar) ? substitute(scalar) : scalar) }
        return String(safe)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: scalar.value != 0x200d
        default: false
        }
    }

    /// The control pictures of Unicode for ASCII, a replacement character for the rest.
    private static func substitute(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if !TextWidth.isUnicode { return "?" }
        if scalar.value < 0x20 { return Unicode.Scalar(0x2400 + scalar.value) ?? "?" }
        return scalar.value == 0x7f ? "\u{2421}" : "\u{fffd}"
    }
}
