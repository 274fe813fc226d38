import Base
import MethodKit
import SessionControl
import TextLayout

extension SessionView {
    /// What the trials shown so far say about a claim.
    public func report(of claim: Claim) -> ClaimReport {
        ClaimReport(claim, arms: arms, seeds: seeds) { metric, arm, seed in
            let trial = trials.first {
                $0.record.arm == arm && $0.record.seed == seed && $0.status == .finished
            }
            let place = record.metrics.firstIndex { $0.name == metric.name }
            return place.flatMap { trial?.curves[$0].last }
        }
    }

    /// What a claim came to, once the session has ended.
    ///
    /// - Parameter method: the session's.
    /// - Returns: a sentence; nil when the claim's arms were not all run.
    public func ending(_ method: MethodInfo) -> String? {
        guard !isOpen, let claim = method.claims(testedWith: record.preset, arms: arms).first else {
            return nil
        }
        let report = report(of: claim)
        guard !report.headline.rows.isEmpty else { return nil }
        if seeds.count == 1 {
            return contest(method).map { $0.sentence + " c tests the claim." }
        }
        return "\(record.method), \(seeds.count) seeds: \(report.finding.text). \(report.numbers)"
    }

    private func contest(_ method: MethodInfo) -> Contest? {
        guard let place = record.metrics.firstIndex(where: { $0.name == method.headline?.name }) else {
            return nil
        }
        var values: [String: [UInt64: Double]] = [:]
        for trial in trials where trial.status == .finished {
            values[trial.record.arm, default: [:]][trial.record.seed] = trial.curves[place].last
        }
        return values.count > 1 ? method.contest(arms, values) : nil
    }
}
