import CCrash
import Foundation

/// Notices a crash in the thread of one trial, which then stays where it is; everything else goes on.
///
/// A trap in Swift cannot be undone: what the thread held is held until the program ends. What that is:
/// - its own memory: tensors, state, the tape. It is lost, and nobody waits for it;
/// - a claim on a shared stage, see ``TrialStages``. The controller gives it back as soon as it sees the crash;
/// - a lock of what trials share: the trial's mailbox, the tensor pool, the cache of stages. None is held while an
///   engine's code runs, and the code inside them is ours, short, and traps on no input;
/// - a lock of the C library's allocator, when the heap was found broken inside `malloc` or `free` (a stray write
///   from C). Who needs that arena then waits for ever. So a crash starts an alarm that the controller takes back in
///   its next round; when it does not come to that, the screen is given back and the program ends with a sentence.
///
/// `abort` (a failed cast, a C library that gives up) raises SIGABRT, and holds no lock of its own while it does.
final class CrashWatch: Sendable {
    /// Seconds within which the rest of the program must have taken note of a crash.
    private static let patience: UInt32 = 20

    /// Constant; what lies behind it is atomic.
    private nonisolated(unsafe) let mark: OpaquePointer?

    init() {
        mark = bt_crash_new()
        bt_crash_install()
    }

    /// Watches the calling thread.
    func watchThread() { bt_crash_guard(mark, Self.patience) }

    /// Watches it no longer.
    func leaveThread() { bt_crash_unguard() }

    /// The program has taken note of the crash and goes on.
    func noteContained() { bt_crash_contained() }

    /// What happened, in words; nil when nothing did.
    var sentence: String? {
        let number = bt_crash_signal(mark)
        // After the number: it is written last.
        let said = String(cString: bt_crash_sentence(mark))
        return switch number {
        case 0: nil
        case _ where !said.isEmpty: "The engine crashed: \(said)"
        case SIGILL, SIGTRAP: "The engine crashed: a condition that it relies on did not hold."
        case SIGSEGV, SIGBUS: "The engine crashed: it reached outside its memory, or its stack was used up."
        case SIGFPE: "The engine crashed: an impossible arithmetic operation."
        case SIGABRT: "The engine crashed: it or a library that it uses gave up."
        case let other: "The engine crashed (signal \(other))."
        }
    }

    deinit { bt_crash_free(mark) }
}
