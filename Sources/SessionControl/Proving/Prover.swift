import Foundation
import MethodKit
import Store

/// What running a session again showed.
public struct Proof: Sendable {
    /// A place where the two runs part.
    public struct Difference: Sendable, Equatable {
        /// The metric's name.
        public let metric: String
        /// The step.
        public let step: Int
        /// The value that is stored; nil when the new run has a point more.
        public let saved: Double?
        /// The value that the new run gave; nil when it has a point less.
        public let now: Double?
    }

    /// One trial run again.
    public struct TrialProof: Sendable {
        /// The trial as it is stored.
        public let trial: TrialRecord
        /// How many points were compared.
        public internal(set) var points = 0
        /// The first difference, if there is one that counts.
        public internal(set) var difference: Difference?
        /// The largest relative difference of two values.
        public internal(set) var largest = 0.0
        /// The last links of the hash chains: stored, and of the new run; by metric.
        public internal(set) var chains: [String: (saved: String, now: String)] = [:]
        /// A sentence when the new run could not be made.
        public internal(set) var message = ""
    }

    /// The trials, in the session's order.
    public let trials: [TrialProof]
    /// What differs between the recording machine and this one; empty when bits can be compared.
    public let otherMachine: [String]

    /// Whether every bit was compared, or values within ``tolerance``.
    public var isBitProof: Bool { otherMachine.isEmpty }
    /// Whether nothing that counts differs.
    public var holds: Bool { trials.allSatisfy { $0.difference == nil && $0.message.isEmpty } }

    /// On another CPU type, kernel set, library or thread count values may differ by this share.
    public static let tolerance = 1e-3
}

/// Runs stored sessions again, with their edits, and compares every number.
public struct Prover: Sendable {
    private let store: SessionStore
    private let machine: [String: String]
    private let models: any ModelProvider
    private let jobs: Int

    /// What decides the bits of a result, among the keys of a machine's summary.
    public static let decisive = ["cpu", "kernels", "gemm", "threads"]

    /// A prover that reads `store`, on a machine with this summary.
    public init(
        store: SessionStore, machine: [String: String], models: any ModelProvider = NoModels(),
        jobs: Int = ProcessInfo.processInfo.activeProcessorCount
    ) {
        self.store = store
        self.machine = machine
        self.models = models
        self.jobs = jobs
    }

    /// Runs a session's trials again.
    ///
    /// - Parameters:
    ///   - session: what to prove.
    ///   - method: its method, in the version that ran it.
    ///   - onProgress: called as each trial ends.
    /// - Returns: what each trial showed.
    /// - Throws: `StoreError`, ``ResumeError``, `InputError`.
    public func prove(
        _ session: SessionRecord, of method: MethodInfo,
        onProgress: @escaping @Sendable (Proof.TrialProof) -> Void = { _ in }
    ) throws -> Proof {
        guard session.methodVersion == method.version else {
            throw ResumeError.otherVersion(session.shortID, session.methodVersion, method.version)
        }
        try UserFiles.check(session)
        let inputs = try method.texts(stored: session.inputs)
        let trials = try store.trials(of: session.id)
        let others = Self.decisive.filter { session.machine[$0] != machine[$0] }
            .map { "\($0): \(session.machine[$0] ?? "unknown") then, \(machine[$0] ?? "unknown") now" }
        let run = ProofRun(
            store: store, method: method, models: models, jobs: jobs,
            tolerance: others.isEmpty ? 0 : Proof.tolerance,
            onProgress: onProgress)
        return Proof(trials: try run.prove(trials, of: session, inputs: inputs), otherMachine: others)
    }
}
