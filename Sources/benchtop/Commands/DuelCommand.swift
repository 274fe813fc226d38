import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import Store

/// `benchtop duel METHOD`: all arms with one seed, side by side.
struct DuelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duel", abstract: "Run all arms of a method with one seed, side by side.")

    @Argument(help: "The method.") var method: String
    @Option(help: "Arms, separated by commas; all when not said.") var arms: String?
    @Option(help: "Equal seeds give equal bits.") var seed: UInt64 = 1
    @OptionGroup var options: PlanOptions
    @OptionGroup var store: StoreOption

    func run() throws {
        let method = try Catalogue.method(method)
        let plan = try SessionPlan(
            method, arms: arms.map { $0.split(separator: ",").map(String.init) }, seeds: [seed],
            preset: options.preset ?? "quick", typed: try options.typed(), purpose: .duel, name: options.name)
        try SessionRunner(store: try store.open(), options: options).run(plan)
    }
}
