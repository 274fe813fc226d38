import Base
import Foundation
import Terminal

/// The themes that there are: those of the program, and the user's own in `themes` beside the configuration.
struct ThemeFolder {
    /// Paths by name; the user's own win.
    let paths: [String: String]
    private var current: (path: String, changed: Date?)?

    init() {
        let folders = [
            SharedFiles.folder?.appending(path: "Themes"),
            UserFolders.configuration.appending(path: "themes"),
        ]
        var paths: [String: String] = [:]
        for folder in folders.compactMap({ $0 }) {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names where name.hasSuffix(".toml") {
                paths[String(name.dropLast(5))] = folder.appending(path: name).path
            }
        }
        self.paths = paths
    }

    /// In alphabetical order.
    var names: [String] { paths.keys.sorted() }

    /// The theme that suits a terminal's ground.
    static func usual(isLight: Bool) -> String { isLight ? "paper" : "slate" }

    /// Reads a theme by its name or by its file's path.
    ///
    /// - Throws: `ThemeError`, ``Failure`` when there is none of that name.
    mutating func read(_ name: String) throws -> Theme {
        guard let path = name.contains("/") || name.hasSuffix(".toml") ? name : paths[name] else {
            throw Failure(
                "No theme is called '\(name)'; there are \(names.joined(separator: ", ")).", Status.unknown)
        }
        let theme = try ThemeFile.read(path: path)
        current = (path, Self.date(path))
        return theme
    }

    /// The theme in use again, when its file has changed since it was read.
    ///
    /// - Throws: `ThemeError`; the same change is not told twice.
    mutating func reread() throws -> Theme? {
        guard let now = current, let date = Self.date(now.path), date != now.changed else { return nil }
        current = (now.path, date)
        return try ThemeFile.read(path: now.path)
    }

    private static func date(_ path: String) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
}
