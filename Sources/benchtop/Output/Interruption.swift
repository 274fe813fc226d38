import Base
import Dispatch
import Foundation

/// Ctrl-C, SIGTERM and SIGHUP: the first asks for an orderly end, a second Ctrl-C ends at once.
final class Interruption {
    private let asked = Locked(false)
    private let sources: [any DispatchSourceSignal]

    /// Whether an end was asked for.
    var isAsked: Bool { asked.withLock { $0 } }

    /// Calls `action` at the first signal.
    init(_ action: @escaping @Sendable () -> Void) {
        let asked = asked
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
            source.setEventHandler {
                let isFirst = asked.withLock { asked in
                    defer { asked = true }
                    return !asked
                }
                // What is saved is saved: ending here loses nothing that was announced.
                if isFirst { action() } else if number == SIGINT { _exit(130) }
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}
