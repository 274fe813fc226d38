import CCrash
import Foundation

/// Notices a crash in the thread of one trial, which then stays where it is; everything else goes on.
///
/// A trap in Swift cannot be undone: what the thread held is lost until the program ends. That is the trial's own
/// memory, for a trial shares nothing with others.
final class CrashWatch: @unchecked Sendable {
    // Unchecked because the handler of a signal writes the number: one aligned word, written once.
    private let number = UnsafeMutablePointer<Int32>.allocate(capacity: 1)

    init() {
        number.initialize(to: 0)
        bt_crash_install()
    }

    /// Watches the calling thread.
    func watchThread() { bt_crash_guard(number) }

    /// Watches it no longer.
    func leaveThread() { bt_crash_unguard() }

    /// What happened, in words; nil when nothing did.
    var sentence: String? {
        switch number.pointee {
        case 0: nil
        case SIGILL, SIGTRAP: "The engine crashed: a condition that it relies on did not hold."
        case SIGSEGV, SIGBUS: "The engine crashed: it reached outside its memory, or its stack was used up."
        case SIGFPE: "The engine crashed: an impossible arithmetic operation."
        case let other: "The engine crashed (signal \(other))."
        }
    }

    deinit {
        // A thread that is parked still knows the place.
        if number.pointee == 0 { number.deallocate() }
    }
}
