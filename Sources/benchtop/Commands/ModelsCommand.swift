import ArgumentParser

/// `benchtop models`: the language models that methods can use.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List language models, and fetch those that can be had by name.",
        subcommands: [ModelsListCommand.self, ModelsPullCommand.self],
        defaultSubcommand: ModelsListCommand.self)
}
