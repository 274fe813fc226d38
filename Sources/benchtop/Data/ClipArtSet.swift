import Datasets
import Foundation
import MethodKit

/// The Open Clip Art Library as pictures with captions: what its own metadata gives a title, and to the public domain.
enum ClipArtSet {
    /// Of the pictures as written, in pixels.
    private static let side = 128

    /// Writes the pictures scaled to a square, named by their place in the library.
    ///
    /// - Throws: when a picture cannot be written.
    static func write(from root: URL, to folder: URL) throws -> [DataSet.Picture] {
        let library = root.appending(path: "usr/share/openclipart")
        return try drawings(in: library.appending(path: "svg")).compactMap { name in
            let drawing = library.appending(path: "svg/\(name).svg")
            guard let texts = texts(SVGMetadata(try Data(contentsOf: drawing))),
                let image = try? PNGImage(path: library.appending(path: "png/\(name).png").path)
            else { return nil }
            let file = name.replacing("/", with: ".") + ".png"
            let pixels = image.fitted(side: side).map { UInt8(($0 * 255).rounded()) }
            let picture = Picture(width: side, height: side, channels: 3, pixels: Data(pixels))
            try picture.png().write(to: folder.appending(path: file))
            return DataSet.Picture(file: file, texts: texts)
        }
    }

    /// The title, and the subjects as other words for it; nil for what is not free or says nothing.
    private static func texts(_ metadata: SVGMetadata) -> [String]? {
        guard metadata.isPublicDomain, metadata.title.contains(where: \.isLetter) else { return nil }
        // Some subjects are left over from the program that once made the library.
        let subjects = metadata.subjects.filter { !$0.hasPrefix("hash") && $0 != "unsorted" }
        return [metadata.title] + (subjects.isEmpty ? [] : [subjects.joined(separator: " ")])
    }

    /// Paths of all drawings without their ending, in order; links to others are left out.
    private static func drawings(in folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { path in
            let kind = try? FileManager.default.attributesOfItem(atPath: folder.appending(path: path).path)[
                .type]
            return path.hasSuffix(".svg") && kind as? FileAttributeType == .typeRegular
        }.map { String($0.dropLast(4)) }.sorted()
    }
}
