import ArgumentParser

/// `benchtop sessions rename ID NAME`.
struct SessionRenameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rename", abstract: "Give a session a name.")

    @OptionGroup var change: SessionChange
    @Argument(help: "The name; it can be typed instead of the short id.") var name: String

    func run() throws { try change.apply("renamed") { try $0.rename($1.id, to: name) } }
}
