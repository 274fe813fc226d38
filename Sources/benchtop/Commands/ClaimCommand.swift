import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store
import TextLayout

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
                    allHold = allHold && report.judgement.verdict == .holds
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
        for line in ClaimText.lines(report) { Output.line(line) }
    }
}

/// A claim's report as one JSON object.
struct ClaimRecord: Encodable {
    struct Pair: Encodable { let seed: UInt64, arm: Double, baseline: Double, effect: Double }

    var kind = "claim"
    let method: String, session: String, claim: String, metric: String, arm: String, baseline: String
    let scale: String, threshold: Double
    let pairs: [Pair]
    let missing: [UInt64]
    let effect: Double, low: Double, high: Double, signTest: Double
    let verdict: String
    let equalCompute: String

    init(_ report: ClaimReport, _ session: SessionRecord) {
        let claim = report.claim, judgement = report.judgement
        method = session.method
        self.session = session.shortID
        self.claim = claim.sentence
        (metric, arm, baseline) = (claim.metric.name, claim.arm, claim.baseline)
        (scale, threshold, equalCompute) = (claim.effect.rawValue, claim.threshold, claim.equalCompute)
        pairs = report.pairs.map {
            Pair(seed: $0.seed, arm: $0.arm, baseline: $0.baseline, effect: $0.effect)
        }
        missing = report.missing
        (effect, low, high) = (judgement.mean, judgement.low, judgement.high)
        (signTest, verdict) = (judgement.signTest, judgement.verdict.rawValue)
    }
}

/// A claim's report for people.
enum ClaimText {
    /// The sentence, the pairs, the effect with its interval, and the verdict.
    static func lines(_ report: ClaimReport) -> [String] {
        let claim = report.claim, judgement = report.judgement
        var table = Columns("SEED", claim.arm.uppercased(), claim.baseline.uppercased(), "EFFECT")
        for pair in report.pairs {
            table.add(["\(pair.seed)", pair.arm.brief, pair.baseline.brief, pair.effect.brief])
        }
        let scale = claim.effect == .logRatio ? "log ratio" : "difference"
        var lines = [""] + wrapped(claim.sentence) + [""] + table.lines() + [""]
        if report.pairs.isEmpty {
            lines.append("No pair of trials has finished.")
        } else {
            let interval =
                judgement.low.isNaN ? "" : ", 95 % interval [\(judgement.low.brief), \(judgement.high.brief)]"
            lines += wrapped(
                "Effect (\(scale) of \(claim.metric.name)): \(judgement.mean.brief)\(interval); "
                    + "threshold \(claim.threshold.brief); sign test p = \(judgement.signTest.brief).")
        }
        lines += wrapped("Equal for both: \(claim.equalCompute)")
        lines += wrapped("Verdict: \(judgement.verdict.rawValue)\(reason(judgement.verdict)).")
        return lines
    }

    private static func wrapped(_ text: String) -> [String] {
        Columns.wrap(text, width: Columns.terminalWidth)
    }

    private static func reason(_ verdict: Judgement.Verdict) -> String {
        switch verdict {
        case .holds: " (the whole interval lies beyond the threshold)"
        case .directionOnly:
            " (the interval excludes zero on the right side, and reaches below the threshold)"
        case .notShown: " (the interval includes zero)"
        case .contradicted: " (the interval lies on the wrong side of zero)"
        case .undecided: " (fewer than two pairs)"
        }
    }
}
