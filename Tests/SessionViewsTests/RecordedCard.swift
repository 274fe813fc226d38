import Foundation
import MethodKit
import Store
import Testing

/// A method's recorded session, read as sentences on its card do: which way a metric goes, and where it lies.
struct RecordedCard {
    private let method: MethodInfo
    /// Last values of the finished trials, by metric and arm, a seed each.
    private let values: [String: [UInt64: Double]]

    init(_ id: String) throws {
        method = try Fixture.method(id)
        let path = URL(filePath: #filePath).appending(path: "../../../Sessions/\(id).sqlite").standardized
            .path
        let store = try SessionStore(path: path, mode: .readOnly), session = try store.find("last")
        var values: [String: [UInt64: Double]] = [:]
        for trial in try store.trials(of: session.id) {
            for (place, metric) in session.metrics.enumerated() {
                let last = try store.lastValue(of: trial.id, metric: place)?.value
                values["\(metric.name) \(trial.arm)", default: [:]][trial.seed] = last
            }
        }
        self.values = values
    }

    /// A metric of an arm, a seed each.
    func seeds(_ metric: String, _ arm: String) -> [UInt64: Double] { values["\(metric) \(arm)"] ?? [:] }

    /// The mean over the seeds; NaN where there are none.
    func mean(_ metric: String, _ arm: String) -> Double {
        let found = seeds(metric, arm).values
        return found.reduce(0, +) / Double(found.count)
    }

    /// The mean difference of a metric from the other arm to this one, and its interval.
    func interval(
        _ metric: String, _ arm: String, over other: String, in otherMetric: String? = nil
    ) throws -> (mean: Double, low: Double, high: Double) {
        let (a, b) = (seeds(metric, arm), seeds(otherMetric ?? metric, other))
        let differences = a.keys.sorted().compactMap { seed in b[seed].map { a[seed, default: .nan] - $0 } }
        try #require(differences.count == 5, "\(metric): \(arm) over \(other)")
        return Statistics.interval(of: differences)
    }

    /// Which way a metric goes from the other arm to this one: level where the interval includes no difference.
    func direction(
        _ metric: String, _ arm: String, over other: String, in otherMetric: String? = nil
    ) throws -> Sign.Direction {
        let (_, low, high) = try interval(metric, arm, over: other, in: otherMetric)
        return low > 0 ? .higher : high < 0 ? .lower : .level
    }

    /// The remark that begins so, for tests of what it says.
    func remark(_ beginning: String) throws -> String {
        try #require(method.card.remarks.first { $0.hasPrefix(beginning) }, "no remark '\(beginning)'")
    }
}
