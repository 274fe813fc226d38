import Base
import Datasets
import Foundation

/// A data set that methods can use.
struct DataSet: Sendable {
    let name: String
    let licence: String
    /// How to use it.
    let use: String
    /// Where it comes from; nil when it comes with the program.
    var source: Source?

    /// Debian's packages, and what makes a folder of pictures with captions of them.
    struct Source: Sendable {
        let packages: [String]
        /// Writes the pictures into `folder`, from the packages unpacked in `root`.
        let write: @Sendable (_ root: URL, _ folder: URL) throws -> [Picture]
    }

    /// A picture that was written: the name of its file, and its texts, of which the first is the caption.
    struct Picture {
        let file: String
        let texts: [String]
    }

    static let all = [
        DataSet(
            name: "emoji-sample", licence: "OFL 1.1, Apache 2.0, Unicode, public domain",
            use: "benchtop run tulip --set data=emoji"),
        DataSet(
            name: "furniture", licence: "CC0",
            use: "eight meshes in share/benchtop/Meshes for benchtop tool deepmesh tokenise --set mesh=FILE"),
        DataSet(
            name: "emoji", licence: "OFL 1.1, Apache 2.0, Unicode", use: use(of: "emoji"),
            source: Source(packages: ["fonts-noto-color-emoji", "unicode-data"], write: EmojiSet.write)),
        DataSet(
            name: "clipart", licence: "public domain", use: use(of: "clipart"),
            source: Source(packages: ["openclipart-png", "openclipart-svg"], write: ClipArtSet.write)),
    ]

    private static func use(of name: String) -> String {
        "benchtop run tulip --set data=folder --set images=\(folder(name).path)"
    }

    /// Where fetched data lies: `$XDG_CACHE_HOME/benchtop/data`, else in `~/.cache`.
    private static func folder(_ name: String) -> URL { UserFolders.cache.appending(path: "data/\(name)") }

    var folder: URL { Self.folder(name) }

    var state: String {
        guard source != nil else { return "comes with the program" }
        let isHere = FileManager.default.fileExists(
            atPath: folder.appending(path: PictureFolder.captionsName).path)
        return isHere ? "fetched" : "benchtop data pull \(name)"
    }

    /// Fetches the packages and writes the folder; one that is there stays until the new one is whole.
    ///
    /// - Returns: how many pictures there are.
    /// - Throws: `Failure`, `FileError`.
    func pull(_ source: Source) throws -> Int {
        let files = FileManager.default
        let work = folder.deletingLastPathComponent().appending(path: ".\(name)-\(getpid())")
        defer { try? files.removeItem(at: work) }
        for package in source.packages {
            Output.line("Fetching Debian's \(package).")
            try DebianPackage(name: package).unpack(into: work.appending(path: "root"))
        }
        let made = work.appending(path: "made")
        try files.createDirectory(at: made, withIntermediateDirectories: true)
        Output.line("Writing the pictures.")
        let pictures = try source.write(work.appending(path: "root"), made)
        let lines = pictures.map { ([$0.file] + $0.texts).joined(separator: "\t") + "\n" }
        try Data(lines.joined().utf8).write(to: made.appending(path: PictureFolder.captionsName))
        if files.fileExists(atPath: folder.path) { try files.removeItem(at: folder) }
        try files.moveItem(at: made, to: folder)
        return pictures.count
    }
}
