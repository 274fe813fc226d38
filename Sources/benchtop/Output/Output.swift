import Foundation
import SessionViews
import Terminal
import TextLayout

/// Standard output and standard error. A reader that went away is noticed, and does not end the program.
enum Output {
    /// Whether standard output is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Writes a line to standard output at once; what a session or a file put into it is shown, never obeyed.
    ///
    /// - Returns: false when nobody reads it any more.
    @discardableResult
    static func line(_ text: String = "") -> Bool { write(visible(text) + "\n", to: STDOUT_FILENO) }

    /// Writes a part of a line to standard output at once; what is in it is shown, never obeyed.
    static func piece(_ text: String) { write(visible(text), to: STDOUT_FILENO) }

    /// Writes one sentence to standard error.
    static func complain(_ sentence: String) {
        write("benchtop: \(visible(sentence))\n", to: STDERR_FILENO)
    }

    /// Writes a text as it is.
    ///
    /// - Returns: false when nobody reads it any more.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        Descriptor.write(text, to: descriptor)
    }

    private static func visible(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { Visible.text(String($0)) }
            .joined(separator: "\n")
    }

    /// Writes a value as one line of JSON; values that are not finite become texts.
    @discardableResult
    static func json(_ value: some Encodable) throws -> Bool {
        write(try Records.line(value) + "\n", to: STDOUT_FILENO)
    }
}
