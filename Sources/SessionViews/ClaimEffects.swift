import MethodKit
import TextLayout

extension SessionView {
    /// Which arm of a claim is better and by how much, once the session has ended.
    ///
    /// - Parameter claim: of the session's method.
    /// - Returns: a sentence; nil when the claim's two arms were not both run.
    public func ending(of claim: Claim) -> String? {
        guard !isOpen else { return nil }
        let pairs = pairs(of: claim)
        guard let first = pairs.first else { return nil }
        let judgement = Judgement(effects: pairs.map(\.effect), threshold: claim.threshold)
        guard pairs.count > 1 else {
            let (ahead, behind) =
                first.effect < 0 ? (claim.baseline, claim.arm) : (claim.arm, claim.baseline)
            return "\(claim.metric.name): \(ahead) ahead of \(behind) by \(abs(first.effect).brief) with one "
                + "seed; c tests the claim."
        }
        return "\(record.method), \(pairs.count) seeds: \(judgement.verdict.rawValue). "
            + "\(claim.metric.name): \(claim.arm) over \(claim.baseline) \(judgement.text), "
            + "threshold \(claim.threshold.brief)."
    }
}

extension Judgement {
    /// The mean with its 95 % interval, where there is one.
    public var text: String { mean.brief + (low.isNaN ? "" : " [\(low.brief), \(high.brief)]") }
}
