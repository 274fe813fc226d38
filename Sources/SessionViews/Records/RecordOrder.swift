import MethodKit

/// Puts what one trial said into the order in which it is printed, live and from the store.
///
/// By step; within a step its points in the order in which the metrics are declared, those of one metric as they were
/// reported; then its events as they were said. The mailbox and the store keep points and events apart, so neither has
/// an order of its own for both.
public struct RecordOrder: Sendable {
    /// A point or an event.
    public enum Item: Sendable, Equatable {
        /// One value of one metric.
        case point(Point)
        /// A stage, a log line, an artifact or an edit.
        case event(TimedEvent)

        /// The step that it belongs to.
        public var step: Int {
            switch self {
            case .point(let point): point.step
            case .event(let event): event.step
            }
        }

        /// Seconds since the trial began.
        public var elapsed: Double {
            switch self {
            case .point(let point): point.elapsed
            case .event(let event): event.elapsed
            }
        }
    }

    private var points: [Point] = []
    private var events: [TimedEvent] = []

    /// An order that nothing waits in.
    public init() {}

    /// Everything that a trial said, in order.
    ///
    /// - Parameters:
    ///   - points: of each metric as they were reported.
    ///   - events: as they were said.
    /// - Returns: all of it.
    public static func all(points: [Point], events: [TimedEvent]) -> [Item] {
        var order = RecordOrder()
        order.add(points: points, events: events)
        return order.takeAll()
    }

    /// Adds what the trial said next.
    public mutating func add(points: [Point], events: [TimedEvent]) {
        self.points += points
        self.events += events
    }

    /// Takes what no later report can come before: the steps up to and including `completed`.
    ///
    /// Points are reported inside steps only, so a completed step has all of its own. Events may still follow it, and
    /// then stand where they belong, after its points.
    public mutating func take(through completed: Int) -> [Item] {
        let ready = points.enumerated().filter { $1.step <= completed }
            .sorted { ($0.1.step, $0.1.metric, $0.0) < ($1.1.step, $1.1.metric, $1.0) }.map(\.element)
        points.removeAll { $0.step <= completed }
        let said = events.enumerated().filter { $1.step <= completed }
            .sorted { ($0.1.step, $0.0) < ($1.1.step, $1.0) }.map(\.element)
        events.removeAll { $0.step <= completed }
        return Self.merge(ready, said)
    }

    /// Takes everything: the trial says no more.
    public mutating func takeAll() -> [Item] { take(through: .max) }

    private static func merge(_ points: [Point], _ events: [TimedEvent]) -> [Item] {
        var items: [Item] = [], events = events[...]
        items.reserveCapacity(points.count + events.count)
        for point in points {
            while let event = events.first, event.step < point.step {
                items.append(.event(events.removeFirst()))
            }
            items.append(.point(point))
        }
        return items + events.map { .event($0) }
    }
}
