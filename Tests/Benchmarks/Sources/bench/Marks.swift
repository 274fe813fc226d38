import Foundation

/// The place of one vendor's tables in a file.
struct Marks {
    private let start, end: String

    init(of vendor: String) {
        (start, end) = ("<!-- bench \(vendor) -->", "<!-- end bench \(vendor) -->")
    }

    /// Puts a text in place of what stands between the marks.
    ///
    /// - Throws: ``MissingMarks``, and what reading or writing the file throws.
    func write(_ text: String, into path: String) throws {
        let old = try String(contentsOfFile: path, encoding: .utf8)
        guard let first = old.range(of: start), let last = old.range(of: end),
            first.upperBound <= last.lowerBound
        else { throw MissingMarks(path: path, start: start, end: end) }
        let new = old[..<first.upperBound] + "\n\n" + text + "\n" + old[last.lowerBound...]
        try String(new).write(toFile: path, atomically: true, encoding: .utf8)
    }

    struct MissingMarks: Error, CustomStringConvertible {
        let path, start, end: String
        var description: String {
            "\(path) has no place for the tables: it needs a line '\(start)' and then '\(end)'."
        }
    }
}
