import Base
import Dispatch
import SessionControl

/// The controller's events, waiting for the main thread.
final class Inbox: Sendable {
    private let waiting = Locked([ControllerEvent]())
    private let arrival = DispatchSemaphore(value: 0)

    /// Adds an event; called on the controller's queue.
    func put(_ event: ControllerEvent) {
        waiting.withLock { $0.append(event) }
        arrival.signal()
    }

    /// Takes all events, waiting at most so many seconds for the first.
    func take(within seconds: Double) -> [ControllerEvent] {
        _ = arrival.wait(timeout: .now() + seconds)
        return waiting.withLock { events in
            defer { events = [] }
            return events
        }
    }
}
