import Foundation

/// A folder of PNG pictures with captions: those of `captions.tsv` in it, else the pictures' file names.
public struct PictureFolder: Sendable {
    /// One picture and what is said of it.
    public struct Pair: Sendable, Equatable {
        /// 0...1, on white: [side, side, 3]
        public let pixels: [Float]
        /// What the picture shows.
        public let caption: String
        /// The same in other words, and a caption that is nearly right; nil where the file has none.
        public let paraphrase, negative: String?
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
        guard lines.count >= least else {
            throw FileError(path, line: nil, "it has \(lines.count) pictures", allowed: "\(least) or more")
        }
        return try lines.map { line in
            let file = folder.appending(path: line.file).path
            guard FileManager.default.fileExists(atPath: file) else {
                throw FileError(
                    captions, line: line.number, "there is no picture '\(line.file)' beside it",
                    allowed: "the name of a PNG file in the same folder")
            }
            return Pair(
                pixels: try PNGImage(path: file).fitted(side: side), caption: line.texts[0],
                paraphrase: line.texts.count > 1 ? line.texts[1] : nil,
                negative: line.texts.count > 2 ? line.texts[2] : nil)
        }
    }

    /// One picture's line.
    struct Line: Equatable {
        let number: Int?
        let file: String
        /// Caption, paraphrase, negative caption; at least the first.
        let texts: [String]
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
        let texts = fields.dropFirst().prefix { !$0.isEmpty }
        return Line(number: number, file: fields[0], texts: Array(texts))
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
            return Line(number: nil, file: file, texts: [words.isEmpty ? String(file.dropLast(4)) : words])
        }
    }
}
