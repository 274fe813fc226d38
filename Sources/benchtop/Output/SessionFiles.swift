import Checkpoints
import Foundation
import MethodKit
import SessionViews
import Store

/// A session as ordinary files.
struct SessionFiles {
    /// Takes text; false when nobody wants more.
    typealias Sink = (String) -> Bool

    private let session: SessionRecord
    private let store: SessionStore

    init(_ session: SessionRecord, _ store: SessionStore) {
        self.session = session
        self.store = store
    }

    /// Every point as `trial,arm,seed,metric,step,elapsed,value`.
    ///
    /// - Throws: `StoreError`.
    func csv(_ sink: Sink) throws {
        guard sink("trial,arm,seed,metric,step,elapsed,value\n") else { return }
        for trial in try store.trials(of: session.id) {
            for (index, metric) in session.metrics.enumerated() {
                let head = "\(trial.id),\(trial.arm),\(trial.seed),\(metric.name)"
                let lines = try store.points(of: trial.id, metric: index)
                    .map { "\(head),\($0.step),\($0.elapsed),\($0.value)\n" }
                guard sink(lines.joined()) else { return }
            }
        }
    }

    /// Every record, as `run --json` prints them.
    ///
    /// - Throws: `StoreError`.
    func jsonl(_ sink: Sink) throws {
        let trials = try store.trials(of: session.id)
        guard sink(try Records.line(Records.Session(session, trials: trials)) + "\n") else { return }
        for record in trials {
            let trial = StoredTrial(record, of: session, in: store)
            for item in try trial.items() {
                for record in trial.records(of: item) {
                    guard sink(try Records.line(record) + "\n") else { return }
                }
            }
            guard sink(try Records.line(trial.end()) + "\n") else { return }
        }
    }

    /// A folder: `metrics.csv`, `records.jsonl`, and each artifact's versions as ordinary files.
    ///
    /// - Throws: `StoreError`, or what the file system says.
    func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.write(to: folder.appending(path: "metrics.csv")) { try csv($0) }
        try Self.write(to: folder.appending(path: "records.jsonl")) { try jsonl($0) }
        for trial in try store.trials(of: session.id) {
            let place = folder.appending(path: Names.file("\(trial.arm)-\(trial.seed)"))
            for event in try store.events(of: trial.id) {
                guard case .artifact(let name, let artifact, _) = event.event else { continue }
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                for (file, data) in try artifact.files(named: "\(name)-\(event.step)") {
                    try data.write(to: place.appending(path: file))
                }
            }
        }
    }

    /// A folder with the states that each trial keeps, as safetensors: its final one when it has finished, else the newest
    /// and those of the stages before. Frozen parts that they refer to lie beside them under their digests.
    ///
    /// - Throws: `StoreError`, ``Failure`` when no trial has a state.
    func states(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var written = 0
        for trial in try store.trials(of: session.id) {
            guard let resume = try store.resumePoint(of: trial.id) else { continue }
            var states = resume.finalStates
            states[resume.checkpoint.stage] = resume.checkpoint.state
            for (stage, state) in states {
                let name = Names.file("\(trial.arm)-\(trial.seed)-\(stage)")
                try state.write(to: folder.appending(path: "\(name).safetensors"))
                for part in try StateCoding.frozenParts(in: state) {
                    let file = folder.appending(path: "\(part.hex).safetensors")
                    if !FileManager.default.fileExists(atPath: file.path) {
                        try resume.frozen(part).write(to: file, options: .atomic)
                    }
                }
                written += 1
            }
        }
        if written == 0 {
            throw Failure("Session \(session.shortID) keeps no checkpoints.", Status.unknown)
        }
    }

    /// Writes a text file piece by piece; the file appears when it is whole.
    static func write(to file: URL, _ body: (Sink) throws -> Void) throws {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let part = file.appendingPathExtension("part")
        guard FileManager.default.createFile(atPath: part.path, contents: nil) else {
            throw Failure("'\(file.path)' cannot be written.", Status.refused)
        }
        let handle = try FileHandle(forWritingTo: part)
        defer { try? handle.close() }
        var trouble: (any Error)?
        try body { text in
            do { try handle.write(contentsOf: Data(text.utf8)) } catch { trouble = error }
            return trouble == nil
        }
        if let trouble { throw trouble }
        guard rename(part.path, file.path) == 0 else {
            throw Failure("'\(file.path)' cannot be written.", Status.refused)
        }
    }
}
