import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store

/// `benchtop claim METHOD`: effect, 95 % interval and verdict.
struct ClaimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim",
        abstract: "Test a method's claim: effect, 95 % interval, verdict. Goes on where it was stopped.")

    @Argument(help: "The method; or --all.") var method: String?
    @Flag(help: "Every method of the catalogue.") var all = false
    @Option(help: "How many seeds, or seeds separated by commas; the claim's own when not said.")
    var seeds: String?
    @Flag(help: "Run the method's other arms too; the verdict does not depend on them.") var allArms = false
    @OptionGroup var options: PlanOptions
    @OptionGroup var store: StoreOption

    func validate() throws {
        if (method == nil) != all { throw ValidationError("Name one method, or say --all.") }
    }

    func run() throws {
        let methods =
            try method.map { [try Catalogue.method($0)] } ?? Catalogue.all.filter { !$0.claims.isEmpty }
        let store = try store.open()
        var allHold = true
        for method in methods {
            let plan = try plan(for: method)
            let session = try session(of: plan, store)
            for claim in method.claims
            where plan.arms.contains(claim.arm) && plan.arms.contains(claim.baseline) {
                let report = try ClaimReport(claim, in: session, store: store)
                try show(report, session)
                if claim.sentence == method.claims[0].sentence {
                    allHold = allHold && report.verdict == .holds
                }
            }
        }
        if !allHold { throw Status.negative }
    }

    /// The trials of all the method's claims.
    private func plan(for method: MethodInfo) throws -> SessionPlan {
        guard let claim = method.claims.first else {
            throw Failure("Method \(method.card.id) makes no claim.", Status.unknown)
        }
        let needed = method.claims.flatMap { [$0.baseline, $0.arm] }
        return try SessionPlan(
            method, arms: allArms ? nil : needed, seeds: try chosenSeeds(claim),
            preset: options.preset ?? claim.preset, typed: try options.typed(), purpose: .claim,
            name: options.name)
    }

    private func chosenSeeds(_ claim: Claim) throws -> [UInt64] {
        guard let seeds else { return claim.seeds }
        if let count = Int(seeds), !seeds.contains(",") {
            guard (1...1000).contains(count) else {
                throw Failure("--seeds is \(count); a number of seeds must be 1…1000.", Status.refused)
            }
            let first = claim.seeds.first ?? 11
            return (0..<UInt64(count)).map { first + $0 }
        }
        return try seeds.split(separator: ",").map { text in
            guard let seed = UInt64(text) else {
                throw Failure("--seeds takes whole numbers, and '\(text)' is not one.", Status.refused)
            }
            return seed
        }.unique
    }

    private func session(of plan: SessionPlan, _ store: SessionStore) throws -> SessionRecord {
        let runner = SessionRunner(store: store, options: options)
        if let open = try store.unfinished(plan) {
            if !options.json { Output.line("Going on with session \(open.shortID).") }
            return try runner.resume(open, of: plan.method)
        }
        return try runner.run(plan)
    }

    private func show(_ report: ClaimReport, _ session: SessionRecord) throws {
        if options.json { return _ = try Output.json(ClaimRecord(report, session)) }
        for line in ClaimText.lines(report, session) { Output.line(line) }
    }
}
