import Foundation

/// A table for people: columns as wide as their widest cell, the last one wrapped at the terminal's edge.
public struct Columns: Sendable {
    private var rows: [[String]]
    private let indent: Int

    /// A table with these headings.
    public init(_ headings: String..., indent: Int = 0) { self.init(row: headings, indent: indent) }

    /// A table whose first row is `row`.
    public init(row: [String], indent: Int = 0) {
        rows = [row]
        self.indent = indent
    }

    /// Whether there is no row below the headings.
    public var isEmpty: Bool { rows.count < 2 }

    /// Adds a row.
    public mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The lines, none wider than `width` where words allow it.
    public func lines(width: Int) -> [String] {
        guard let count = rows.map(\.count).max() else { return [] }
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? TextWidth.of($0[column]) : 0 }.max() ?? 0
        }
        let margin = indent + widths.dropLast().reduce(0) { $0 + $1 + 2 }
        return rows.enumerated().flatMap { index, row -> [String] in
            let cells = row.dropLast().enumerated().map { pad($1, widths[$0]) + "  " }
            let head = String(repeating: " ", count: indent) + cells.joined()
            let tail = row.last ?? ""
            if margin + min(widths.last ?? 0, 16) > width {
                // No room beside the other columns: the last one goes below, its heading goes.
                return [head.trimmedRight] + (index == 0 || tail.isEmpty ? [] : below(tail, width))
            }
            return Self.wrap(tail, width: width - margin).enumerated().map { line, text in
                ((line == 0 ? head : String(repeating: " ", count: margin)) + text).trimmedRight
            }
        }
    }

    private func below(_ text: String, _ width: Int) -> [String] {
        let margin = String(repeating: " ", count: indent + 4)
        return Self.wrap(text, width: max(16, width - margin.count)).map { margin + $0 }
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - TextWidth.of(text)))
    }

    /// Breaks a text between words.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - width: cells of a line.
    ///   - breakingWords: whether a word that is longer than a line, a path say, is broken too.
    /// - Returns: the lines; one at least.
    public static func wrap(_ text: String, width: Int, breakingWords: Bool = false) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            for part in breakingWords ? pieces(of: word, width: max(1, width)) : [word] {
                let last = lines[lines.count - 1]
                let joined = last.isEmpty ? String(part) : "\(last) \(part)"
                if TextWidth.of(joined) <= width || last.isEmpty {
                    lines[lines.count - 1] = joined
                } else {
                    lines.append(String(part))
                }
            }
        }
        return lines
    }

    private static func pieces(of word: Substring, width: Int) -> [Substring] {
        var rest = word, pieces: [Substring] = []
        while rest.count > width {
            pieces.append(rest.prefix(width))
            rest = rest.dropFirst(width)
        }
        return pieces + [rest]
    }
}

extension String {
    fileprivate var trimmedRight: String {
        String(reversed().drop { $0 == " " }.reversed())
    }
}
