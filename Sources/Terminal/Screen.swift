import Base
import CCrash
import CNcurses
import Dispatch
import Foundation
import TextLayout

/// The user's terminal while the program has it: frames go out, keys come in. Used on the main thread only.
///
/// ncurses takes and gives back the terminal, knows its description and reads its keys; frames are written by
/// ``FrameWriter``, because curses cannot show 24-bit colours under most descriptions. Writing happens on a queue
/// of its own, so that a slow link never holds up a key.
public final class Screen {
    /// What can happen.
    public enum Event: Sendable {
        /// The user did something.
        case key(Key)
        /// The terminal has another size.
        case resize
        /// The terminal said its background.
        case background(Color)
        /// The program is asked to end, by this signal.
        case end(Int32)
        /// The program was stopped and goes on.
        case resumed
    }

    /// How many colours the terminal shows.
    public let colors: ColorDepth
    /// Which characters can be used.
    public let glyphs: Glyphs
    private var writer: FrameWriter
    private let reader: KeyReader
    private let outlet = Outlet()
    private var size = (columns: 0, rows: 0)
    private var errorsRead = 0

    /// Takes the terminal.
    ///
    /// - Parameter ascii: whether to draw with seven-bit characters whatever the terminal can.
    /// - Throws: ``ScreenError``.
    public init(ascii: Bool = false) throws {
        let environment = ProcessInfo.processInfo.environment
        _ = TextWidth.of("é")  // the locale must be set before curses looks at it
        switch bt_screen_open() {
        case BT_OPEN_OK: break
        case BT_OPEN_NOT_A_TERMINAL: throw ScreenError.notATerminal
        case BT_OPEN_UNKNOWN_TERM: throw ScreenError.unknownTerminal(environment["TERM"] ?? "")
        default: throw ScreenError.noCursor(environment["TERM"] ?? "")
        }
        bt_crash_before_end { bt_screen_rescue() }
        bt_crash_install()
        colors = ColorDepth.of(environment, described: Int(bt_screen_colors()))
        let isPlain = environment["TERM"] == "linux" || environment["TERM"]?.hasPrefix("vt") == true
        glyphs = ascii || isPlain || !TextWidth.isUnicode ? .ascii : .unicode
        writer = FrameWriter(colors: colors)
        reader = KeyReader { milliseconds in
            var isCode: Int32 = 0
            let value = bt_key_read(Int32(milliseconds), &isCode)
            return value < 0 ? nil : (Int(value), isCode != 0)
        }
        measure()
    }

    /// Asks the terminal for its background and for what it can; answers come as events.
    public func askTerminal() {
        if bt_screen_is_xterm() != 0 { outlet.write(Array("\u{1b}]11;?\u{1b}\\\u{1b}[?2026$p".utf8)) }
    }

    /// Columns.
    public var width: Int { size.columns }
    /// Rows.
    public var height: Int { size.rows }
    /// Whether a frame can be taken: the last one has been written. When it has, ``wait(milliseconds:)`` returns.
    public var isReady: Bool { !outlet.isBusy }

    /// Shows a canvas; writes nothing when it is shown already.
    ///
    /// - Returns: bytes written.
    @discardableResult
    public func show(_ canvas: Canvas) -> Int {
        let bytes = writer.bytes(for: canvas)
        if !bytes.isEmpty { outlet.write(bytes) }
        return bytes.count
    }

    /// Waits until something happens, at most so long; negative waits for ever.
    ///
    /// - Returns: what happened, oldest first; may be empty.
    public func wait(milliseconds: Int) -> [Event] {
        var events: [Event] = []
        switch bt_wait(Int32(milliseconds)) {
        case SIGWINCH: events += remeasured()
        case SIGTSTP: events.append(suspend())
        case let number where [SIGTERM, SIGHUP, SIGINT, SIGQUIT].contains(number):
            events.append(.end(number))
        case SIGCONT: writer.forget()
        default: break
        }
        while let incoming = reader.read() {
            switch incoming {
            case .key(let key): events.append(.key(key))
            case .background(let color): events.append(.background(color))
            case .canSynchronise: writer.canSynchronise = true
            case .nothing: break
            }
        }
        return events + remeasured()
    }

    /// Ends a wait; from any thread.
    public static func wake() { bt_wake() }

    /// Gives the terminal back and stops the program, as Ctrl-Z does; returns when it goes on.
    public func suspend() -> Event {
        outlet.finish()
        bt_screen_stop()
        writer.forget()
        measure()
        return .resumed
    }

    /// Puts a text into the user's clipboard, where the terminal allows it (OSC 52).
    public func copy(_ text: String) {
        let encoded = Data(text.utf8).base64EncodedString()
        outlet.write(Array("\u{1b}]52;c;\(encoded)\u{1b}\\".utf8))
    }

    /// What libraries wrote to standard error since the last call.
    public func errors() -> String {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = Int(bt_errors_read(errorsRead, &bytes, Int32(bytes.count)))
        errorsRead += count
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Gives the terminal back as it was.
    public func close() {
        outlet.finish()
        bt_screen_close()
    }

    deinit { close() }

    private func measure() {
        var (columns, rows): (Int32, Int32) = (0, 0)
        bt_screen_size(&columns, &rows)
        size = (Int(columns), Int(rows))
    }

    private func remeasured() -> [Event] {
        let before = size
        measure()
        return before == size ? [] : [.resize]
    }
}

/// Writes to the terminal in order, on a queue of its own.
private final class Outlet: Sendable {
    private let queue = DispatchQueue(label: "benchtop.screen", qos: .userInteractive)
    private let waiting = Locked(0)

    var isBusy: Bool { waiting.withLock { $0 > 0 } }

    func write(_ bytes: [UInt8]) {
        waiting.withLock { $0 += 1 }
        queue.async {
            Self.send(bytes)
            self.waiting.withLock { $0 -= 1 }
            bt_wake()
        }
    }

    /// Waits until everything is written, or the terminal takes nothing for a second.
    func finish() { _ = DispatchSemaphore.waiting(for: queue, seconds: 1) }

    private static func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

extension DispatchSemaphore {
    /// Waits for what a queue has to do already.
    fileprivate static func waiting(for queue: DispatchQueue, seconds: Double) -> Bool {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        return done.wait(timeout: .now() + seconds) == .success
    }
}

/// Why there is no screen, in one sentence.
public enum ScreenError: Error, CustomStringConvertible {
    /// Standard input or output is a file or a pipe.
    case notATerminal
    /// No description of that terminal is installed.
    case unknownTerminal(String)
    /// The terminal cannot place its cursor.
    case noCursor(String)

    public var description: String {
        switch self {
        case .notATerminal:
            "The workbench needs a terminal for its input and output; 'benchtop run', 'replay --plain' and the "
                + "other commands work without one."
        case .unknownTerminal(let name):
            "No terminal description is called '\(name)' (TERM); xterm-256color, tmux-256color, screen, linux and "
                + "vt100 are usual."
        case .noCursor(let name):
            "A terminal of the kind '\(name)' (TERM) cannot place its cursor, which the workbench needs; "
                + "'benchtop run' and the other commands work there."
        }
    }
}
