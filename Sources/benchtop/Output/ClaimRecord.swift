import MethodKit
import SessionControl
import Store

/// A claim's report as one JSON object.
struct ClaimRecord: Encodable {
    struct Pair: Encodable { let seed: UInt64, arm: Double, baseline: Double, effect: Double }

    var kind = "claim"
    let preset: String
    let method: String, session: String, claim: String, metric: String, arm: String, baseline: String
    let scale: String, threshold: Double
    let pairs: [Pair]
    let missing: [UInt64], expected: Int
    let effect: Double, low: Double, high: Double, signTest: Double
    let verdict: String
    let equalCompute: String

    init(_ report: ClaimReport, _ session: SessionRecord) {
        let claim = report.claim, judgement = report.judgement
        (method, preset) = (session.method, session.preset)
        self.session = session.shortID
        self.claim = claim.sentence
        (metric, arm, baseline) = (claim.metric.name, claim.arm, claim.baseline)
        (scale, threshold, equalCompute) = (claim.effect.rawValue, claim.threshold, claim.equalCompute)
        pairs = report.pairs.map {
            Pair(seed: $0.seed, arm: $0.arm, baseline: $0.baseline, effect: $0.effect)
        }
        (missing, expected) = (report.missing, report.expected)
        (effect, low, high) = (judgement.mean, judgement.low, judgement.high)
        (signTest, verdict) = (judgement.signTest, report.verdict.rawValue)
    }
}
