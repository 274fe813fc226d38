import ArgumentParser
import Base
import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store

/// `benchtop claim METHOD`: effects, intervals and verdict.
struct ClaimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim",
        abstract:
            "Test a method's claim: effects, 95 % intervals, controls, verdict. Goes on where it was stopped.",
        discussion: """
            Runs the session that tests the headline claim, and tells the method's other claims for the same preset and \
            seeds along with it; --all-claims runs the sessions of the others too. The exit status is 0 when the headline \
            claim holds; with --all-claims, when every claim holds.
            """)

    @Argument(help: "The method; or --all.") var method: String?
    @Flag(help: "Every method of the catalogue.") var all = false
    @Flag(help: "Every claim of the method, each with its own preset and seeds; all count.") var allClaims =
        false
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
            let reports = try groups(of: method).flatMap { try test($0, of: method, store) }
            let counted = allClaims ? reports : Array(reports.prefix(1))
            allHold = allHold && counted.allSatisfy { $0.verdict == .holds }
        }
        if !allHold { throw Status.negative }
    }

    private func groups(of method: MethodInfo) throws -> [MethodInfo.ClaimGroup] {
        let groups = method.claimGroups
        guard !groups.isEmpty else {
            throw Failure("Method \(method.card.id) makes no claim.", Status.unknown)
        }
        return allClaims ? groups : [groups[0]]
    }

    /// Runs the session of a group of claims and shows what it says of each.
    private func test(
        _ group: MethodInfo.ClaimGroup, of method: MethodInfo, _ store: SessionStore
    ) throws -> [ClaimReport] {
        let plan = try SessionPlan(
            method, arms: allArms ? nil : group.arms, seeds: try chosenSeeds(group),
            preset: options.preset ?? group.preset, typed: try options.typed(), purpose: .claim,
            name: options.name)
        let session = try session(of: plan, store)
        let reports = try group.claims.map { try ClaimReport($0, in: session, store: store) }
        for report in reports { try show(report, session) }
        return reports
    }

    private func chosenSeeds(_ group: MethodInfo.ClaimGroup) throws -> [UInt64] {
        guard let seeds else { return group.seeds }
        if let count = Int(seeds), !seeds.contains(",") {
            guard (1...1000).contains(count) else {
                throw Failure("--seeds is \(count); a number of seeds must be 1…1000.", Status.refused)
            }
            let first = group.seeds.first ?? 11
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
