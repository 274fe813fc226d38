import ArgumentParser

/// `benchtop sessions`: what the store holds, and what the user says about it.
struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List the sessions of the store, name, note, tag, delete, prune and import them.",
        subcommands: [
            SessionListCommand.self, SessionRenameCommand.self, SessionNoteCommand.self,
            SessionTagCommand.self, SessionDeleteCommand.self, SessionPruneCommand.self,
            SessionCompactCommand.self, SessionImportCommand.self,
        ], defaultSubcommand: SessionListCommand.self)
}
