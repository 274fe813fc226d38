import MethodKit
import SessionViews

/// What keys do while a pane has the focus.
extension Command {
    static let methodsPane: [Command] = [
        Command(
            "methods.choose", "choose", "Take this method; its inputs come next.", in: .pane(.methods),
            keys: [.enter], hinted: true
        ) {
            $0.chooseMethod()
        },
        Command(
            "methods.filter", "search", "Show only methods whose name or title contains a text.",
            in: .pane(.methods), keys: [.character("/")], hinted: true
        ) {
            $0.prompt(
                "search methods", text: $0.methods.filter, onChange: { $0.methods.filter = $1 },
                onEscape: { $0.methods.filter = "" }
            ) {
                $0.methods.filter = $1
            }
        },
    ]

    static let inputsPane: [Command] = [
        Command(
            "inputs.change", "change", "Type a value; a live input (~) also changes in the trials that run.",
            in: .pane(.inputs), keys: [.enter], hinted: true
        ) {
            $0.askForValue()
        },
        Command(
            "inputs.more", "more", "The next choice; a whole number up by one, another doubled.",
            in: .pane(.inputs), keys: [.right, .character("l")], hinted: true
        ) {
            $0.turn(by: 1)
        },
        Command(
            "inputs.less", "less", "The choice before; a whole number down by one, another halved.",
            in: .pane(.inputs), keys: [.left, .character("h")], hinted: true
        ) {
            $0.turn(by: -1)
        },
        Command(
            "inputs.undo", "undo", "Take the last change back.", in: .pane(.inputs), keys: [.character("u")],
            hinted: true, unless: { $0.form?.canUndo == true ? nil : "nothing was changed" }
        ) {
            $0.undo()
        },
        Command(
            "inputs.reset", "reset", "Back to the preset's value.", in: .pane(.inputs), keys: [.backspace]
        ) { bench in
            guard let row = bench.inputs.row(bench) else { return }
            bench.form?.reset(row)
            bench.editRunning(row)
        },
    ]

    private static let noSession: @Sendable (Workbench) -> String? = {
        $0.sessions.chosen($0) == nil ? "no session is chosen" : nil
    }
    private static let notOwn: @Sendable (Workbench) -> String? = { bench in
        guard let item = bench.sessions.chosen(bench) else { return "no session is chosen" }
        return item.isRecorded ? "it came with the program and stays as it is" : nil
    }

    static let sessionsPane: [Command] = [
        Command(
            "sessions.open", "open", "Show the session, whole.", in: .pane(.sessions), keys: [.enter],
            hinted: true, unless: noSession
        ) { bench in
            if let item = bench.sessions.chosen(bench) { bench.ask(.open(item.key, playing: false)) }
        },
        Command(
            "sessions.play", "play", "Replay the session from its beginning.", in: .pane(.sessions),
            keys: [.character("p")], hinted: true, unless: noSession
        ) { bench in
            if let item = bench.sessions.chosen(bench) { bench.ask(.open(item.key, playing: true)) }
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
            guard let item = bench.sessions.chosen(bench) else { return }
            bench.prompt("name of \(item.record.shortID)", text: item.record.name) {
                $0.ask(.rename(item.key, $1))
            }
        },
        Command(
            "sessions.note", "note", "Write a note about the session.", in: .pane(.sessions),
            keys: [.character("N")], unless: notOwn
        ) { bench in
            guard let item = bench.sessions.chosen(bench) else { return }
            bench.prompt("note on \(item.record.shortID)", text: item.record.note) {
                $0.ask(.note(item.key, $1))
            }
        },
        Command(
            "sessions.tag", "tags", "Set the session's tags, words with spaces between them.",
            in: .pane(.sessions), keys: [.character("#")], unless: notOwn
        ) { bench in
            guard let item = bench.sessions.chosen(bench) else { return }
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

    static let chartsPane: [Command] = [
        Command(
            "charts.single", "one or all", "Show one chart large, or all of them.", in: .pane(.charts),
            keys: [.enter], hinted: true
        ) {
            $0.charts.toggleSingle()
        },
        Command(
            "charts.zoomIn", "zoom in", "Show fewer steps around the cursor.", in: .pane(.charts),
            keys: [.character("+"), .character("=")], hinted: true
        ) {
            $0.charts.zoom(by: 0.5, $0)
        },
        Command("charts.zoomOut", "zoom out", "Show more steps.", in: .pane(.charts), keys: [.character("-")])
        {
            $0.charts.zoom(by: 2, $0)
        },
        Command(
            "charts.panLeft", "earlier", "Show earlier steps.", in: .pane(.charts), keys: [.character("H")]
        ) { $0.charts.pan(by: -0.25, $0) },
        Command("charts.panRight", "later", "Show later steps.", in: .pane(.charts), keys: [.character("L")])
        { $0.charts.pan(by: 0.25, $0) },
        Command(
            "charts.all", "whole", "Show all steps, without a cursor.", in: .pane(.charts),
            keys: [.character("0")]
        ) { $0.charts.reset() },
        Command(
            "charts.log", "log y",
            "Logarithmic or linear values; on a logarithmic scale, values of 0 or less are gaps.",
            in: .pane(.charts), keys: [.character("y")], hinted: true
        ) {
            $0.charts.isLog.toggle()
        },
        Command(
            "charts.x", "x axis", "Steps or seconds along the x axis.", in: .pane(.charts),
            keys: [.character("x")]
        ) { $0.charts.toggleX() },
        Command(
            "charts.smooth", "smooth", "Smoothing: none, 0.6, 0.9, 0.97; the raw curve stays, faint.",
            in: .pane(.charts), keys: [.character("m")], hinted: true
        ) {
            $0.charts.nextSmoothing()
        },
        Command(
            "charts.band", "band", "Seeds as mean and 95 % band, or each as its own curve.",
            in: .pane(.charts), keys: [.character("b")],
            unless: { ($0.view?.seeds.count ?? 0) > 1 ? nil : "there is one seed only" }
        ) {
            $0.charts.hasBands.toggle()
        },
        Command(
            "charts.dots", "dots", "Curves of braille dots, half blocks or ASCII marks.", in: .pane(.charts),
            keys: [.character("d")]
        ) { $0.charts.nextDots() },
        Command(
            "charts.next", "next chart", "Choose the next chart.", in: .pane(.charts), keys: [.character("n")]
        ) { bench in
            let now = bench
            bench.charts.move(.down, now)
        },
    ]

    static let logsPane: [Command] = [
        Command(
            "logs.link", "on chart", "Put the charts' cursor on the line's step.", in: .pane(.logs),
            keys: [.enter], hinted: true
        ) { bench in
            guard let line = bench.logs.line(bench) else { return }
            bench.charts.point(step: line.step, bench)
        },
        Command(
            "logs.follow", "follow", "Follow the newest line.", in: .pane(.logs), keys: [.character("f")],
            hinted: true
        ) { $0.logs.follow() },
        Command(
            "logs.level", "level", "Least level that is shown: debug, info, warning, error.",
            in: .pane(.logs), keys: [.character("v")], hinted: true
        ) { $0.logs.nextLevel() },
        Command(
            "logs.all", "all trials", "Lines of all trials, or of the shown one only.", in: .pane(.logs),
            keys: [.character("A")]
        ) { $0.logs.toggleAll() },
        Command(
            "logs.filter", "search", "Show only lines that contain a text.", in: .pane(.logs),
            keys: [.character("/")], hinted: true
        ) {
            $0.prompt(
                "search logs", text: $0.logs.filter, onChange: { $0.logs.filter = $1 },
                onEscape: { $0.logs.filter = "" }
            ) {
                $0.logs.filter = $1
            }
        },
    ]

    private static let noArtifact: @Sendable (Workbench) -> String? = {
        $0.currentArtifact == nil ? "the trial has kept nothing yet" : nil
    }

    static let artifactPane: [Command] = [
        Command(
            "artifact.next", "next", "The trial's next artifact.", in: .pane(.artifact),
            keys: [.character("n"), .enter], hinted: true, unless: noArtifact
        ) { bench in
            let now = bench
            bench.artifact.next(by: 1, now)
        },
        Command(
            "artifact.previous", "previous", "The trial's artifact before.", in: .pane(.artifact),
            keys: [.character("N")], unless: noArtifact
        ) { bench in
            let now = bench
            bench.artifact.next(by: -1, now)
        },
        Command(
            "artifact.older", "older", "An earlier version of the artifact.", in: .pane(.artifact),
            keys: [.character("[")], hinted: true, unless: noArtifact
        ) { bench in
            let now = bench
            bench.artifact.version(by: -1, now)
        },
        Command(
            "artifact.newer", "newer", "A later version; the last follows the trial.", in: .pane(.artifact),
            keys: [.character("]")], unless: noArtifact
        ) { bench in
            let now = bench
            bench.artifact.version(by: 1, now)
        },
        Command(
            "artifact.play", "play", "Play frames, turn a mesh, or stop.", in: .pane(.artifact),
            keys: [.character("p")], hinted: true, unless: noArtifact
        ) { $0.artifact.isPlaying.toggle() },
        Command(
            "artifact.versions", "versions", "Play an artifact's versions from the first: how it grew.",
            in: .pane(.artifact), keys: [.character("v")], hinted: true, unless: noArtifact
        ) { $0.artifact.playVersions() },
        Command(
            "artifact.near", "nearer", "Show a mesh larger.", in: .pane(.artifact),
            keys: [.character("+"), .character("=")], unless: noArtifact
        ) { $0.artifact.zoom(by: 1.25) },
        Command(
            "artifact.far", "farther", "Show a mesh smaller.", in: .pane(.artifact), keys: [.character("-")],
            unless: noArtifact
        ) { $0.artifact.zoom(by: 0.8) },
        Command(
            "artifact.left", "left is better", "Of two things side by side, choose the left one.",
            in: .pane(.artifact), keys: [.character("{")], hinted: true, unless: \.reasonNoChoice
        ) { $0.choose(.a) },
        Command(
            "artifact.right", "right is better", "Of two things side by side, choose the right one.",
            in: .pane(.artifact), keys: [.character("}")], hinted: true, unless: \.reasonNoChoice
        ) { $0.choose(.b) },
        Command(
            "artifact.export", "write", "Write the artifact as an ordinary file into the current folder.",
            in: .pane(.artifact), keys: [.character("w")], hinted: true, unless: noArtifact
        ) { bench in
            if let (name, kept) = bench.currentArtifact { bench.ask(.export(name: name, kept.artifact)) }
        },
    ]
}
