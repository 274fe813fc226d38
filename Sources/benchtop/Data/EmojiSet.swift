import Datasets
import Foundation

/// Emoji as pictures with captions: all of Unicode's list that the font has a picture of.
enum EmojiSet {
    /// Writes the pictures out of the font, named by their characters.
    ///
    /// - Throws: `FileError`, when the font is not as it should be.
    static func write(from root: URL, to folder: URL) throws -> [DataSet.Picture] {
        let path = root.appending(path: "usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
        let list = root.appending(path: "usr/share/unicode/emoji/emoji-test.txt")
        let font = try EmojiFont(try Data(contentsOf: path), named: path.lastPathComponent)
        return try names(try String(contentsOf: list, encoding: .utf8)).compactMap { characters, name in
            guard let picture = try font.picture(of: characters) else { return nil }
            let file = characters.map { String($0, radix: 16) }.joined(separator: "-") + ".png"
            try picture.write(to: folder.appending(path: file))
            return DataSet.Picture(file: file, texts: [name])
        }
    }

    /// Lines like `1F600 ; fully-qualified # 😀 E1.0 grinning face`, without those of a skin tone: five more pictures
    /// of the same thing, which a caption hardly tells apart.
    private static func names(_ list: String) -> [(characters: [UInt32], name: String)] {
        list.split(separator: "\n").compactMap { line in
            guard let mark = line.range(of: "; fully-qualified"), let hash = line.range(of: "# ") else {
                return nil
            }
            let characters = line[..<mark.lowerBound].split(separator: " ").compactMap {
                UInt32($0, radix: 16)
            }
            let words = line[hash.upperBound...].split(separator: " ").dropFirst(2)
            let name = words.joined(separator: " ")
            return name.isEmpty || name.contains("skin tone") ? nil : (characters, name)
        }
    }
}
