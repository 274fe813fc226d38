import ArgumentParser
import SessionViews
import Store

/// `benchtop sessions delete ID… --yes`.
struct SessionDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete sessions with everything they hold.")

    @Argument(help: "Sessions: short ids, names, or 'last'.") var sessions: [String]
    @OptionGroup var store: StoreOption
    @Flag(help: "Say what was done as one JSON object a line.") var json = false
    @Flag(help: "Needed: a deleted session does not come back.") var yes = false

    func run() throws {
        guard yes else {
            let names = sessions.joined(separator: "', '")
            throw Failure("Deleting cannot be undone; say --yes to delete '\(names)'.", Status.refused)
        }
        let store = try store.open()
        let found = try sessions.map { try store.find($0) }
        // All or none: the names are the user's, and a half-done list would have to be worked out by hand.
        for session in found where session.owner?.isAlive == true {
            throw Failure("Session \(session.shortID) is being run; stop it first.", Status.refused)
        }
        let ids = found.map(\.id).unique
        try store.delete(ids)
        for session in ids.compactMap({ id in found.first { $0.id == id } }) {
            try SessionChange.say("deleted", session, json: json)
        }
    }
}
