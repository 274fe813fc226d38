import ArgumentParser
import Datasets
import Foundation
import Terminal

/// `benchtop data`: what there is to learn from besides what is made here.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "List data sets, and fetch those that do not come with the program.",
        subcommands: [List.self, Pull.self], defaultSubcommand: List.self)

    /// `benchtop data list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the data sets.")

        @Flag(help: "One JSON object a line.") var json = false

        private struct Row: Encodable { let name, state, licence, use: String }

        func run() throws {
            let rows = DataSet.all.map {
                Row(name: $0.name, state: $0.state, licence: $0.licence, use: $0.use)
            }
            if json { return try rows.forEach { try Output.json($0) } }
            var table = Columns("DATA", "STATE", "LICENCE", "USE")
            for row in rows { table.add([row.name, row.state, row.licence, row.use]) }
            table.show()
        }
    }

    /// `benchtop data pull NAME`.
    struct Pull: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch a data set's packages with apt's own client, check them, and unpack them.")

        @Argument(help: "The data set.") var name: String

        func run() throws {
            guard let set = DataSet.all.first(where: { $0.name == name }) else {
                let names = DataSet.all.map(\.name).joined(separator: ", ")
                throw Failure("There is no data set '\(name)'; there are \(names).", Status.refused)
            }
            guard !set.packages.isEmpty else {
                Output.line("\(set.name) comes with the program: \(set.use)")
                return
            }
            let count = try EmojiSet.pull(set)
            Output.line("\(count) pictures with captions in \(set.folder.path); \(set.use)")
        }
    }
}

/// A data set that methods can use.
struct DataSet {
    let name: String
    /// Debian packages; none when it comes with the program.
    let packages: [String]
    let licence: String
    /// How to use it.
    let use: String

    static let all = [
        DataSet(
            name: "emoji-sample", packages: [], licence: "OFL 1.1, Apache 2.0, Unicode, public domain",
            use: "benchtop run tulip --set data=emoji"),
        DataSet(
            name: "furniture", packages: [], licence: "CC0",
            use: "eight meshes in share/benchtop/Meshes for benchtop run deepmesh --set mesh=FILE"),
        DataSet(
            name: "emoji", packages: ["fonts-noto-color-emoji", "unicode-data"],
            licence: "OFL 1.1, Apache 2.0, Unicode",
            use: "benchtop run tulip --set data=folder --set images=\(folder("emoji").path)"),
    ]

    /// Where fetched data lies: `$XDG_CACHE_HOME/benchtop/data`, else in `~/.cache`.
    static func folder(_ name: String) -> URL {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        let base =
            cache.map { URL(filePath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
        return base.appending(path: "benchtop/data/\(name)")
    }

    var folder: URL { Self.folder(name) }

    var state: String {
        if packages.isEmpty { return "comes with the program" }
        let isHere = FileManager.default.fileExists(
            atPath: folder.appending(path: PictureFolder.captionsName).path)
        return isHere ? "fetched" : "benchtop data pull \(name)"
    }
}
