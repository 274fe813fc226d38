import Base
import Dispatch
import Foundation

/// Ctrl-C, SIGTERM, SIGHUP and SIGQUIT: the first asks for an orderly end, a second from the keyboard ends at once.
final class Interruption {
    private let asked = Locked(Int32?.none)
    private let sources: [any DispatchSourceSignal]

    /// The signal that asked for an end.
    var signal: Int32? { asked.withLock { $0 } }
    /// Whether an end was asked for.
    var isAsked: Bool { signal != nil }

    /// Calls `action` at the first signal from now on; when this returns, none is missed.
    init(_ action: @escaping @Sendable () -> Void) {
        let asked = asked, registered = DispatchGroup()
        // Left to itself, SIGQUIT ends with a crash report of the language's runtime.
        sources = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
            source.setEventHandler {
                let isFirst = asked.withLock { asked in
                    defer { asked = asked ?? number }
                    return asked == nil
                }
                // What is saved is saved: ending here loses nothing that was announced.
                if isFirst { action() } else if [SIGINT, SIGQUIT].contains(number) { _exit(128 + number) }
            }
            // Until a source is registered the signal does what it always does: an ignored one would be lost.
            registered.enter()
            source.setRegistrationHandler { registered.leave() }
            source.resume()
            return source
        }
        registered.wait()
    }

    deinit { for source in sources { source.cancel() } }
}
