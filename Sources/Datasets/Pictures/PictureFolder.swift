import Foundation

/// A folder of PNG pictures with captions: those of `captions.tsv` in it, else the pictures' file names.
public struct PictureFolder: Sendable {
    /// One picture and what is said of it.
    public struct Pair: Sendable, Equatable {
        /// The picture's name in the folder; pairs with equal names have one picture.
        public let file: String
        /// 0...1, on white: [side, side, 3]
        public let pixels: [Float]
        /// What the picture shows.
        public let caption: String
        /// The same in other words, and a caption that is nearly right; nil where the file has none.
        public let paraphrase, negative: String?

        /// The caption, the paraphrase and the negative caption, as far as there are any.
        public var texts: [String] { [caption, paraphrase, negative].compactMap { $0 } }
    }

    /// The file of captions.
    public static let captionsName = "captions.tsv"
    /// The most pictures, and the longest line in bytes: memory stays bounded whatever the folder holds.
    public static let mostPictures = 20_000, longestLine = 1 << 14

    /// Reads a folder, its pictures scaled to a square.
    ///
    /// A line of the captions is `picture.png`, caption, and if wanted a paraphrase and a negative caption, with tabs
    /// between them; empty lines and lines that begin with # are skipped.
    ///
    /// - Parameters:
    ///   - path: where the folder is.
    ///   - side: of the square, in pixels.
    ///   - least: how many pictures there have to be.
    /// - Returns: the pairs in the file's order, or by file name.
    /// - Throws: ``FileError`` with the first thing that is wrong, and what is allowed.
    public static func read(_ path: String, side: Int, least: Int = 1) throws -> [Pair] {
        let folder = URL(filePath: path, directoryHint: .isDirectory)
        let captions = folder.appending(path: captionsName).path
        let lines =
            FileManager.default.fileExists(atPath: captions)
            ? try readCaptions(captions) : try namedFiles(path)
        let pictures = Set(lines.map(\.file)).count
        guard pictures >= least else {
            throw FileError(path, line: nil, "it has \(pictures) pictures", allowed: "\(least) or more")
        }
        return try lines.map { line in
            let file = folder.appending(path: line.file).path
            guard FileManager.default.fileExists(atPath: file) else {
                throw FileError(
                    captions, line: line.number, "there is no picture '\(line.file)' beside it",
                    allowed: "the name of a PNG file in the same folder")
            }
            return Pair(
                file: line.file, pixels: try PNGImage(path: file).fitted(side: side), caption: line.caption,
                paraphrase: line.paraphrase, negative: line.negative)
        }
    }

    /// One picture's line.
    struct Line: Equatable {
        let number: Int?
        let file, caption: String
        /// Nil where the line has none, or nothing between its tabs.
        var paraphrase: String?
        var negative: String?
    }

    /// The lines of a file of captions.
    static func readCaptions(_ path: String) throws -> [Line] {
        let reader = try LineReader(path, longest: longestLine)
        var lines: [Line] = []
        while let (number, bytes) = try reader.next() {
            guard let text = String(data: bytes, encoding: .utf8) else {
                throw FileError(path, line: number, "it is not text in UTF-8", allowed: allowedLine)
            }
            let line = text.trimmingCharacters(in: CharacterSet(charactersIn: "\r"))
            if line.allSatisfy(\.isWhitespace) || line.hasPrefix("#") { continue }
            guard lines.count < mostPictures else {
                throw FileError(
                    path, line: number, "there are more than \(mostPictures) pictures",
                    allowed: "at most \(mostPictures)")
            }
            lines.append(try Self.line(line, number, path))
        }
        return lines
    }

    private static let allowedLine =
        "a PNG file's name, a tab and a caption, then if wanted a tab and a paraphrase, a tab and a negative caption"

    private static func line(_ text: String, _ number: Int, _ path: String) throws -> Line {
        let fields = text.split(separator: "\t", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        func refusal(_ what: String) -> FileError {
            FileError(path, line: number, what, allowed: allowedLine)
        }
        guard (2...4).contains(fields.count) else { throw refusal("it has \(fields.count) fields") }
        guard isName(fields[0]) else {
            throw refusal("'\(fields[0].prefix(40))' is no name of a PNG file in this folder")
        }
        guard !fields[1].isEmpty else { throw refusal("the caption is empty") }
        func field(_ place: Int) -> String? {
            fields.indices.contains(place) && !fields[place].isEmpty ? fields[place] : nil
        }
        return Line(
            number: number, file: fields[0], caption: fields[1], paraphrase: field(2), negative: field(3))
    }

    /// A name without a way out of the folder.
    private static func isName(_ text: String) -> Bool {
        text.lowercased().hasSuffix(".png") && !text.contains("/") && !text.contains("\0")
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// Without a file of captions: each picture's name, its digits and signs taken for spaces.
    private static func namedFiles(_ path: String) throws -> [Line] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw FileError(path, line: nil, "it cannot be read", allowed: "a folder of PNG pictures")
        }
        let files = names.filter(isName).sorted()
        guard files.count <= mostPictures else {
            throw FileError(
                path, line: nil, "there are \(files.count) pictures", allowed: "at most \(mostPictures)")
        }
        return files.map { file in
            let words = file.dropLast(4).split { !$0.isLetter }.joined(separator: " ")
            return Line(number: nil, file: file, caption: words.isEmpty ? String(file.dropLast(4)) : words)
        }
    }
}
