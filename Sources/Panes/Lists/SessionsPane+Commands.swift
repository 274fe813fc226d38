import MethodKit
import SessionViews
import Terminal

extension SessionsPane {
    private static let noSession: @Sendable (Workbench) -> String? = {
        $0.sessions.chosen($0.context) == nil ? "no session is chosen" : nil
    }
    private static let notOwn: @Sendable (Workbench) -> String? = { bench in
        guard let item = bench.sessions.chosen(bench.context) else { return "no session is chosen" }
        return item.isRecorded ? "it came with the program and stays as it is" : nil
    }

    static let commands: [Command] = [
        Command(
            "sessions.open", "open", "Show the session, whole.", in: .pane(.sessions), keys: [.enter],
            hinted: true, unless: noSession
        ) { bench in
            if let item = bench.sessions.chosen(bench.context) { bench.ask(.open(item.key, playing: false)) }
        },
        Command(
            "sessions.play", "play", "Replay the session from its beginning.", in: .pane(.sessions),
            keys: [.character("p")], hinted: true, unless: noSession
        ) { bench in
            if let item = bench.sessions.chosen(bench.context) { bench.ask(.open(item.key, playing: true)) }
        },
        Command(
            "sessions.overlay", "lay over",
            "Put the session's curves over the shown ones, or take them away.", in: .pane(.sessions),
            keys: [.character(" ")], hinted: true, unless: noSession
        ) {
            $0.toggleOverlay()
        },
        Command(
            "sessions.overlayAll", "lay all over",
            "Put the curves of all sessions in the list over the shown ones.",
            in: .pane(.sessions), keys: [.control("a")], unless: noSession
        ) { $0.overlayAll() },
        Command(
            "sessions.filter", "search",
            "Show only sessions with all these words: method, name, tag, status, verdict.",
            in: .pane(.sessions), keys: [.character("/")], hinted: true
        ) {
            $0.prompt(
                "search sessions", "words of method, name, note, tags, status, verdict",
                text: $0.sessions.filter, onChange: { $0.sessions.filter = $1 },
                onEscape: { $0.sessions.filter = "" }
            ) {
                $0.sessions.filter = $1
            }
        },
        Command(
            "sessions.rename", "rename", "Give the session a name.", in: .pane(.sessions),
            keys: [.character("n")], unless: notOwn
        ) { bench in
            guard let item = bench.sessions.chosen(bench.context) else { return }
            bench.prompt("name of \(item.record.shortID)", text: item.record.name) {
                $0.ask(.rename(item.key, $1))
            }
        },
        Command(
            "sessions.note", "note", "Write a note about the session.", in: .pane(.sessions),
            keys: [.character("N")], unless: notOwn
        ) { bench in
            guard let item = bench.sessions.chosen(bench.context) else { return }
            bench.prompt("note on \(item.record.shortID)", text: item.record.note) {
                $0.ask(.note(item.key, $1))
            }
        },
        Command(
            "sessions.tag", "tags", "Set the session's tags, words with spaces between them.",
            in: .pane(.sessions), keys: [.character("#")], unless: notOwn
        ) { bench in
            guard let item = bench.sessions.chosen(bench.context) else { return }
            bench.prompt("tags of \(item.record.shortID)", text: item.record.tags.joined(separator: " ")) {
                $0.ask(.tag(item.key, $1.split(separator: " ").map(String.init)))
            }
        },
        Command(
            "sessions.delete", "delete", "Delete the session for good; asks first.", in: .pane(.sessions),
            keys: [.character("D"), .delete], unless: notOwn
        ) {
            $0.askForDeletion()
        },
    ]
}

extension Workbench {
    fileprivate mutating func toggleOverlay() {
        guard let item = sessions.chosen(context) else { return }
        if let place = overlays.firstIndex(where: { $0.key == item.key }) {
            overlays.remove(at: place)
        } else if awaitedOverlays.remove(item.key) != nil {
            return
        } else if let open = live[item.key] {
            overlays.append(open)
        } else {
            askFor(overlay: item.key)
        }
    }

    private mutating func askFor(overlay key: SessionKey) {
        if awaitedOverlays.insert(key).inserted { ask(.overlay(key)) }
    }

    fileprivate mutating func overlayAll() {
        for item in sessions.found(context)
        where item.key != shown && !overlays.contains(where: { $0.key == item.key }) {
            if let open = live[item.key] { overlays.append(open) } else { askFor(overlay: item.key) }
        }
    }

    fileprivate mutating func askForDeletion() {
        guard let item = sessions.chosen(context) else { return }
        if live[item.key]?.isOpen == true { return say("It runs; stop it first.") }
        sheet = .question(
            Question(
                text:
                    "Delete session \(item.record.shortID) (\(item.record.method)) with all its trials? It cannot be taken back.",
                answers: [
                    (.character("y"), "delete it", { $0.ask(.delete(item.key)) }),
                    (.character("n"), "keep it", { _ in }),
                ]))
    }

    /// The session is gone from the store.
    public mutating func forget(_ key: SessionKey) {
        live[key] = nil
        overlays.removeAll { $0.key == key }
        if shown == key { (shown, replay) = (nil, nil) }
    }
}
