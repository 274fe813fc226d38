import ArgumentParser
import MethodKit
import SessionControl

/// `benchtop tool METHOD NAME`: what a method does with a file, without arms.
struct ToolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tool", abstract: "Let a method's tool work on a file of your own; nothing is trained.",
        discussion: "'benchtop inputs METHOD' lists a method's tools and what they read.")

    @Argument(help: "The method.") var method: String
    @Argument(help: "The tool.") var name: String
    @Option(help: "Equal seeds give equal bits.") var seed: UInt64 = 1
    @OptionGroup var options: PlanOptions
    @OptionGroup var store: StoreOption

    func run() throws {
        let method = try Catalogue.method(method)
        let plan = try SessionPlan(
            method, tool: name, seed: seed, preset: options.preset ?? "full", typed: try options.typed(),
            name: options.name)
        try SessionRunner(store: try store.open(), options: options).run(plan)
    }
}
