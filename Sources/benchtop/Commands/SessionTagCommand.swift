import ArgumentParser
import SessionViews

/// `benchtop sessions tag ID TAG…`.
struct SessionTagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tag", abstract: "Set a session's tags.")

    @OptionGroup var change: SessionChange
    @Argument(help: "The tags; none removes all.") var tags: [String] = []

    func run() throws { try change.apply("tagged") { try $0.tag($1.id, tags.unique) } }
}
