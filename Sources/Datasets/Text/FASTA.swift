import Foundation

/// Sequences as FASTA has them: a line that begins with ">" names what the lines after it spell.
public enum FASTA {
    /// One sequence.
    public struct Record: Sendable, Equatable {
        /// What stands behind ">", without blanks at its ends; it may be empty.
        public let name: String
        /// In capitals; letters, "*" for a stop and "-" for a gap.
        public let sequence: String
        /// The line of its name, counted from 1.
        public let line: Int
    }

    /// The largest file that is read, in bytes.
    public static let largest = 64 << 20

    /// Reads a file.
    ///
    /// - Returns: its sequences, at least one.
    /// - Throws: ``FileError`` with the first line that is wrong.
    public static func read(_ path: String) throws -> [Record] {
        let bytes = try RegularFile.contents(path, most: largest, kind: "FASTA")
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError(path, line: nil, "it is not text", allowed: "FASTA")
        }
        return try records(text, path: path)
    }

    /// The sequences of a text.
    ///
    /// - Parameters:
    ///   - text: FASTA.
    ///   - path: where it comes from, for the sentence.
    /// - Returns: at least one.
    /// - Throws: ``FileError`` with the first line that is wrong.
    public static func records(_ text: String, path: String) throws -> [Record] {
        var heads: [(name: String, line: Int)] = [], sequences: [String] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (place, line) in lines.enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            // Old files have comments that begin with ";".
            guard !line.isEmpty, !line.hasPrefix(";") else { continue }
            if line.hasPrefix(">") {
                heads.append((line.dropFirst().trimmingCharacters(in: .whitespaces), place + 1))
                sequences.append("")
                continue
            }
            guard !heads.isEmpty else {
                throw FileError(
                    path, line: place + 1, "no name precedes it", allowed: "a line that begins with '>'")
            }
            sequences[sequences.count - 1] += try letters(line, path, place + 1)
        }
        for (head, sequence) in zip(heads, sequences) where sequence.isEmpty {
            throw FileError(
                path, line: head.line, "no sequence follows the name", allowed: "one at least a letter long")
        }
        guard !heads.isEmpty else {
            throw FileError(
                path, line: nil, "it holds no sequence", allowed: "FASTA: a line '>name', then letters")
        }
        return zip(heads, sequences).map { Record(name: $0.name, sequence: $1, line: $0.line) }
    }

    private static func letters(_ line: String, _ path: String, _ number: Int) throws -> String {
        let letters = line.uppercased().filter { $0 != " " && $0 != "\t" }
        guard letters.utf8.allSatisfy({ (65...90).contains($0) || $0 == 42 || $0 == 45 }) else {
            throw FileError(path, line: number, "it is no sequence", allowed: "letters, '*' and '-'")
        }
        return letters
    }
}
