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

/// `benchtop resume ID`: goes on where a session was stopped.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a session that was stopped, bit for bit.")

    @Argument(help: "A session: short id, name, or 'last'.") var session: String
    @OptionGroup var store: StoreOption
    @Option(help: "Trials at a time.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "One JSON object a line, flushed at once.") var json = false

    func run() throws {
        let store = try store.open()
        let session = try store.find(session)
        let method = try Catalogue.method(session.method)
        try SessionRunner(
            store: store, jobs: jobs, threads: Int(session.machine["threads"] ?? "") ?? 1, json: json,
            folder: nil
        ).resume(session, of: method)
    }
}
