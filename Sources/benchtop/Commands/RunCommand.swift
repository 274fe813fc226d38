import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import Store

/// `benchtop run METHOD`: one arm with one seed.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run one arm of a method with one seed.")

    @Argument(help: "The method.") var method: String
    @Option(help: "The arm; the paper's own when not said.") var arm: String?
    @Option(help: "Equal seeds give equal bits.") var seed: UInt64 = 1
    @OptionGroup var options: PlanOptions
    @OptionGroup var store: StoreOption

    func run() throws {
        let method = try Catalogue.method(method)
        let arm = arm ?? method.claims.first?.arm ?? method.arms.last?.name ?? ""
        let plan = try SessionPlan(
            method, arms: [arm], seeds: [seed], preset: options.preset ?? "quick", typed: try options.typed(),
            purpose: .run, name: options.name)
        try SessionRunner(store: try store.open(), options: options).run(plan)
    }
}
