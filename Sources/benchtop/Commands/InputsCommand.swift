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
    }

    func run() throws {
        let method = try Catalogue.method(method)
        let texts = try method.texts(preset: preset, typed: [:])
        let rows = method.inputs.map {
            Row(
                name: $0.name, symbol: $0.symbol, value: texts[$0.name] ?? "", initial: $0.initial,
                range: $0.range, unit: $0.unit, live: $0.live, help: $0.help, condition: $0.condition)
        }
        if json { return try rows.forEach { try Output.json($0) } }
        var table = Columns("INPUT", "SYMBOL", "VALUE", "RANGE", "LIVE", "HELP")
        for row in rows {
            table.add([
                row.name, row.symbol,
                row.value.isEmpty ? "none" : row.value + (row.unit.isEmpty ? "" : " \(row.unit)"),
                row.range, row.live ? "live" : "",
                row.condition.isEmpty ? row.help : "\(row.help) (\(row.condition))",
            ])
        }
        table.show()
        let presets = method.presets.map { "\($0.name) (\($0.help))" }
        Output.line("\nPresets: \(presets.joined(separator: "; ")).")
    }
}
