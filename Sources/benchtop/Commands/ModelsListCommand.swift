import ArgumentParser
import LanguageModels
import TextLayout

/// `benchtop models list`.
struct ModelsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the models.",
        discussion: """
            A GGUF file of the Llama architecture serves as a language model too, by its path, and so does a server \
            with OpenAI's interface (llama.cpp, vLLM, Ollama), by its URL.
            """)

    @Flag(help: "One JSON object a line.") var json = false

    private struct Row: Encodable {
        let name, use, what, state, licence: String
        let bytes: Int
    }

    func run() throws {
        let rows = PulledModel.all.map {
            Row(
                name: $0.name, use: $0.use.rawValue, what: $0.what,
                state: $0.isHere ? "fetched" : "benchtop models pull \($0.name)",
                licence: $0.licence, bytes: $0.size)
        }
        if json { return try rows.forEach { try Output.json($0) } }
        var table = Columns("MODEL", "FOR", "WHAT", "SIZE", "STATE", "LICENCE")
        for row in rows {
            table.add([row.name, row.use, row.what, row.bytes.asBytes, row.state, row.licence])
        }
        table.show()
    }
}
