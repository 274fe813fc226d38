import ArgumentParser
import LanguageModels
import Foundation
import MethodKit
import SessionControl
import Store
import Tensors

/// `benchtop prove ID|FILE`: runs a session again and compares every number.
struct ProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Run a session again, with its edits, and compare every number bit for bit.")

    @Argument(help: "A session: short id, name, 'last', or a store file.") var session: String
    @OptionGroup var store: StoreOption
    @Option(help: "Trials at a time.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "One JSON object a line: one a trial, then the proof.") var json = false

    func run() throws {
        let found = try FoundSession(session, in: store)
        let session = found.session
        let method = try Catalogue.method(session.method)
        let threads = Int(session.machine["threads"] ?? "") ?? 1
        Compute.useThreads(threads)
        if !json { Output.line("Running session \(session.shortID) (\(session.method)) again.") }
        let prover = Prover(
            store: found.store, machine: Machine.summary(threads: threads), models: NamedModels(), jobs: jobs)
        let isJSON = json
        let proof = try prover.prove(session, of: method) { trial in ProofText.show(trial, json: isJSON) }
        try show(proof)
        if !proof.holds { throw Status.negative }
    }

    private struct Record: Encodable {
        var kind = "proof"
        let session: String
        let holds: Bool, bitProof: Bool
        let points: Int
        let otherMachine: [String]
        let tolerance: Double
    }

    private func show(_ proof: Proof) throws {
        let points = proof.trials.reduce(0) { $0 + $1.points }
        if json {
            let record = Record(
                session: session, holds: proof.holds, bitProof: proof.isBitProof, points: points,
                otherMachine: proof.otherMachine, tolerance: proof.isBitProof ? 0 : Proof.tolerance)
            return _ = try Output.json(record)
        }
        if !proof.isBitProof {
            Output.line(
                "This is not a bit-proof: the machine differs (\(proof.otherMachine.joined(separator: "; "))). "
                    + "Values may differ by a share of \(Proof.tolerance).")
        }
        let kind = proof.isBitProof ? "bit for bit" : "within the tolerance"
        Output.line(
            proof.holds
                ? "Proved: \(points) points of \(proof.trials.count) \(proof.trials.count == 1 ? "trial" : "trials") are equal \(kind)."
                : "Not proved.")
    }
}

/// A trial's proof for people and for programs.
enum ProofText {
    private struct Record: Encodable {
        var kind = "trial"
        let trial: Int64, arm: String, seed: UInt64, holds: Bool, points: Int
        let metric: String?, step: Int?, saved: Double?, now: Double?
        let message: String
        let chains: [String: [String]]
    }

    /// Writes one trial's outcome.
    static func show(_ proof: Proof.TrialProof, json: Bool) {
        let trial = proof.trial
        let holds = proof.difference == nil && proof.message.isEmpty
        guard !json else {
            let difference = proof.difference
            _ = try? Output.json(
                Record(
                    trial: trial.id, arm: trial.arm, seed: trial.seed, holds: holds, points: proof.points,
                    metric: difference?.metric, step: difference?.step, saved: difference?.saved,
                    now: difference?.now, message: proof.message,
                    chains: proof.chains.mapValues { [$0.saved, $0.now] }))
            return
        }
        Output.line("\(trial.arm), seed \(trial.seed): \(text(proof))")
    }

    private static func text(_ proof: Proof.TrialProof) -> String {
        if !proof.message.isEmpty { return proof.message }
        guard let difference = proof.difference else {
            let chain = proof.chains.sorted { $0.key < $1.key }.first.map {
                ", \($0.key) chain \($0.value.now.prefix(12))"
            }
            return "equal, \(proof.points) points\(chain ?? "")"
        }
        let saved = difference.saved.map { "\($0)" } ?? "nothing"
        let now = difference.now.map { "\($0)" } ?? "nothing"
        return "\(difference.metric) differs first at step \(difference.step): stored \(saved), now \(now)"
    }
}
