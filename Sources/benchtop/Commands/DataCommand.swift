import ArgumentParser

/// `benchtop data`: what there is to learn from besides what is made here.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "List data sets, and fetch those that do not come with the program.",
        subcommands: [DataListCommand.self, DataPullCommand.self], defaultSubcommand: DataListCommand.self)
}
