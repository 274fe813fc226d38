import Foundation
import MethodKit
import SessionControl
import Store
import TextLayout

extension Contest {
    /// Who won and by how much, or that it cannot be told.
    public var sentence: String {
        switch answer {
        case .first: won(first, second)
        case .second: won(second, first)
        case .equal: "\(first.name) and \(second.name) came out equal on \(metric.name), \(count)."
        case .unknown: unknown
        }
    }

    private var count: String { seeds.count == 1 ? "with one seed" : "over \(seeds.count) seeds" }

    private func won(_ winner: Side, _ other: Side) -> String {
        let by = amount(answer == .first ? 1 : -1)
        if seeds.count == 1, let a = winner.values[seeds[0]], let b = other.values[seeds[0]] {
            return "\(winner.name) won on \(metric.name), \(a.brief) against \(b.brief) of \(other.name): "
                + "better by \(by), with one seed."
        }
        return "\(winner.name) won on \(metric.name): better than \(other.name) by \(by) \(count)."
    }

    private var unknown: String {
        let reason =
            seeds.isEmpty
            ? "\(first.name) and \(second.name) have no finished trials with one seed"
            : "\(first.name) over \(second.name) is \(amount(1)) \(count)"
        return "It cannot be told who won on \(metric.name): \(reason)."
    }

    /// Mean and interval in the winner's direction; of a log ratio as a factor, which people can read.
    private func amount(_ sign: Double) -> String {
        let (mean, low, high) = interval
        let ends = [sign * low, sign * high].sorted()
        let values = ([sign * mean] + ends).map { scale == .log ? exp($0) : $0 }
        let range = low.isNaN ? "" : " [\(values[1].brief), \(values[2].brief)]"
        return (scale == .log ? "a factor of " : "") + values[0].brief + range
    }
}

extension MethodInfo {
    /// The metric that says who is better: that of the first claim's headline, else the first that has a better direction.
    public var headline: Metric? {
        ((claims.first?.headline.terms.map(\.metric) ?? []) + metrics).first { $0.better != .neither }
    }

    /// The headline's contest in one session: of the two sides that the first claim compares when all their arms were
    /// run, else of the arm with the best mean against the next.
    ///
    /// - Parameters:
    ///   - arms: those that were run.
    ///   - values: last values of the headline in finished trials, by arm and seed.
    /// - Returns: nil when fewer than two arms were run, or no metric says who is better.
    public func contest(_ arms: [String], _ values: [String: [UInt64: Double]]) -> Contest? {
        guard let metric = headline, arms.count > 1 else { return nil }
        if let claimed = claims.first?.headline, claimed.arms.allSatisfy(arms.contains),
            let (first, second) = claimed.sides, claimed.terms[0].metric == metric
        {
            func side(_ side: Condition.Side) -> Contest.Side {
                Contest.Side(side.name, side.values(of: metric, values))
            }
            return Contest(metric, side(first), side(second), scale: claimed.scale)
        }
        func side(_ arm: String) -> Contest.Side { Contest.Side(arm, values[arm] ?? [:]) }
        func mean(_ arm: String) -> Double {
            guard let found = values[arm], !found.isEmpty else { return -.infinity }
            let mean = Statistics.interval(of: Array(found.values)).mean
            return mean.isNaN ? -.infinity : metric.better == .lower ? -mean : mean
        }
        let best = arms.sorted { mean($0) > mean($1) }
        return Contest(metric, side(best[0]), side(best[1]))
    }

    /// Who won a stored session, in a sentence; nil where there is nothing to win.
    ///
    /// - Throws: `StoreError`.
    public func outcome(of session: SessionRecord, in store: SessionStore) throws -> String? {
        guard let index = session.metrics.firstIndex(where: { $0.name == headline?.name }) else { return nil }
        let trials = try store.trials(of: session.id)
        var values: [String: [UInt64: Double]] = [:], isEdited = false
        for trial in trials {
            isEdited = try isEdited || !store.edits(of: trial.id).isEmpty
            guard trial.status == .finished else { continue }
            values[trial.arm, default: [:]][trial.seed] =
                try store.lastValue(of: trial.id, metric: index)?.value
        }
        guard let contest = contest(trials.map(\.arm).unique, values) else { return nil }
        // An edit reaches the arms at steps of their own, so they were no longer given the same.
        return contest.sentence + (isEdited ? " Inputs were changed while it ran." : "")
    }
}

extension Condition {
    /// The two sides of one metric that it compares; nil where it says something else.
    fileprivate var sides: (Side, Side)? {
        guard terms.count == 2, isComparison, terms[0].metric == terms[1].metric,
            terms[0].side != terms[1].side
        else { return nil }
        return (terms[0].side, terms[1].side)
    }
}

extension Condition.Side {
    /// Its value by seed, of the seeds that all its arms have.
    fileprivate func values(of metric: Metric, _ values: [String: [UInt64: Double]]) -> [UInt64: Double] {
        var found: [UInt64: Double] = [:]
        for seed in (values[arms[0]] ?? [:]).keys { found[seed] = value(of: metric) { values[$0]?[seed] } }
        return found
    }
}
