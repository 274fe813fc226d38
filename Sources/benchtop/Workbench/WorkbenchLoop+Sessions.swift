import Base
import Foundation
import MethodKit
import Panes
import SessionControl
import SessionViews
import Store

/// What the loop does with sessions: they are read, started and changed in the background, and shown when they come, if
/// the user still wants them then.
extension WorkbenchLoop {
    // MARK: Showing

    /// Shows what a start begins with: a session that the user named, one that was interrupted, the last one, or a
    /// recorded one playing. It is read before the recorded ones are looked at, which may be many.
    func begin(with found: FoundSession?, playing: Bool, speed: Double?) {
        bench.pending = "reading sessions"
        let library = library
        background.read {
            let read = Result { () throws -> SessionKey? in
                _ = try library.refresh()
                return try found.map { try library.add($0.session, $0.store) }
            }
            return { loop in
                defer { loop.readRecorded() }
                loop.bench.listed = library.list(live: loop.bench.live)
                if let named = try read.get() {
                    loop.open(named, playing: playing, speed: speed)
                } else {
                    loop.showLast()
                }
            }
        }
    }

    private func showLast() {
        guard isUntouched, let last = bench.listed.first(where: { !$0.isRecorded }) else { return }
        let name = "\(last.record.shortID) (\(last.record.method))"
        let isInterrupted = last.statuses.contains(.interrupted)
        open(
            last.key, playing: false,
            saying: isInterrupted ? "Session \(name) was interrupted; R goes on." : nil)
    }

    private func readRecorded() {
        let library = library
        background.read {
            try library.loadRecorded()
            return { loop in
                loop.bench.listed = library.list(live: loop.bench.live)
                if loop.isUntouched { loop.showRecorded() }
            }
        }
    }

    private func showRecorded() {
        bench.pending = nil
        guard let recorded = bench.listed.first else { return }
        open(
            recorded.key, playing: true, seconds: 20,
            saying: "A recorded claim is playing. 1 methods · a run all arms · ? all keys")
    }

    /// Whether nothing is shown or about to be: a quick user has started something already.
    private var isUntouched: Bool { bench.shown == nil && opening == nil && beginning == 0 }

    /// Shows a session: at once while it is live, else when it has been read, unless another was asked for meanwhile.
    ///
    /// - Parameters:
    ///   - key: which one.
    ///   - playing: whether it plays from its beginning.
    ///   - speed: times as fast as it was recorded.
    ///   - seconds: how long the whole is to take, instead of a speed.
    ///   - sentence: what is said once it is shown.
    func open(
        _ key: SessionKey, playing: Bool, speed: Double? = nil, seconds: Double? = nil,
        saying sentence: String? = nil
    ) {
        (opening, bench.pending) = (nil, nil)
        if let live = bench.live[key], live.isOpen { return bench.show(started: live) }
        let item = bench.listed.first { $0.key == key }
        let name = item.map { "\($0.record.method) \($0.record.shortID)" } ?? "a session"
        (opening, bench.pending) = (key, "reading \(name)")
        heldUntil = Uptime.seconds + Self.blink
        let library = library
        background.read {
            let read = Result { () throws -> Replay in
                var replay = Replay(try library.recording(key), atEnd: !playing)
                if let seconds { replay.fit(seconds: seconds) }
                if let speed, speed > 0 { replay.setSpeed(speed) }
                if playing { replay.toggle() }
                library.interrupt(&replay)
                return replay
            }
            return { loop in
                guard loop.opening == key else { return }
                (loop.opening, loop.bench.pending, loop.heldUntil) = (nil, nil, 0)
                loop.bench.show(try read.get())
                if let sentence { loop.bench.say(sentence) }
            }
        }
    }

    /// Puts a session's curves over the shown ones, if they are still wanted when they have been read.
    func overlay(_ key: SessionKey) {
        let library = library
        // No chart has more columns of dots; what a zoom shows is read when it is asked for.
        let width = max(512, 2 * screen.width)
        background.read {
            let read = Result { try library.curves(of: key, width: width) }
            return { loop in
                guard loop.bench.isAwaited(overlay: key) else { return }
                do { loop.bench.lay(over: try read.get()) } catch {
                    loop.bench.forget(overlay: key)
                    throw error
                }
            }
        }
    }

    /// Reads a part of a curve, unless its window has gone before its turn comes.
    func readDetail(_ request: DetailRequest) {
        let library = library, wanted = wantedDetails
        wanted.withLock { $0 = bench.awaitedDetails }
        background.read {
            guard wanted.withLock({ $0.contains(request) }) else { return nil }
            let buckets = try library.store(of: request.session).curve(
                of: request.trial, metric: request.metric, steps: request.steps, width: 2048)
            return { $0.bench.take(buckets, for: request) }
        }
    }

    // MARK: What changes

    /// Reads what has changed in the user's store, and the shown session where another process has written it.
    func refresh() {
        let library = library, isRefreshing = isRefreshing
        let isFirst = isRefreshing.withLock { isRefreshing in
            defer { isRefreshing = true }
            return !isRefreshing
        }
        guard isFirst else { return }
        background.read {
            defer { isRefreshing.withLock { $0 = false } }
            let changed = try library.refresh()
            guard !changed.isEmpty else { return nil }
            return { loop in
                loop.bench.listed = library.list(live: loop.bench.live)
                loop.reread(changed)
            }
        }
    }

    /// Reads the shown session again when another process has written it and the user looks at its end.
    private func reread(_ changed: Set<SessionKey>) {
        guard let key = bench.shown, changed.contains(key), bench.live[key] == nil, isFollowing(key) else {
            return
        }
        let library = library
        background.read {
            let replay = Replay(try library.recording(key), atEnd: true)
            return { loop in
                if loop.isFollowing(key) { loop.bench.update(replay) }
            }
        }
    }

    private func isFollowing(_ key: SessionKey) -> Bool {
        bench.shown == key && opening == nil && bench.replay?.isAtEnd == true
    }

    // MARK: Running

    func start(_ plan: SessionPlan) { start(plan.method.card.id) { plan } }

    /// Applies a finished trial to a file; its state is in the user's own store alone.
    func apply(_ trial: Int64, of key: SessionKey, to typed: [String: String]) {
        let library = library, store = store
        start((try? library.record(key).method) ?? "a trial") {
            let session = try store.find(library.record(key).shortID)
            guard key.store == store.path,
                let found = try store.trials(of: session.id).first(where: { $0.id == trial })
            else { throw ToolError.notTrained }
            return try SessionPlan(
                applying: found, of: session, Catalogue.method(session.method),
                edits: store.edits(of: trial), typed: typed)
        }
    }

    private func start(_ name: String, _ plan: @escaping @Sendable () throws -> SessionPlan) {
        let library = library, controller = controller, store = store
        begin("starting \(name)") {
            let (session, trials) = try controller.start(plan())
            let key = try library.add(session, store)
            return SessionView(key, session, trials, total: library.total(session))
        }
    }

    func resume(_ key: SessionKey) {
        let library = library, controller = controller, store = store
        begin("resuming \((try? library.record(key).shortID) ?? "a session")") {
            let session = try store.find(library.record(key).shortID)
            let method = try Catalogue.method(session.method)
            var view = try library.recording(key).whole
            let open = try controller.resume(session, of: method)
            view.queue(open)
            view.record = session
            return view
        }
    }

    /// Starts trials and shows them. What they say before they are shown is kept until then.
    private func begin(_ what: String, _ start: @escaping @Sendable () throws -> SessionView) {
        beginning += 1
        opening = nil
        bench.pending = what
        background.change {
            let started = Result { try start() }
            return { loop in
                loop.beginning -= 1
                (loop.opening, loop.bench.pending) = (nil, nil)
                let view = try started.get()
                loop.bench.show(started: view)
                loop.refresh()
            }
        }
    }

    // MARK: Changing

    /// Changes what the store says of one of the user's own sessions.
    func change(
        _ key: SessionKey, _ action: @escaping @Sendable (SessionStore, Int64) throws -> Void,
        then: @escaping @Sendable (inout Workbench) -> Void = { _ in }
    ) throws {
        guard key.store == store.path else {
            throw Failure("Only sessions of '\(store.path)' can be changed.", Status.refused)
        }
        let store = store
        background.change {
            try action(store, key.id)
            return { loop in
                then(&loop.bench)
                loop.refresh()
            }
        }
    }
}
