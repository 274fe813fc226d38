import ArgumentParser

/// The command line: `benchtop`, its subcommands, and the workbench when there is none.
@main
struct Benchtop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchtop", abstract: "A workbench for machine-learning methods.", version: "0.1.0")
}
