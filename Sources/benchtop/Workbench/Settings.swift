import Base
import Foundation
import Panes
import TOMLKit

/// What the user keeps between starts: the configuration file, which the program only reads, and the arrangement of
/// the panes, which it writes.
struct Settings {
    /// The theme that the configuration names.
    private(set) var theme: String?
    /// Whether it asks for seven-bit characters.
    private(set) var isASCII = false
    /// Keys by command id.
    private(set) var keys: [String: [String]] = [:]
    /// What is wrong with the configuration, in a sentence.
    private(set) var trouble: String?

    private static var state: URL { UserFolders.state.appending(path: "workbench.json") }

    /// Reads `config.toml`, if there is one: `theme`, `ascii`, and a table `keys` of lists of key names.
    init() {
        let file = UserFolders.configuration.appending(path: "config.toml")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
        do { try read(TOMLTable(string: text)) } catch let error as TOMLParseError {
            trouble = "\(file.path) is not TOML: line \(error.source.begin.line), \(error.description)."
        } catch {
            trouble = "\(file.path): \(error)"
        }
    }

    private mutating func read(_ table: TOMLTable) throws {
        for key in table.keys where !["theme", "ascii", "keys"].contains(key) {
            throw SettingsError("'\(key)' means nothing; there are theme, ascii and keys.")
        }
        theme = table["theme"]?.string
        isASCII = table["ascii"]?.bool ?? false
        for (id, value) in table["keys"]?.table ?? TOMLTable() {
            let names = value.array?.compactMap(\.string) ?? value.string.map { [$0] }
            guard let names else { throw SettingsError("keys.\(id) must be a key's name or a list of them.") }
            keys[id] = names
        }
    }

    /// Where panes stood when the program ended last.
    static func arrangement() -> Arrangement {
        guard let data = try? Data(contentsOf: state) else { return Arrangement() }
        return (try? JSONDecoder().decode(Arrangement.self, from: data)) ?? Arrangement()
    }

    /// Keeps where panes stand; a disk that takes nothing is no reason to stop.
    static func keep(_ arrangement: Arrangement) {
        try? FileManager.default.createDirectory(
            at: state.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? JSONEncoder().encode(arrangement).write(to: state, options: .atomic)
    }
}

/// Something in the configuration that cannot be used.
struct SettingsError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
