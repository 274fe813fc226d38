import Foundation
import MethodKit
import Panes
import SessionControl
import SessionViews
import Store

/// What the desk does with sessions and files.
extension WorkbenchLoop {
    // MARK: Showing

    /// Shows what a start begins with: a session that was interrupted, the last one, or a recorded one playing.
    func showFirst() {
        refresh()
        if let last = bench.listed.first(where: { !$0.isRecorded }) {
            attempt { try open(last.key, playing: false) }
            if last.statuses.contains(.interrupted) {
                bench.say(
                    "Session \(last.record.shortID) (\(last.record.method)) was interrupted; R goes on.")
            }
        } else if let recorded = bench.listed.first {
            attempt {
                var replay = Replay(try sessions.recording(recorded.key))
                replay.fit(seconds: 20)
                replay.toggle()
                bench.show(replay)
            }
            bench.say("A recorded claim is playing. 1 methods · a run all arms · ? all keys")
        }
    }

    /// Takes the user's keys, and says what is wrong with the configuration.
    func use(_ settings: Settings) {
        do { try bench.keymap.remap(settings.keys) } catch { complain(error) }
        if let trouble = settings.trouble { bench.say(trouble, isBad: true) }
    }

    /// Shows the session that the user named.
    func show(_ found: FoundSession, playing: Bool, speed: Double?) {
        refresh()
        attempt {
            let key = sessions.add(found.session, found.store)
            try open(key, playing: playing)
            if let speed, speed > 0 { bench.setReplaySpeed(speed) }
        }
        bench.listed = sessions.list(live: bench.live)
    }

    func open(_ key: SessionKey, playing: Bool) throws {
        if let live = bench.live[key], live.isOpen { return bench.show(started: live) }
        var replay = Replay(try sessions.recording(key), atEnd: !playing)
        if playing { replay.toggle() }
        bench.show(replay)
    }

    private func attempt(_ action: () throws -> Void) { do { try action() } catch { complain(error) } }

    // MARK: Running

    func start(_ plan: SessionPlan) throws {
        let (session, trials) = try controller.start(plan)
        let key = sessions.add(session, store)
        bench.show(started: SessionView(key, session, trials, total: sessions.total(session)))
        refresh()
    }

    func resume(_ key: SessionKey) throws {
        let session = try store.find(sessions.record(key).shortID)
        let method = try Catalogue.method(session.method)
        var view = try sessions.recording(key).whole
        let open = try controller.resume(session, of: method)
        view.queue(open)
        view.record = session
        bench.show(started: view)
        refresh()
    }

    // MARK: Changing

    func change(_ key: SessionKey, _ action: (Int64) throws -> Void) throws {
        guard key.store == store.path else {
            throw Failure("Only sessions of '\(store.path)' can be changed.", Status.refused)
        }
        try action(key.id)
        refresh()
    }

    func readDetail(_ request: DetailRequest) throws {
        let buckets = try sessions.store(of: request.session).curve(
            of: request.trial, metric: request.metric, steps: request.steps, width: 2048)
        bench.take(buckets, for: request)
    }

    // MARK: Files

    /// Writes an artifact into the current folder, under a name that is not taken.
    func export(_ name: String, _ artifact: Artifact) throws {
        let base = [bench.view?.record.method ?? "", name].filter { !$0.isEmpty }.joined(separator: "-")
        let folder = URL(filePath: FileManager.default.currentDirectoryPath)
        var number = 1, files = try artifact.files(named: base)
        while files.contains(where: {
            FileManager.default.fileExists(atPath: folder.appending(path: $0.name).path)
        }) {
            number += 1
            files = try artifact.files(named: "\(base)-\(number)")
        }
        for file in files { try file.contents.write(to: folder.appending(path: file.name)) }
        bench.say(
            "written: \(files.map(\.name).prefix(3).joined(separator: ", "))\(files.count > 3 ? " …" : "")")
    }

    /// Appends a choice to a file, which is made when there is none.
    func choose(_ choice: Choice, _ file: String) throws {
        let line = Data((try Records.line(choice) + "\n").utf8)
        if !FileManager.default.fileExists(atPath: file) {
            _ = FileManager.default.createFile(atPath: file, contents: nil)
        }
        guard let handle = FileHandle(forWritingAtPath: file) else {
            throw Failure("'\(file)' cannot be written.", Status.refused)
        }
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: line)
        let side = choice.chosen == .a ? "left" : "right"
        let next = bench.useChoices(in: file) ? "; the next run learns from it" : ""
        bench.say("Pair \(choice.pair): the \(side) one, in \(file)\(next).")
    }

    /// Writes a session into a store file of its own in the current folder.
    func share(_ key: SessionKey) throws {
        let session = try sessions.record(key)
        let folder = URL(filePath: FileManager.default.currentDirectoryPath)
        let name = Names.file("\(session.method)-\(session.shortID)") + ".sqlite"
        let file = folder.appending(path: name)
        guard !FileManager.default.fileExists(atPath: file.path) else {
            throw Failure("There is a file '\(name)' here already.", Status.refused)
        }
        try sessions.store(of: key).export(session: key.id, to: file.path, checkpoints: false)
        bench.say("written: \(name); 'benchtop replay \(name)' plays it anywhere.")
    }
}
