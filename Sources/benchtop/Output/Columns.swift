import Foundation
import TextLayout

extension Columns {
    /// The lines at the terminal's width.
    func lines() -> [String] { lines(width: Self.terminalWidth) }

    /// Writes the table to standard output.
    func show() { for line in lines() { Output.line(line) } }

    /// The width that a table may take; a pipe has no edge.
    static var terminalWidth: Int {
        guard Output.isTerminal else { return 100 }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
