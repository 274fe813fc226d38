import Foundation
import MethodKit
import Store

extension SessionStore {
    /// The newest session that runs just this plan and has not finished; a claim goes on there.
    ///
    /// - Throws: `StoreError`.
    public func unfinished(_ plan: SessionPlan) throws -> SessionRecord? {
        let wanted = Set(plan.trials.map { "\($0.arm) \($0.seed)" })
        return try sessions().sorted { $0.id > $1.id }.first { session in
            guard session.method == plan.method.card.id, session.methodVersion == plan.method.version,
                session.purpose == plan.purpose.rawValue, session.inputs == plan.inputs,
                session.owner?.isAlive != true
            else { return false }
            let trials = try trials(of: session.id)
            return Set(trials.map { "\($0.arm) \($0.seed)" }) == wanted
                && trials.contains {
                    [.queued, .interrupted, .stopped, .running, .paused].contains($0.status)
                }
        }
    }
}
