import ArgumentParser
import MethodKit
import TextLayout

/// `benchtop inputs METHOD`: what can be set.
struct InputsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inputs", abstract: "List a method's inputs: symbol, name, value, range, help.")

    @Argument(help: "The method.") var method: String
    @Option(help: "Show the values of this preset.") var preset: String?
    @Flag(help: "One JSON object a line.") var json = false

    private struct Row: Encodable {
        let name: String, symbol: String, value: String, initial: String, range: String, unit: String
        let live: Bool
        let help: String, condition: String
        /// The tool, or what is applied, that alone reads it; empty where runs do.
        let tool: String

        /// When it is read, for people.
        var note: String { tool.isEmpty ? condition : "read only by \(tool)" }
    }

    private struct ToolRow: Encodable {
        var kind = "tool"
        let name: String, help: String, reads: [String]
        let isApplied: Bool
    }

    func run() throws {
        let method = try Catalogue.method(method)
        let texts = try method.texts(preset: preset, typed: [:])
        let tools = method.tools + [method.apply].compactMap { $0 }
        let rows = method.inputs.map { spec in
            Row(
                name: spec.name, symbol: spec.symbol, value: texts[spec.name] ?? "", initial: spec.initial,
                range: spec.range, unit: spec.unit, live: spec.live, help: spec.help,
                condition: spec.condition, tool: tools.first { $0.owns.contains(spec.name) }?.name ?? "")
        }
        if json {
            try rows.forEach { try Output.json($0) }
            return try tools.forEach {
                try Output.json(
                    ToolRow(name: $0.name, help: $0.help, reads: $0.inputs, isApplied: $0.isApplied))
            }
        }
        var table = Columns("INPUT", "SYMBOL", "VALUE", "RANGE", "LIVE", "HELP")
        for row in rows {
            table.add([
                row.name, row.symbol,
                row.value.isEmpty ? "none" : row.value + (row.unit.isEmpty ? "" : " \(row.unit)"),
                row.range, row.live ? "live" : "",
                row.note.isEmpty ? row.help : "\(row.help) (\(row.note))",
            ])
        }
        table.show()
        let presets = method.presets.map { "\($0.name) (\($0.help))" }
        Output.line("\nPresets: \(presets.joined(separator: "; ")).")
        for tool in tools { Output.line(Self.sentence(tool, method)) }
    }

    private static func sentence(_ tool: MethodInfo.Tool, _ method: MethodInfo) -> String {
        let command =
            tool.isApplied
            ? "run \(method.card.id) --from SESSION --set \(tool.file)=…"
            : "tool \(method.card.id) \(tool.name) --set \(tool.file)=…"
        return "\nbenchtop \(command)\n    \(tool.help); reads \(tool.inputs.joined(separator: ", "))"
    }
}
