import ArgumentParser

/// `benchtop sessions note ID TEXT`.
struct SessionNoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Write a note to a session.")

    @OptionGroup var change: SessionChange
    @Argument(help: "The note; an empty text removes it.") var text: String

    func run() throws { try change.apply("noted") { try $0.note($1.id, text) } }
}
