import Foundation

/// The types, functions and values that Swift sources declare, by full name, each with the comment above it.
///
/// Reads lines, not syntax: the formatter's indentation says where a type ends, so a type's closing brace is the first
/// one that stands exactly under its declaration.
struct SourceDeclarations {
    /// Comments by full name, as "Steve.KTO.outcome"; functions of one name share a list.
    private(set) var comments: [String: [String]] = [:]

    /// Takes in the declarations of one file.
    mutating func read(_ source: String) {
        var scopes: [(name: String, indent: Int)] = [], comment: [String] = []
        for line in source.components(separatedBy: "\n") {
            let text = line.trimmingCharacters(in: .whitespaces), indent = line.prefix { $0 == " " }.count
            if text.hasPrefix("}"), scopes.last?.indent == indent { scopes.removeLast() }
            if text.hasPrefix("///") {
                comment.append(String(text.dropFirst(3)).trimmingCharacters(in: .whitespaces))
                continue
            }
            // An attribute may stand between a declaration and its comment.
            if text.hasPrefix("@"), !text.contains(" ") { continue }
            // An extension declares no type.
            let isExtension = Self.words(text).first == "extension"
            if let name = isExtension ? nil : Self.type(text) ?? Self.member(text) {
                let path = (scopes.map(\.name) + [name]).joined(separator: ".")
                comments[path, default: []].append(comment.joined(separator: " "))
            }
            if let name = Self.type(text), !text.hasSuffix("}") { scopes.append((name, indent)) }
            comment = []
        }
    }

    /// The declarations of all Swift files right in a folder.
    init(folder: URL) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasSuffix(".swift") {
            read(try String(contentsOf: folder.appending(path: name), encoding: .utf8))
        }
    }

    /// The declarations of one text.
    init(_ source: String) { read(source) }

    /// Whether a comment has the paper's number of an equation: "§3" is not in "§3.3", nor "Eq. 1" in "Eq. 12".
    static func carries(_ number: String, in comment: String) -> Bool {
        var rest = comment[...]
        while let found = rest.range(of: number) {
            let before = rest[..<found.lowerBound].last, after = rest[found.upperBound...]
            let goesOn =
                after.first?.isNumber == true
                || after.first == "." && after.dropFirst().first?.isNumber == true
            if before?.isNumber != true, !goesOn { return true }
            rest = rest[found.upperBound...]
        }
        return false
    }

    private static let modifiers: Set<String> = [
        "public", "private", "fileprivate", "package", "static", "final", "mutating", "nonisolated",
        "indirect",
    ]

    /// The words of a declaration without its modifiers, and without an attribute on the same line.
    private static func words(_ line: String) -> [String] {
        var line = line[...]
        if line.hasPrefix("@") {
            let starts = [" struct ", " enum ", " final class ", " func "].compactMap {
                line.range(of: $0)?.lowerBound
            }
            line = starts.min().map { line[$0...].dropFirst() } ?? line
        }
        return Array(
            line.components(separatedBy: " ").drop { modifiers.contains($0) || $0.hasPrefix("private(") })
    }

    /// The name that a line gives to a scope, "Tulip.Scene" for an extension of it.
    private static func type(_ line: String) -> String? {
        let words = words(line)
        guard words.count > 1, ["extension", "struct", "enum", "class", "protocol"].contains(words[0]) else {
            return nil
        }
        return String(words[1].prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." })
    }

    /// The name of the function or value that a line declares.
    private static func member(_ line: String) -> String? {
        let words = words(line)
        if words.first?.hasPrefix("init(") == true { return "init" }
        guard words.count > 1, ["func", "var", "let"].contains(words[0]) else { return nil }
        return String(words[1].prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }
}
