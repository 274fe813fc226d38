import Base
import Dispatch
import Terminal

/// What the thread that reads keys must not wait for: it is done on queues of its own, and answered on that thread.
///
/// What is read comes back in the order in which it was asked for. Starts and changes have a queue of their own, and
/// files another: a large session that is read or written holds up none of them.
final class Background: Sendable {
    /// What is done with a result on the thread that reads keys. It looks first whether anybody still wants it.
    typealias Answer = @Sendable (WorkbenchLoop) throws -> Void

    private let reading = DispatchQueue(label: "benchtop.reading", qos: .userInitiated)
    private let changing = DispatchQueue(label: "benchtop.changing", qos: .userInitiated)
    private let writing = DispatchQueue(label: "benchtop.writing", qos: .utility)
    private let answers = Locked([Answer]())

    /// Reads from stores.
    func read(_ work: @escaping @Sendable () throws -> Answer?) { run(on: reading, work) }

    /// Starts trials, or changes what a store says.
    func change(_ work: @escaping @Sendable () throws -> Answer?) { run(on: changing, work) }

    /// Writes files.
    func write(_ work: @escaping @Sendable () throws -> Answer?) { run(on: writing, work) }

    private func run(on queue: DispatchQueue, _ work: @escaping @Sendable () throws -> Answer?) {
        queue.async {
            let answer: Answer?
            do { answer = try work() } catch { answer = { $0.complain(error) } }
            guard let answer else { return }
            self.answers.withLock { $0.append(answer) }
            Screen.wake()
        }
    }

    /// The answers that have come.
    func take() -> [Answer] {
        answers.withLock { answers in
            defer { answers = [] }
            return answers
        }
    }

    /// Waits for changes and for files that are being written, at most so many seconds.
    func finish(seconds: Double) {
        let open = DispatchGroup()
        for queue in [changing, writing] { queue.async(group: open) {} }
        _ = open.wait(timeout: .now() + seconds)
    }
}
