import Datasets
import Foundation

/// Emoji as pictures with captions: every single character of Unicode's list that the font has a picture of.
enum EmojiSet {
    /// Fetches the packages and writes the folder that `tulip` reads.
    ///
    /// - Returns: how many pictures there are.
    /// - Throws: `Failure`, `FileError`.
    static func pull(_ set: DataSet) throws -> Int {
        let files = FileManager.default
        let work = set.folder.deletingLastPathComponent().appending(path: ".\(set.name)-\(getpid())")
        defer { try? files.removeItem(at: work) }
        for package in set.packages {
            try DebianPackage(name: package).unpack(into: work.appending(path: "root"))
        }
        let made = work.appending(path: "made")
        try files.createDirectory(at: made, withIntermediateDirectories: true)
        let count = try write(from: work.appending(path: "root"), to: made)
        // The old folder goes only when the new one is whole.
        if files.fileExists(atPath: set.folder.path) { try files.removeItem(at: set.folder) }
        try files.moveItem(at: made, to: set.folder)
        return count
    }

    private static func write(from root: URL, to folder: URL) throws -> Int {
        let font = root.appending(path: "usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
        let list = root.appending(path: "usr/share/unicode/emoji/emoji-test.txt")
        let pictures = try EmojiFont(try Data(contentsOf: font), named: font.lastPathComponent).pictures()
        var lines: [String] = []
        for (character, name) in names(try String(contentsOf: list, encoding: .utf8)) {
            guard let picture = pictures[character] else { continue }
            let file = String(character, radix: 16) + ".png"
            try picture.write(to: folder.appending(path: file))
            lines.append("\(file)\t\(name)")
        }
        let captions = folder.appending(path: PictureFolder.captionsName)
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: captions)
        return lines.count
    }

    /// Lines like `1F600 ; fully-qualified # 😀 E1.0 grinning face`, of single characters.
    private static func names(_ list: String) -> [(character: UInt32, name: String)] {
        list.split(separator: "\n").compactMap { line in
            guard let mark = line.range(of: "; fully-qualified"), let hash = line.range(of: "# ") else {
                return nil
            }
            let codes = line[..<mark.lowerBound].split(separator: " ").filter { $0 != "FE0F" }
            guard codes.count == 1, let character = UInt32(codes[0], radix: 16) else { return nil }
            let words = line[hash.upperBound...].split(separator: " ").dropFirst(2)
            return words.isEmpty ? nil : (character, words.joined(separator: " "))
        }
    }
}
