import Checkpoints
import Foundation

/// Standard output and standard error. A reader that went away is noticed, and does not end the program.
enum Output {
    /// Whether standard output is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Writes a line to standard output at once.
    ///
    /// - Returns: false when nobody reads it any more.
    @discardableResult
    static func line(_ text: String = "") -> Bool { write(text + "\n", to: STDOUT_FILENO) }

    /// Writes one sentence to standard error.
    static func complain(_ sentence: String) { write("benchtop: \(sentence)\n", to: STDERR_FILENO) }

    /// Writes a value as one line of JSON; values that are not finite become texts.
    @discardableResult
    static func json(_ value: some Encodable) throws -> Bool { line(try jsonText(value)) }

    /// A value as one line of JSON.
    static func jsonText(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder.exact
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Writes the whole text; a full pipe is waited for.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
