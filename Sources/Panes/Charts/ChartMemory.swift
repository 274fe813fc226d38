import Base
import Charts
import SessionControl
import SessionViews

/// What the charts pane has drawn, kept from one drawing to the next.
///
/// All copies of a pane share it, for it decides what a drawing costs and never what it shows: curves are kept under
/// everything that they follow from, and a picture knows what it was drawn of. What a drawing does not need is gone after it.
final class ChartMemory: Sendable {
    /// What the curves of one arm in one chart follow from.
    struct CurveKey: Hashable {
        let metric: Int
        let name: String
        let color: Int
        let axis: String
        let smoothing: Double
        let hasBand: Bool
        /// The trials whose curves they are.
        let trials: [Revision]
        /// Their parts at full resolution; nil where the curve itself is shown.
        let details: [Revision?]
    }

    /// What the report of a claim follows from.
    struct ReportKey: Hashable {
        let session: SessionKey
        /// Its place among those that the session tests.
        let claim: Int
        let trials: [Revision]
    }

    private struct Kept {
        var curves: [CurveKey: [Series]] = [:]
        var reports: [ReportKey: ClaimReport] = [:]
        /// By metric.
        var pictures: [Int: ChartPicture] = [:]
    }

    /// What the last drawing needed, and what this one has needed so far.
    private let kept = Locked((before: Kept(), now: Kept()))

    /// The curves of a key, made unless they are kept.
    func curves(_ key: CurveKey, make: () -> [Series]) -> [Series] {
        value(of: key, in: \.curves, make)
    }

    /// The report of a key, made unless it is kept.
    func report(_ key: ReportKey, make: () -> ClaimReport) -> ClaimReport {
        value(of: key, in: \.reports, make)
    }

    private func value<Key: Hashable, Value>(
        of key: Key, in values: WritableKeyPath<Kept, [Key: Value]>, _ make: () -> Value
    ) -> Value {
        let found = kept.withLock { $0.now[keyPath: values][key] ?? $0.before[keyPath: values][key] }
        let value = found ?? make()
        kept.withLock { $0.now[keyPath: values][key] = value }
        return value
    }

    /// Does something with the picture of a metric's chart.
    func picture<Result>(of metric: Int, _ body: (inout ChartPicture) -> Result) -> Result {
        kept.withLock { kept in
            let found = kept.now.pictures[metric] ?? kept.before.pictures.removeValue(forKey: metric)
            var picture = found ?? ChartPicture()
            kept.now.pictures[metric] = nil
            defer { kept.now.pictures[metric] = picture }
            return body(&picture)
        }
    }

    /// A drawing is done.
    func endDrawing() {
        kept.withLock { kept in
            (kept.before, kept.now) = (kept.now, Kept())
        }
    }
}
