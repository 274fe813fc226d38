import Foundation
import MethodKit
import Panes
import SessionControl
import SessionViews
import Store

/// The sessions that the workbench can show: the user's store, the recorded ones, and files that were named.
struct SessionList {
    private let own: SessionStore
    private var others: [String: SessionStore] = [:]
    private var records: [SessionKey: SessionRecord] = [:]
    private var statuses: [SessionKey: [Int64: TrialStatus]] = [:]
    private var verdicts: [SessionKey: Judgement.Verdict] = [:]
    private var order: [SessionKey] = []
    private var recorded: [SessionKey] = []
    private var named: [SessionKey] = []
    private var revision = -1

    init(_ own: SessionStore) {
        self.own = own
        for method in Catalogue.all {
            guard let file = SharedFiles.recorded(method.card.id),
                let store = try? SessionStore(path: file.path, mode: .readOnly),
                let session = try? store.find("last")
            else { continue }
            others[store.path] = store
            let key = SessionKey(store: store.path, id: session.id)
            note(session, key, store)
            recorded.append(key)
        }
    }

    /// Whether any process has changed the user's store since it was read.
    var hasChanged: Bool { (try? own.revision()) != revision }

    /// Reads the user's sessions.
    ///
    /// - Throws: `StoreError`.
    mutating func read() throws {
        revision = try own.revision()
        let sessions = try own.sessions()
        order = sessions.reversed().map { SessionKey(store: own.path, id: $0.id) }
        for session in sessions { note(session, SessionKey(store: own.path, id: session.id), own) }
    }

    /// Makes a session known.
    mutating func add(_ session: SessionRecord, _ store: SessionStore) -> SessionKey {
        if store.path != own.path { others[store.path] = store }
        let key = SessionKey(store: store.path, id: session.id)
        note(session, key, store)
        if store.path != own.path, !recorded.contains(key), !named.contains(key) { named.append(key) }
        return key
    }

    /// A trial of the user's store has another status.
    mutating func note(_ status: TrialStatus, of trial: Int64) {
        for key in statuses.keys where key.store == own.path && statuses[key]?[trial] != nil {
            statuses[key]?[trial] = status
            verdicts[key] = nil
            if status.isFinal { judge(key, own) }
        }
    }

    private mutating func note(_ session: SessionRecord, _ key: SessionKey, _ store: SessionStore) {
        let isNew = records[key] == nil
        records[key] = session
        let trials = (try? store.trials(of: session.id)) ?? []
        let now = Dictionary(trials.map { ($0.id, $0.status) }) { $1 }
        guard isNew || now != statuses[key] else { return }
        statuses[key] = now
        judge(key, store)
    }

    /// A verdict needs at least two seeds; most sessions have one and are not looked at.
    private mutating func judge(_ key: SessionKey, _ store: SessionStore) {
        guard let session = records[key], (statuses[key]?.count ?? 0) >= 4,
            let claim = Catalogue.all.first(where: { $0.card.id == session.method })?.claims.first,
            let report = try? ClaimReport(claim, in: session, store: store), report.pairs.count > 1
        else { return verdicts[key] = nil }
        verdicts[key] = report.verdict
    }

    /// The user's sessions, newest first, then files that were named, then the recorded ones.
    func list(live: [SessionKey: SessionView]) -> [Workbench.Listed] {
        (order + named + recorded).compactMap { key in
            records[key].map { record in
                Workbench.Listed(
                    key, record,
                    statuses: live[key]?.trials.map(\.status) ?? statuses[key].map { Array($0.values) } ?? [],
                    verdict: verdicts[key], isRecorded: key.store != own.path)
            }
        }
    }

    /// The store that holds a session.
    ///
    /// - Throws: ``Failure``.
    func store(of key: SessionKey) throws -> SessionStore {
        if key.store == own.path { return own }
        guard let store = others[key.store] else {
            throw Failure("There is no store '\(key.store)'.", Status.unknown)
        }
        return store
    }

    /// The session as it is stored.
    ///
    /// - Throws: ``Failure``.
    func record(_ key: SessionKey) throws -> SessionRecord {
        guard let record = records[key] else {
            throw Failure("The session is not there any more.", Status.unknown)
        }
        return record
    }

    /// Everything that a session said; curves of more than `width` points as summaries.
    ///
    /// - Throws: `StoreError`, ``Failure``.
    func recording(_ key: SessionKey, width: Int = Curve.most) throws -> Recording {
        let record = try record(key)
        return try Recording(record, try store(of: key), path: key.store, total: total(record), width: width)
    }

    /// Steps of all stages of a trial, as far as the catalogue knows them.
    func total(_ session: SessionRecord) -> Int {
        let method = Catalogue.all.first { $0.card.id == session.method }
        return (try? method?.stages(session.inputs).reduce(0) { $0 + $1.total }) ?? 0
    }

    /// Whether another process runs the session.
    func isWrittenElsewhere(_ key: SessionKey) -> Bool {
        guard let owner = records[key]?.owner else { return false }
        return owner != .current && owner.isAlive
    }
}
