import MethodKit
import SessionControl
import TextLayout

extension SessionView {
    /// What the trials shown so far say about a claim.
    public func report(of claim: Claim) -> ClaimReport {
        let metric = record.metrics.firstIndex { $0.name == claim.metric.name }
        return ClaimReport(claim, seeds: seeds) { arm, seed in
            let trial = trials.first {
                $0.record.arm == arm && $0.record.seed == seed && $0.status == .finished
            }
            return metric.flatMap { trial?.curves[$0].last }
        }
    }

    /// Which arm of a claim is better and by how much, once the session has ended.
    ///
    /// - Parameter claim: of the session's method.
    /// - Returns: a sentence; nil when the claim's two arms were not both run.
    public func ending(of claim: Claim) -> String? {
        guard !isOpen else { return nil }
        let report = report(of: claim)
        guard !report.pairs.isEmpty else { return nil }
        if report.expected == 1 { return report.contest.sentence + " c tests the claim." }
        return "\(record.method), \(report.expected) seeds: \(report.verdictText). "
            + "\(claim.metric.name): \(claim.arm) over \(claim.baseline) \(report.judgement.text), "
            + "threshold \(claim.threshold.brief)."
    }
}

extension Judgement {
    /// The mean with its 95 % interval, where there is one.
    public var text: String { mean.brief + (low.isNaN ? "" : " [\(low.brief), \(high.brief)]") }
}
