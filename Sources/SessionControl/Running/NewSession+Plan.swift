import MethodKit
import Store

extension NewSession {
    /// The session that a plan asks for, with the digests of the files that it reads.
    ///
    /// - Throws: `InputError` when one of them cannot be read.
    init(_ plan: SessionPlan, version: String, machine: [String: String]) throws {
        self.init(
            name: plan.name, method: plan.method.card.id, methodVersion: plan.method.version,
            benchtop: version, preset: plan.preset,
            purpose: plan.tool.map { "tool \($0)" } ?? plan.purpose.rawValue, inputs: plan.inputs,
            metrics: plan.method.metrics, machine: machine,
            files: try UserFiles.now(plan.specs, plan.inputs), trials: plan.trials)
    }
}

extension SessionRecord {
    /// The tool, or what was applied; nil for a run of the method.
    public var tool: String? { purpose.hasPrefix("tool ") ? String(purpose.dropFirst(5)) : nil }
}
