import ArgumentParser
import SessionViews
import Store

/// What the commands that change a session have in common.
struct SessionChange: ParsableArguments {
    @Argument(help: "A session: short id, name, or 'last'.") var session: String
    @OptionGroup var store: StoreOption
    @Flag(help: "Say what was done as one JSON object.") var json = false

    /// Does the change and says so.
    ///
    /// - Throws: `StoreError`.
    func apply(_ verb: String, _ change: (SessionStore, SessionRecord) throws -> Void) throws {
        let store = try store.open()
        let session = try store.find(session)
        try change(store, session)
        try Self.say(verb, session, json: json)
    }

    /// Says what was done to a session.
    static func say(_ verb: String, _ session: SessionRecord, json: Bool) throws {
        if json { return _ = try Output.json(["kind": verb, "session": session.shortID]) }
        Output.line("Session \(session.shortID) \(verb).")
    }
}

/// `benchtop sessions rename ID NAME`.
struct SessionRenameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rename", abstract: "Give a session a name.")

    @OptionGroup var change: SessionChange
    @Argument(help: "The name; it can be typed instead of the short id.") var name: String

    func run() throws { try change.apply("renamed") { try $0.rename($1.id, to: name) } }
}

/// `benchtop sessions note ID TEXT`.
struct SessionNoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Write a note to a session.")

    @OptionGroup var change: SessionChange
    @Argument(help: "The note; an empty text removes it.") var text: String

    func run() throws { try change.apply("noted") { try $0.note($1.id, text) } }
}

/// `benchtop sessions tag ID TAG…`.
struct SessionTagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tag", abstract: "Set a session's tags.")

    @OptionGroup var change: SessionChange
    @Argument(help: "The tags; none removes all.") var tags: [String] = []

    func run() throws { try change.apply("tagged") { try $0.tag($1.id, tags.unique) } }
}

/// `benchtop sessions delete ID --yes`.
struct SessionDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a session with everything it holds.")

    @OptionGroup var change: SessionChange
    @Flag(help: "Needed: a deleted session does not come back.") var yes = false

    func run() throws {
        guard yes else {
            throw Failure(
                "Deleting cannot be undone; say --yes to delete session '\(change.session)'.", Status.refused)
        }
        try change.apply("deleted") { try $0.delete($1.id) }
    }
}

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
