import MethodKit
import Store
import TextLayout

/// A sign of the paper beside what a session says of it.
public struct SignReading: Sendable {
    /// The sign.
    public let sign: Sign
    /// Which way the metric goes here, with the mean difference and its interval; nil where that is not known.
    public let found: (direction: Sign.Direction, mean: Double, low: Double, high: Double)?

    /// Whether the two agree; nil where that is not known.
    public var agreement: Sign.Agreement? { found.map { sign.agreement($0.direction) } }

    /// What is found, for people: "higher by 0.12 [0.05, 0.19], agrees".
    public var text: String {
        guard let found, let agreement else { return "not recorded" }
        let interval = "\(found.mean.brief) [\(found.low.brief), \(found.high.brief)]"
        return "\(found.direction.rawValue), \(interval): \(agreement.rawValue)"
    }

    /// Reads all signs of a method in a session.
    ///
    /// - Parameters:
    ///   - method: whose signs.
    ///   - session: of that method; nil where there is none.
    ///   - store: that holds it.
    /// - Returns: one reading a sign, in their order.
    /// - Throws: `StoreError`.
    public static func all(
        of method: MethodInfo, in session: SessionRecord?, _ store: SessionStore?
    ) throws -> [SignReading] {
        guard let session, let store else {
            return method.card.signs.map { SignReading(sign: $0, found: nil) }
        }
        let trials = try store.trials(of: session.id).filter { $0.status == .finished }
        func values(_ arm: String, _ metric: Int) throws -> [UInt64: Double] {
            var values: [UInt64: Double] = [:]
            for trial in trials where trial.arm == arm {
                values[trial.seed] = try store.lastValue(of: trial.id, metric: metric)?.value
            }
            return values
        }
        return try method.card.signs.map { sign in
            func place(_ metric: Metric) -> Int? {
                session.metrics.firstIndex { $0.name == metric.name }
            }
            guard let metric = place(sign.metric), let other = place(sign.otherMetric) else {
                return SignReading(sign: sign, found: nil)
            }
            return SignReading(
                sign: sign, found: sign.found(try values(sign.arm, metric), try values(sign.other, other)))
        }
    }
}
