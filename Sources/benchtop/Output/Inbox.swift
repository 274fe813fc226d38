import Base
import Dispatch
import SessionControl

/// The controller's news, waiting for the main thread.
final class Inbox: Sendable {
    private let waiting = Locked([ControllerEvent]())
    private let arrival = DispatchSemaphore(value: 0)

    /// Adds news; called on the controller's queue.
    func put(_ news: ControllerEvent) {
        waiting.withLock { $0.append(news) }
        arrival.signal()
    }

    /// Takes all news, waiting at most so many seconds for the first.
    func take(within seconds: Double) -> [ControllerEvent] {
        _ = arrival.wait(timeout: .now() + seconds)
        return waiting.withLock { news in
            defer { news = [] }
            return news
        }
    }
}
