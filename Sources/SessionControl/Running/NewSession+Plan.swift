import MethodKit
import Store

extension NewSession {
    /// The session that a plan asks for.
    init(_ plan: SessionPlan, version: String, machine: [String: String]) {
        self.init(
            name: plan.name, method: plan.method.card.id, methodVersion: plan.method.version,
            benchtop: version, preset: plan.preset, purpose: plan.purpose.rawValue, inputs: plan.inputs,
            metrics: plan.method.metrics, machine: machine, trials: plan.trials)
    }
}
