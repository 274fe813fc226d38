import Base
import Foundation
import MethodKit
import Testing

/// Whole runs at the smoke preset with seed 1, each made once, however many tests look at it.
enum KeptRuns {
    private static let runs = Locked([String: Locked<Result<Run, any Error>?>]())

    /// The run of an arm; of one that is looked at closely, with pauses at ``places(_:_:)``.
    ///
    /// - Throws: what the trial throws.
    static func run(_ method: MethodInfo, _ arm: String) throws -> Run {
        let place = runs.withLock { runs in
            let key = "\(method.card.id) \(arm)", place = runs[key] ?? Locked(nil)
            runs[key] = place
            return place
        }
        // Whoever comes second to a run waits for it, and no other.
        return try place.withLock { kept in
            let result = kept ?? Result { try Run(method, arm, seed: 1, pausingAt: places(method, arm)) }
            kept = result
            return try result.get()
        }
    }

    /// The arms that are stopped, resumed and edited: the baseline, the headline claim's, and one more that changes from
    /// day to day; all of them with BENCHTOP_SOAK. The others differ from these in what they learn, not in how they run.
    static func closely(_ method: MethodInfo) -> [String] {
        let all = method.arms.map(\.name)
        if ProcessInfo.processInfo.environment["BENCHTOP_SOAK"] != nil { return all }
        let always = [all[0]] + method.claims.prefix(1).map(\.arm)
        let others = all.filter { !always.contains($0) }
        let day = Int(Date().timeIntervalSince1970 / 86_400)
        return always + (others.isEmpty ? [] : [others[day % others.count]])
    }

    /// Random steps of a run, and ends of its stages.
    ///
    /// - Returns: them in order; none for an arm that is not looked at closely.
    /// - Throws: `InputError`.
    static func places(_ method: MethodInfo, _ arm: String) throws -> [Int] {
        guard closely(method).contains(arm) else { return [] }
        let totals = try method.stages(Run.smoke(method), arm: arm).map(\.total).filter { $0 > 0 }
        let steps = totals.reduce(0, +)
        guard steps > 1 else { return [] }
        let ends = totals.dropLast().reduce(into: [Int]()) { $0.append(($0.last ?? 0) + $1) }
        var random = RandomStream(seed: 5).derive("\(method.card.id) \(arm)")
        let inside = (0..<3).map { _ in 1 + random.below(steps - 1) }
        return Set(inside + random.choose(min(3, ends.count), of: ends.count).map { ends[$0] }).sorted()
    }
}
