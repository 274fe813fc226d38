import ArgumentParser
import Store

/// `benchtop sessions import FILE`.
struct SessionImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Copy the sessions of another store into this one.")

    @Argument(help: "A store file.") var file: String
    @OptionGroup var store: StoreOption
    @Flag(help: "One JSON object a line.") var json = false

    func run() throws {
        let store = try store.open()
        for session in try store.importSessions(from: file) {
            try SessionChange.say("imported", session, json: json)
        }
    }
}
