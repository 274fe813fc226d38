import ArgumentParser
import TextLayout

/// `benchtop data list`.
struct DataListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the data sets.")

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
