import Base
import Foundation
import MethodKit
import Panes
import SessionControl
import SessionViews
import Store

/// The sessions that the workbench can show: the user's store, the recorded ones, and files that were named.
///
/// ``loadRecorded()``, ``refresh()``, ``recording(_:)`` and ``curves(of:width:)`` read stores and are called on the
/// reading queue only; the rest answers at once from what they have read.
final class SessionLibrary: Sendable {
    private struct State {
        var overview: SessionOverview?
        var stores: [String: SessionStore] = [:]
        var records: [SessionKey: SessionRecord] = [:]
        var statuses: [SessionKey: [TrialStatus]] = [:]
        var findings: [SessionKey: ClaimFinding] = [:]
        /// Of the user's own sessions only.
        var sizes: [SessionKey: Int] = [:]
        /// The user's own, newest first; files that were named; what came with the program.
        var own: [SessionKey] = [], named: [SessionKey] = [], recorded: [SessionKey] = []
    }

    private let own: SessionStore
    private let state = Locked(State())

    init(_ own: SessionStore) { self.own = own }

    // MARK: Reading

    /// Reads the recorded sessions.
    ///
    /// - Throws: `StoreError`.
    func loadRecorded() throws {
        for method in Catalogue.all {
            guard let file = SharedFiles.recorded(method.card.id),
                let store = try? SessionStore(path: file.path, mode: .readOnly),
                let session = try? store.find("last")
            else { continue }
            _ = try add(session, store, isRecorded: true)
        }
    }

    /// Reads what has changed in the user's store. Sessions whose process is gone become interrupted there.
    ///
    /// - Returns: the sessions that changed.
    /// - Throws: `StoreError`.
    func refresh() throws -> Set<SessionKey> {
        let old = state.withLock { $0.overview }
        var new = try own.overview(after: old)
        if new.sessions.contains(where: { Self.isAbandoned($0, new) }) {
            _ = try own.interruptAbandoned()
            new = try own.overview(after: new)
        }
        guard new.revision != old?.revision else { return [] }
        let before = Dictionary((old?.sessions ?? []).map { ($0.id, $0) }) { $1 }
        let changed = new.sessions.filter {
            before[$0.id] != $0 || old?.trials[$0.id] != new.trials[$0.id]
        }
        let gone = Set(before.keys).subtracting(new.sessions.map(\.id)).map(key)
        let findings = changed.map {
            (key($0.id), finding(of: $0, own, trials: new.trials[$0.id]?.count ?? 0))
        }
        let sizes = try sizes(changed, since: old, new)
        state.withLock { state in
            state.overview = new
            state.sizes.merge(sizes) { $1 }
            state.own = new.sessions.reversed().map { key($0.id) }
            for session in changed {
                state.records[key(session.id)] = session
                state.statuses[key(session.id)] = new.trials[session.id]?.map(\.status)
            }
            for (key, finding) in findings { state.findings[key] = finding }
            for key in gone {
                (state.records[key], state.statuses[key], state.findings[key]) = (nil, nil, nil)
                state.sizes[key] = nil
            }
        }
        return Set(changed.map { key($0.id) } + gone)
    }

    private func key(_ id: Int64) -> SessionKey { SessionKey(store: own.path, id: id) }

    /// Bytes of the sessions that changed; of all when one came, went or ended, for that changes what is shared.
    private func sizes(
        _ changed: [SessionRecord], since old: SessionOverview?, _ new: SessionOverview
    ) throws -> [SessionKey: Int] {
        let statuses = new.trials.mapValues { $0.map(\.status) }
        let isSame = old?.trials.mapValues { $0.map(\.status) } == statuses
        let sizes = try own.sizes(of: isSame ? changed.map(\.id) : nil).sessions
        return Dictionary(sizes.map { (key($0.session), $0.own) }) { $1 }
    }

    private static func isAbandoned(_ session: SessionRecord, _ overview: SessionOverview) -> Bool {
        guard let owner = session.owner, owner != .current else { return false }
        return overview.trials[session.id]?.contains { !$0.status.isFinal } == true && !owner.isAlive
    }

    /// What a session says of the first claim that it tests; a verdict needs at least two seeds, and most sessions have
    /// one and are not looked at.
    private func finding(of session: SessionRecord, _ store: SessionStore, trials: Int) -> ClaimFinding? {
        guard trials > 1, session.isClaim,
            let method = Catalogue.all.first(where: { $0.card.id == session.method }),
            let report = try? store.claimReports(of: session, method: method).first, report.complete.count > 1
        else { return nil }
        return report.finding
    }

    /// Makes a session known that has just been found or started.
    ///
    /// - Throws: `StoreError`.
    func add(_ session: SessionRecord, _ store: SessionStore, isRecorded: Bool = false) throws -> SessionKey {
        let key = SessionKey(store: store.path, id: session.id)
        let statuses = try store.trials(of: session.id).map(\.status)
        let finding = finding(of: session, store, trials: statuses.count)
        state.withLock { state in
            (state.records[key], state.statuses[key], state.findings[key]) = (session, statuses, finding)
            if store.path == own.path {
                if !state.own.contains(key) { state.own.insert(key, at: 0) }
                return
            }
            state.stores[store.path] = store
            guard !state.recorded.contains(key), !state.named.contains(key) else { return }
            if isRecorded { state.recorded.append(key) } else { state.named.append(key) }
        }
        return key
    }

    /// Everything that a session said; curves of more than ``Curve/most`` points as summaries.
    ///
    /// - Throws: `StoreError`, ``Failure``.
    func recording(_ key: SessionKey) throws -> Recording {
        let record = try record(key)
        return try Recording(record, try store(of: key), path: key.store, total: total(record))
    }

    /// A session's curves alone, of at most `width` points each.
    ///
    /// - Throws: `StoreError`, ``Failure``.
    func curves(of key: SessionKey, width: Int) throws -> SessionView {
        try SessionView(curvesOf: record(key), store(of: key), path: key.store, width: width)
    }

    /// Shows trials of a file that cannot be changed as interrupted where their process is gone.
    func interrupt(_ replay: inout Replay) {
        guard replay.isAtEnd, let owner = replay.view.record.owner, owner != .current, !owner.isAlive else {
            return
        }
        for (place, trial) in replay.view.trials.enumerated() where !trial.status.isFinal {
            replay.view.take(.status(.interrupted, ""), trial: place)
        }
    }

    // MARK: What is known

    /// The user's sessions, newest first, then files that were named, then the recorded ones.
    func list(live: [SessionKey: SessionView]) -> [Workbench.Listed] {
        let state = state.withLock { $0 }
        return (state.own + state.named + state.recorded).compactMap { key in
            state.records[key].map { record in
                Workbench.Listed(
                    key, record, statuses: live[key]?.trials.map(\.status) ?? state.statuses[key] ?? [],
                    finding: state.findings[key], size: state.sizes[key], isRecorded: key.store != own.path)
            }
        }
    }

    /// The store that holds a session.
    ///
    /// - Throws: ``Failure``.
    func store(of key: SessionKey) throws -> SessionStore {
        if key.store == own.path { return own }
        guard let store = state.withLock({ $0.stores[key.store] }) else {
            throw Failure("There is no store '\(key.store)'.", Status.unknown)
        }
        return store
    }

    /// The session as it is stored.
    ///
    /// - Throws: ``Failure``.
    func record(_ key: SessionKey) throws -> SessionRecord {
        guard let record = state.withLock({ $0.records[key] }) else {
            throw Failure("The session is not there any more.", Status.unknown)
        }
        return record
    }

    /// Steps of all stages of a trial, as far as the catalogue knows them.
    func total(_ session: SessionRecord) -> StepCount {
        guard let method = Catalogue.all.first(where: { $0.card.id == session.method }) else {
            return { _ in 0 }
        }
        if session.isTool { return { (try? method.steps(of: $0, in: session)) ?? 0 } }
        // All seeds of an arm have as many, and finding out takes longer than a trial takes to be read.
        let known = Locked([String: Int]())
        return { trial in
            known.withLock { known in
                if let steps = known[trial.arm] { return steps }
                let steps = (try? method.steps(of: trial, in: session)) ?? 0
                known[trial.arm] = steps
                return steps
            }
        }
    }
}
