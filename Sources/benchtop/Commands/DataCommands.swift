import ArgumentParser
import Datasets
import Foundation
import TextLayout

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
            guard let source = set.source else {
                Output.line("\(set.name) comes with the program: \(set.use)")
                return
            }
            let count = try set.pull(source)
            Output.line("\(count) pictures with captions in \(set.folder.path); \(set.use)")
        }
    }
}
