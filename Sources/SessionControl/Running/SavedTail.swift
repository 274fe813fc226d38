import Base
import Foundation
import MethodKit

/// What a resumed trial says a second time, because it was saved after the checkpoint it goes on from.
///
/// Every record of that stretch is compared with the saved one and dropped; a difference ends the trial.
struct SavedTail {
    private var points: [ArraySlice<Point>]
    private var events: ArraySlice<TrialEvent>
    private var edits: [Edit]
    private let through: Int

    /// The records saved after the checkpoint.
    ///
    /// - Parameters:
    ///   - points: by metric.
    ///   - events: other than edits.
    ///   - edits: in the order in which they were said.
    ///   - through: the last step that is saved.
    init(points: [[Point]], events: [TrialEvent], edits: [Edit], through: Int) {
        self.points = points.map { $0[...] }
        self.events = events[...]
        self.edits = edits
        self.through = through
    }

    /// One more edit is saved that the trial will say.
    mutating func expect(_ edit: Edit) { edits.append(edit) }

    /// Whether the trial has caught up with the store; edits that were announced for later steps may be left.
    var isCaughtUp: Bool {
        events.isEmpty && points.allSatisfy(\.isEmpty) && edits.allSatisfy { $0.step > through + 1 }
    }

    /// Whether it says nothing again.
    var isOver: Bool { isCaughtUp && edits.isEmpty }

    /// Takes out of `batch` what is saved already.
    ///
    /// - Parameters:
    ///   - batch: what the trial said.
    ///   - metrics: names for the sentence.
    /// - Throws: ``SavedTailError`` when a record differs from the saved one.
    mutating func remove(from batch: inout TrialLink.Batch, metrics: [Metric]) throws {
        batch.points = try batch.points.filter { point in
            guard let saved = points[point.metric].popFirst() else { return true }
            guard saved.step == point.step, saved.value.bitPattern == point.value.bitPattern else {
                throw SavedTailError.point(metric: metrics[point.metric].name, saved: saved, now: point)
            }
            return false
        }
        batch.events = try batch.events.filter { said in
            if case .edit(let edit) = said.event {
                return try isNew(edit, at: said.step)
            }
            guard let saved = events.popFirst() else { return true }
            if !saved.isSame(as: said.event) { throw SavedTailError.event(step: said.step) }
            return false
        }
    }

    /// Edits come again at their own steps, not in the order in which they were announced.
    private mutating func isNew(_ edit: Edit, at step: Int) throws -> Bool {
        if let place = edits.firstIndex(of: edit) {
            edits.remove(at: place)
            return false
        }
        guard isCaughtUp else { throw SavedTailError.event(step: step) }
        return true
    }
}

extension TrialEvent {
    /// Equality that takes NaN for equal to itself, as in a heat map with empty cells.
    func isSame(as other: TrialEvent) -> Bool {
        if self == other { return true }
        let encoder = JSONEncoder.exact
        encoder.outputFormatting = .sortedKeys
        guard let first = try? encoder.encode(self), let second = try? encoder.encode(other) else {
            return false
        }
        return first == second
    }
}

/// A resumed trial said something other than what was saved.
enum SavedTailError: Error, CustomStringConvertible {
    case point(metric: String, saved: Point, now: Point)
    case event(step: Int)

    var description: String {
        switch self {
        case .point(let metric, let saved, let now):
            "Going on from the checkpoint gave another \(metric) than was saved: "
                + "step \(saved.step) has \(saved.value), and now step \(now.step) gives \(now.value)."
        case .event(let step):
            "Going on from the checkpoint gave another log line, artifact or edit than was saved, at step \(step)."
        }
    }
}
