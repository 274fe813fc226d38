import CVterm
import Foundation

/// A terminal without a window: takes what a program writes, and can be looked at, cell by cell.
final class Emulator {
    /// One place of the screen.
    struct Seen: Equatable {
        var text: String
        /// -1 for the terminal's own, an index, or 0x1000000 + rgb.
        var foreground, background: Int
        var isBold, isReverse, isUnderlined, isStruck: Bool
    }

    /// What modes the program has set.
    final class Modes {
        var isAlternate = false, isCursorVisible = true, mouse = 0
    }

    private let terminal: OpaquePointer
    private let screen: OpaquePointer
    private var callbacks = UnsafeMutablePointer<VTermScreenCallbacks>.allocate(capacity: 1)
    let modes = Modes()
    private(set) var width: Int
    private(set) var height: Int
    /// Bytes that were taken.
    private(set) var taken = 0
    /// Whether bracketed paste is on: libvterm does not tell, so the sequences are looked for.
    private(set) var hasPaste = false

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        terminal = vterm_new(Int32(height), Int32(width))
        vterm_set_utf8(terminal, 1)
        screen = vterm_obtain_screen(terminal)
        callbacks.initialize(to: VTermScreenCallbacks())
        callbacks.pointee.settermprop = { property, value, user in
            guard let value, let user else { return 1 }
            let modes = Unmanaged<Modes>.fromOpaque(user).takeUnretainedValue()
            switch property {
            case VTERM_PROP_ALTSCREEN: modes.isAlternate = value.pointee.boolean != 0
            case VTERM_PROP_CURSORVISIBLE: modes.isCursorVisible = value.pointee.boolean != 0
            case VTERM_PROP_MOUSE: modes.mouse = Int(value.pointee.number)
            default: break
            }
            return 1
        }
        vterm_screen_set_callbacks(screen, callbacks, Unmanaged.passUnretained(modes).toOpaque())
        vterm_screen_enable_altscreen(screen, 1)
        vterm_screen_reset(screen, 1)
    }

    deinit {
        vterm_free(terminal)
        callbacks.deallocate()
    }

    /// Takes bytes, and gives back what a terminal would answer.
    func take(_ bytes: [UInt8]) -> [UInt8] {
        taken += bytes.count
        let text = String(decoding: bytes, as: UTF8.self)
        if let on = text.range(of: "\u{1b}[?2004h", options: .backwards) { hasPaste = true; _ = on }
        if text.contains("\u{1b}[?2004l") { hasPaste = false }
        _ = bytes.withUnsafeBytes {
            vterm_input_write(terminal, $0.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        vterm_screen_flush_damage(screen)
        var answer = [CChar](repeating: 0, count: 4096)
        let count = vterm_output_read(terminal, &answer, answer.count)
        return answer[..<count].map { UInt8(bitPattern: $0) }
    }

    func resize(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        vterm_set_size(terminal, Int32(height), Int32(width))
    }

    /// One cell.
    func cell(x: Int, y: Int) -> Seen {
        var cell = VTermScreenCell()
        vterm_screen_get_cell(screen, VTermPos(row: Int32(y), col: Int32(x)), &cell)
        let scalars = withUnsafeBytes(of: cell.chars) { Array($0.bindMemory(to: UInt32.self)) }
        var text = String.UnicodeScalarView()
        for value in scalars.prefix(while: { $0 != 0 }) {
            if let scalar = Unicode.Scalar(value) { text.append(scalar) }
        }
        return Seen(
            text: text.isEmpty ? scalars[0] == UInt32.max ? "" : " " : String(text),
            foreground: Int(bt_vterm_color(&cell.fg, 0)), background: Int(bt_vterm_color(&cell.bg, 1)),
            isBold: bt_vterm_bold(&cell) != 0, isReverse: bt_vterm_reverse(&cell) != 0,
            isUnderlined: bt_vterm_underline(&cell) != 0, isStruck: bt_vterm_strike(&cell) != 0)
    }

    /// The rows as text, without blanks at their ends.
    var rows: [String] {
        (0..<height).map { y in
            let row = (0..<width).map { cell(x: $0, y: y).text }.joined()
            return String(row.reversed().drop { $0 == " " }.reversed())
        }
    }
}
