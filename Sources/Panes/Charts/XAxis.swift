import Foundation
import SessionViews
import Store
import TextLayout

/// What lies along the x axis of all charts: it gives everything that a trial says a place.
///
/// A new axis says where a step lies; how a window or the cursor leads back to steps follows from a trial's curves.
protocol XAxis: Sendable {
    /// What the user calls it; the pane's title names all but the usual one.
    var name: String { get }
    /// Stands after a place in the read-out; empty for plain numbers.
    var unit: String { get }
    /// Whether places are whole numbers, to which cursors and windows snap.
    var isWhole: Bool { get }
    /// Where something lies that a trial said after a step, so many seconds after its beginning.
    ///
    /// Must not fall while the steps of a trial rise.
    func place(step: Double, elapsed: Double, in trial: TrialView) -> Double
    /// Where buckets of a curve lie.
    func places(of buckets: [Bucket], in trial: TrialView) -> [Double]
    /// The step of a curve that a place stands for.
    func step(at place: Double, of curve: Curve, in trial: TrialView) -> Int?
    /// The steps of a curve that a window needs.
    func steps(in window: ClosedRange<Double>, of curve: Curve, in trial: TrialView) -> ClosedRange<Int>?
}

extension XAxis {
    /// In the middle of each one's steps, at the time of the last.
    func places(of buckets: [Bucket], in trial: TrialView) -> [Double] {
        buckets.map { bucket in
            place(
                step: Double(bucket.firstStep + bucket.lastStep) / 2, elapsed: bucket.lastElapsed, in: trial)
        }
    }

    /// Where a mark lies.
    func place(of mark: TrialView.Mark, in trial: TrialView) -> Double {
        place(step: Double(mark.step), elapsed: mark.elapsed, in: trial)
    }

    /// How far a trial has come.
    func end(of trial: TrialView) -> Double {
        place(step: Double(trial.completed), elapsed: trial.elapsed, in: trial)
    }

    /// The nearest place that the cursor can have.
    func snapped(_ place: Double) -> Double { isWhole ? place.rounded() : place }

    /// The narrowest window of a chart that is so wide.
    func leastWidth(of whole: Double) -> Double { isWhole ? 4 : whole / 1e6 }

    /// A place in words.
    func readout(_ place: Double) -> String {
        unit.isEmpty ? "\(name) \(place.brief)" : "\(place.brief) \(unit)"
    }

    /// The last step of a curve that lies at a place or before it.
    func step(at place: Double, of curve: Curve, in trial: TrialView) -> Int? {
        places(of: curve.buckets, in: trial).lastIndex { $0 <= place }.map { curve.buckets[$0].lastStep }
    }

    /// The steps of a curve that lie in a window, and a neighbour on each side.
    func steps(in window: ClosedRange<Double>, of curve: Curve, in trial: TrialView) -> ClosedRange<Int>? {
        let places = places(of: curve.buckets, in: trial)
        guard let first = places.firstIndex(where: { $0 >= window.lowerBound }),
            let last = places.lastIndex(where: { $0 <= window.upperBound }), first <= last
        else { return nil }
        let low = curve.buckets[max(0, first - 1)], high = curve.buckets[min(places.count - 1, last + 1)]
        return low.firstStep...max(low.firstStep, high.lastStep)
    }
}

/// Steps over all stages of a trial.
struct StepAxis: XAxis {
    let name = "step", unit = "", isWhole = true
    func place(step: Double, elapsed: Double, in trial: TrialView) -> Double { step }
    func step(at place: Double, of curve: Curve, in trial: TrialView) -> Int? { Int(place) }
    func steps(in window: ClosedRange<Double>, of curve: Curve, in trial: TrialView) -> ClosedRange<Int>? {
        Int(window.lowerBound.rounded(.down))...Int(window.upperBound.rounded(.up))
    }
}

/// Seconds that a trial has run.
struct ElapsedAxis: XAxis {
    let name = "seconds", unit = "s", isWhole = false
    func place(step: Double, elapsed: Double, in trial: TrialView) -> Double { elapsed }
}

/// The axes that there are, the usual one first: a new one is a line here.
enum XAxes {
    static let all: [any XAxis] = [StepAxis(), ElapsedAxis()]
    static var usual: any XAxis { all[0] }

    /// The axis that follows one of a name; the first after the last.
    static func next(after axis: any XAxis) -> any XAxis {
        let place = all.firstIndex { $0.name == axis.name } ?? -1
        return all[(place + 1) % all.count]
    }
}
