import Foundation
import TOMLKit

/// A theme's file: TOML with the tables `text`, `frame`, `series`, `spans` and `heat`.
public enum ThemeFile {
    /// Reads a theme.
    ///
    /// - Parameters:
    ///   - text: the file's text.
    ///   - path: for the sentence when something is wrong.
    /// - Returns: the theme.
    /// - Throws: ``ThemeError``.
    public static func read(_ text: String, path: String) throws -> Theme {
        do {
            return try theme(Table(path: path, try TOMLTable(string: text), ""))
        } catch let error as TOMLParseError {
            throw ThemeError.notTOML(path, error.source.begin.line, error.description)
        }
    }

    /// Reads a theme from a file.
    ///
    /// - Throws: ``ThemeError``.
    public static func read(path: String) throws -> Theme {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 16,
            let text = String(data: data, encoding: .utf8)
        else { throw ThemeError.unreadable(path) }
        return try read(text, path: path)
    }

    private static func theme(_ file: Table) throws -> Theme {
        try file.check(keys: ["name", "light", "mono", "text", "frame", "series", "spans", "heat"])
        let text = try file.table("text"), frame = try file.table("frame")
        try text.check(
            keys: ["background", "text", "faint", "strong", "accent", "good", "bad", "warning"])
        try frame.check(keys: ["border", "focus", "title", "selection", "selected"])
        return Theme(
            name: try file.string("name"), isLight: try file.bool("light"), isMono: try file.bool("mono"),
            background: try text.color("background"), text: try text.color("text"),
            faint: try text.color("faint"), strong: try text.color("strong"),
            accent: try text.color("accent"),
            good: try text.color("good"), bad: try text.color("bad"), warning: try text.color("warning"),
            border: try frame.color("border"), focus: try frame.color("focus"),
            title: try frame.color("title"),
            selection: try frame.color("selection"), selected: try frame.color("selected"),
            series: try file.table("series").colors("colors", atLeast: 1),
            spans: try file.table("spans").colors("colors", atLeast: 3),
            heat: try file.table("heat").colors("ramp", atLeast: 2))
    }

    /// A table of the file, with its name for sentences.
    private struct Table {
        let path: String
        let table: TOMLTable
        let prefix: String

        init(path: String, _ table: TOMLTable, _ prefix: String) {
            self.path = path
            self.table = table
            self.prefix = prefix
        }

        func check(keys: [String]) throws {
            for key in table.keys where !keys.contains(key) {
                throw ThemeError.unknownKey(path, prefix + key, keys)
            }
        }

        func table(_ key: String) throws -> Table {
            guard let found = table[key]?.table else { throw wrong(key, "a table, [\(key)]") }
            return Table(path: path, found, "\(key).")
        }

        func string(_ key: String) throws -> String {
            guard let text = table[key]?.string, !text.isEmpty else { throw wrong(key, "a text") }
            return text
        }

        func bool(_ key: String) throws -> Bool {
            guard let value = table[key]?.bool else { throw wrong(key, "true or false") }
            return value
        }

        func color(_ key: String) throws -> Color {
            guard let color = table[key]?.string.flatMap({ Color($0) }) else {
                throw wrong(key, "a colour, \"#rrggbb\" or \"default\"")
            }
            return color
        }

        func colors(_ key: String, atLeast count: Int) throws -> [Color] {
            let colors = table[key]?.array?.compactMap { $0.string.flatMap { Color($0) } }
            guard let colors, colors.count == table[key]?.array?.count, colors.count >= count else {
                throw wrong(key, "a list of at least \(count) colours, each \"#rrggbb\" or \"default\"")
            }
            return colors
        }

        private func wrong(_ key: String, _ allowed: String) -> ThemeError {
            .wrong(path, prefix + key, allowed)
        }
    }
}

/// A theme's file that cannot be used, in one sentence.
public enum ThemeError: Error, CustomStringConvertible, Equatable {
    /// Not there, too large (more than 64 kB) or not UTF-8.
    case unreadable(String)
    /// Path, line, and what the parser says.
    case notTOML(String, Int, String)
    /// Path, key, and the keys that there are.
    case unknownKey(String, String, [String])
    /// Path, key, and what it takes.
    case wrong(String, String, String)

    public var description: String {
        switch self {
        case .unreadable(let path): "The theme '\(path)' cannot be read as text of at most 64 kB."
        case .notTOML(let path, let line, let text): "The theme '\(path)' is not TOML: line \(line), \(text)."
        case .unknownKey(let path, let key, let known):
            "The theme '\(path)' has a key '\(key)' that means nothing; there are "
                + "\(known.joined(separator: ", "))."
        case .wrong(let path, let key, let allowed): "In the theme '\(path)', \(key) must be \(allowed)."
        }
    }
}
