import MethodKit
import Store

extension NewSession {
    /// The session that a plan asks for, with the digests of the files that it reads.
    ///
    /// - Throws: `InputError` when one of them cannot be read.
    init(
        _ plan: SessionPlan, models: any ModelProvider = NoModels(), version: String,
        machine: [String: String]
    ) throws {
        self.init(
            name: plan.name, method: plan.method.card.id, methodVersion: plan.method.version,
            benchtop: version, preset: plan.preset,
            purpose: plan.purpose.rawValue, inputs: plan.inputs,
            metrics: plan.method.metrics, machine: machine,
            files: try UserFiles.now(plan.specs, plan.inputs, models), trials: plan.trials)
    }
}

extension MethodInfo {
    /// The tool of a trial, or what is applied; nil for a run of the method.
    func tool(of trial: TrialRecord, in session: SessionRecord) -> String? {
        switch SessionPurpose(rawValue: session.purpose) {
        case .tool: trial.arm
        case .apply: apply?.name
        case .run, .duel, .claim, nil: nil
        }
    }
}
