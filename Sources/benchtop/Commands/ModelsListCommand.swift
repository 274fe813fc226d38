import ArgumentParser
import LanguageModels
import TextLayout

/// `benchtop models list`.
struct ModelsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the language models.",
        discussion: "A GGUF file of the Llama architecture serves too, by its path.")

    @Flag(help: "One JSON object a line.") var json = false

    private struct Row: Encodable {
        let name, what, state, licence: String
        let bytes: Int
    }

    func run() throws {
        let rows = PulledModel.all.map {
            Row(
                name: $0.name, what: $0.what,
                state: $0.isHere ? "fetched" : "benchtop models pull \($0.name)",
                licence: $0.licence, bytes: $0.size)
        }
        if json { return try rows.forEach { try Output.json($0) } }
        var table = Columns("MODEL", "WHAT", "SIZE", "STATE", "LICENCE")
        for row in rows {
            table.add([row.name, row.what, row.bytes.asBytes, row.state, row.licence])
        }
        table.show()
    }
}
