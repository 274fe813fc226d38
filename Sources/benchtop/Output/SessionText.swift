import SessionViews
import Store
import TextLayout

/// A stored session for people: where it comes from, its inputs, its trials, and what it came to.
struct SessionText {
    private let session: SessionRecord
    private let store: SessionStore
    private let trials: [TrialRecord]
    private let size: SessionSize?

    /// Reads the session's trials and its size.
    ///
    /// - Throws: `StoreError`.
    init(_ found: FoundSession) throws {
        (session, store) = (found.session, found.store)
        trials = try store.trials(of: session.id)
        size = try store.sizes(of: [session.id]).sessions.first
    }

    /// Writes everything to standard output.
    ///
    /// - Throws: `StoreError`.
    func show() throws {
        showHead()
        Output.line()
        inputs.show()
        Output.line()
        table.show()
        for trial in trials {
            for edit in try store.edits(of: trial.id) { Output.line("Trial \(trial.id): \(edit.sentence)") }
        }
        Output.line()
        Summary(session, trials, store).show()
    }

    private func showHead() {
        let name = session.name.isEmpty ? "" : " '\(session.name)'"
        Output.line(
            "Session \(session.shortID)\(name): \(session.method) version \(session.methodVersion), "
                + "preset \(session.preset), \(session.purpose), began \(Dates.text(session.began)), "
                + "Benchtop \(session.benchtop).")
        if !session.note.isEmpty { Output.line(session.note) }
        let hardware = session.hardware.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let memory = session.peakMemory.map { "; \(ProgressText.memory($0))" } ?? ""
        Output.line("Machine: \(hardware.joined(separator: ", "))\(memory).")
        guard let size else { return }
        let shared =
            size.sharedBlobs > 0 ? ", and shares \(size.sharedBlobs.asBytes) with other sessions" : ""
        Output.line("It takes \(size.own.asBytes) of the store\(shared).")
    }

    private var inputs: Columns {
        var inputs = Columns("INPUT", "VALUE")
        for (name, value) in session.inputs.sorted(by: { $0.key < $1.key }) { inputs.add([name, value]) }
        return inputs
    }

    private var table: Columns {
        var table = Columns("TRIAL", "ARM", "SEED", "STATUS", "THROUGH", "TIME", "")
        for trial in trials {
            table.add([
                "\(trial.id)", trial.arm, "\(trial.seed)", trial.status(in: session).rawValue,
                "\(trial.through)", ProgressText.duration(trial.elapsed), trial.message,
            ])
        }
        return table
    }
}
