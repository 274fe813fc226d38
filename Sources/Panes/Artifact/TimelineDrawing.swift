import Charts
import MethodKit
import Terminal

/// Lanes along a time, with the moment that is played.
struct TimelineDrawing: ArtifactDrawing {
    private let timeline: Timeline
    /// How often a second the moment moves on.
    private static let rate = 20.0

    init?(_ artifact: Artifact) {
        guard case .timeline(let timeline) = artifact else { return nil }
        self.timeline = timeline
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ view: Viewpoint, _ look: Look) {
        let lanes = timeline.lanes.map { lane in
            TimelineView.Lane(
                lane.name, lane.intervals.map { .init($0.begin, $0.end, $0.label, look.style($0.style)) },
                levels: lane.levels?.values ?? [], range: lane.levels?.range ?? 0...1,
                isFilled: lane.levels?.isFilled ?? false)
        }
        let head = view.clock.truncatingRemainder(dividingBy: timeline.duration)
        TimelineView(duration: timeline.duration, unit: timeline.unit, lanes: lanes, head: head).draw(
            on: &canvas, in: rect, look: look, first: view.row)
    }

    func play(_ seconds: Double, _ view: inout Viewpoint) -> Bool {
        view.advance(by: seconds, rate: Self.rate)
    }
}
