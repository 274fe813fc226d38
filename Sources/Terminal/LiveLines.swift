import Foundation
import TextLayout

/// A few lines in a plain terminal that are drawn again in place; what was printed before stays above them.
public final class LiveLines {
    private var shown: [String] = []
    private let descriptor: Int32

    /// Lines on a terminal.
    public init(descriptor: Int32 = STDOUT_FILENO) { self.descriptor = descriptor }

    /// The terminal's width in cells.
    public var width: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Whether the terminal obeys cursor movements.
    public static var canMove: Bool {
        let term = ProcessInfo.processInfo.environment["TERM"] ?? ""
        return !term.isEmpty && term != "dumb"
    }

    /// Draws the lines where the last ones stood, in one write; nothing is written when nothing changed.
    public func draw(_ lines: [String]) {
        let clipped = lines.map { TextWidth.clipped($0, to: width - 1) }
        guard clipped != shown else { return }
        // Up to the first line, then each line and what is left of the old one erased; the cursor stays below.
        var text = shown.isEmpty ? "" : "\u{1b}[\(shown.count)A\r"
        for line in clipped { text += line + "\u{1b}[K\n" }
        text += "\u{1b}[J"
        shown = clipped
        Descriptor.write(text, to: descriptor)
    }

    /// Leaves the last lines where they are.
    public func finish() { shown = [] }
}
