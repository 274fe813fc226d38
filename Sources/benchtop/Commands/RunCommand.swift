import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import Store

/// `benchtop run METHOD`: one arm with one seed; with `--from` a finished trial, applied to a file.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run one arm of a method with one seed.",
        discussion: """
            With --from, a finished trial of that session is applied to a file of your own, which --set names; nothing \
            is trained again.
            """)

    @Argument(help: "The method.") var method: String
    @Option(help: "The arm; the paper's own when not said.") var arm: String?
    @Option(help: "Equal seeds give equal bits; 1 when not said.") var seed: UInt64?
    @Option(help: "A session: short id, name, or 'last', whose finished trial is applied to a file.")
    var from: String?
    @OptionGroup var options: PlanOptions
    @OptionGroup var store: StoreOption

    func run() throws {
        let method = try Catalogue.method(method)
        let store = try store.open()
        let plan = try from.map { try applied(store.find($0), store, method) } ?? fresh(method)
        try SessionRunner(store: store, options: options).run(plan)
    }

    func validate() throws {
        if from != nil, options.preset != nil {
            throw ValidationError("--from takes the inputs of that session, so there is no --preset.")
        }
    }

    private func fresh(_ method: MethodInfo) throws -> SessionPlan {
        try SessionPlan(
            method, arms: [arm ?? method.headlineArm], seeds: [seed ?? 1], preset: options.preset ?? "quick",
            typed: try options.typed(), purpose: .run, name: options.name)
    }

    private func applied(
        _ session: SessionRecord, _ store: SessionStore, _ method: MethodInfo
    ) throws -> SessionPlan {
        guard session.method == method.card.id else {
            throw Failure(
                "Session \(session.shortID) is of \(session.method), not of \(method.card.id).",
                Status.refused)
        }
        let trials = try store.trials(of: session.id)
        let fitting = trials.filter { (arm ?? $0.arm) == $0.arm && (seed ?? $0.seed) == $0.seed }
        // Of several arms the paper's own, where nothing is said.
        guard let trial = fitting.first(where: { $0.arm == method.headlineArm }) ?? fitting.first else {
            throw PlanError.noTrial(
                arm: arm, seed: seed, known: trials.map { "\($0.arm) with seed \($0.seed)" })
        }
        return try SessionPlan(
            applying: trial, of: session, method, edits: store.edits(of: trial.id),
            typed: try options.typed(), name: options.name)
    }
}

extension MethodInfo {
    /// The paper's own arm.
    fileprivate var headlineArm: String { claims.first?.arm ?? arms.last?.name ?? "" }
}
