import MethodKit
import SessionControl
import Store
import Terminal

extension Command {
    /// Every command of the workbench.
    static let all: [Command] =
        running + replaying + methodsPane + inputsPane + sessionsPane + chartsPane + logsPane + artifactPane
        + general + moving

    // MARK: Trials

    private static let running: [Command] = [
        Command(
            "run.arm", "run", "Run the chosen arm with the chosen seed.", keys: [.character("r")],
            hinted: true
        ) {
            $0.start(.run)
        },
        Command(
            "run.all", "all arms", "Run all arms with the chosen seed, side by side.",
            keys: [.character("a")],
            hinted: true
        ) { $0.start(.duel) },
        Command(
            "run.claim", "claim", "Test the method's claim on its own seeds: effect, interval, verdict.",
            keys: [.character("c")], hinted: true,
            unless: { $0.form?.method.claims.isEmpty == false ? nil : "the method makes no claim" }
        ) { $0.askForClaim() },
        Command(
            "trial.pause", "pause", "Let the running trials wait after a checkpoint, or go on.",
            keys: [.character(" ")], hinted: true, unless: \.reasonNothingRuns
        ) { $0.togglePause() },
        Command(
            "trial.step", "step", "Let the trials run one step and wait.", keys: [.character("s")],
            hinted: true,
            unless: \.reasonNothingRuns
        ) { $0.ask(.step($0.openTrials.map(\.record.id), 1)) },
        Command(
            "trial.steps", "n steps", "Let the trials run some steps and wait.", keys: [.character("S")],
            unless: \.reasonNothingRuns
        ) { $0.askForSteps() },
        Command(
            "trial.stop", "stop", "Stop the shown session's trials after a checkpoint; they can be resumed.",
            keys: [.character("X")], unless: \.reasonNothingRuns
        ) { $0.ask(.stop($0.openTrials.map(\.record.id))) },
        Command(
            "trial.next", "next trial", "Show the next trial's artifacts and progress.",
            keys: [.character("t")],
            unless: { ($0.view?.trials.count ?? 0) > 1 ? nil : "there is one trial only" }
        ) { $0.changeTrial(by: 1) },
        Command(
            "trial.previous", "previous trial", "Show the previous trial's artifacts and progress.",
            keys: [.character("T")],
            unless: { ($0.view?.trials.count ?? 0) > 1 ? nil : "there is one trial only" }
        ) { $0.changeTrial(by: -1) },
    ]

    // MARK: Replay

    private static let replaying: [Command] = [
        Command("replay.play", "play", "Play or stop.", in: .replay, keys: [.character(" ")], hinted: true) {
            $0.replay?.toggle()
        },
        Command(
            "replay.forward", "forward", "To the next moment at which a trial said something.", in: .replay,
            keys: [.character(".")], hinted: true
        ) { $0.replay?.step(forwards: true) },
        Command(
            "replay.back", "back", "To the moment before.", in: .replay, keys: [.character(",")], hinted: true
        ) { $0.replay?.step(forwards: false) },
        Command(
            "replay.faster", "faster", "Play faster, up to 64 times.", in: .replay, keys: [.character(">")]
        ) {
            $0.replay?.changeSpeed(by: 1)
        },
        Command(
            "replay.slower", "slower", "Play slower, down to a tenth.", in: .replay, keys: [.character("<")]
        ) {
            $0.replay?.changeSpeed(by: -1)
        },
        Command(
            "replay.nextChapter", "chapter", "To the next stage, edit or warning.", in: .replay,
            keys: [.character("]")], hinted: true
        ) { $0.replay?.chapter(forwards: true) },
        Command(
            "replay.previousChapter", "chapter back", "To the stage, edit or warning before.", in: .replay,
            keys: [.character("[")]
        ) { $0.replay?.chapter(forwards: false) },
        Command(
            "replay.idle", "idle", "Pass over stretches in which nothing happens, or show them.", in: .replay,
            keys: [.character("i")]
        ) {
            $0.replay?.toggleIdle()
        },
        Command("replay.start", "to start", "To the beginning.", in: .replay, keys: [.character("(")]) {
            $0.replay?.seek(to: 0)
        },
        Command(
            "replay.end", "to end", "To the end: everything at once.", in: .replay, keys: [.character(")")]
        ) {
            if let end = $0.replay?.recording.duration { $0.replay?.seek(to: end) }
        },
    ]

    // MARK: Panes

    private static let methodsPane: [Command] = [
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

    private static let inputsPane: [Command] = [
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

    private static let sessionsPane: [Command] = [
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

    private static let chartsPane: [Command] = [
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

    private static let logsPane: [Command] = [
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

    private static let artifactPane: [Command] = [
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
            "artifact.near", "nearer", "Show a mesh larger.", in: .pane(.artifact),
            keys: [.character("+"), .character("=")], unless: noArtifact
        ) { $0.artifact.zoom(by: 1.25) },
        Command(
            "artifact.far", "farther", "Show a mesh smaller.", in: .pane(.artifact), keys: [.character("-")],
            unless: noArtifact
        ) { $0.artifact.zoom(by: 0.8) },
        Command(
            "artifact.export", "write", "Write the artifact as an ordinary file into the current folder.",
            in: .pane(.artifact), keys: [.character("w")], hinted: true, unless: noArtifact
        ) { bench in
            if let (name, kept) = bench.currentArtifact { bench.ask(.export(name: name, kept.artifact)) }
        },
    ]

    // MARK: Everywhere

    private static let general: [Command] =
        [
            Command(
                "session.replay", "replay", "Replay the shown session from its beginning.",
                keys: [.character("P")],
                unless: {
                    $0.view == nil ? "nothing is shown" : $0.view?.isOpen == true ? "it still runs" : nil
                }
            ) {
                if let key = $0.shown { $0.ask(.open(key, playing: true)) }
            },
            Command(
                "session.resume", "resume",
                "Go on with a session that was stopped: the chosen one, else the shown.",
                keys: [.character("R")], hinted: true, unless: \.reasonNotResumable
            ) { if let key = $0.chosenSession { $0.ask(.resume(key)) } },
            Command(
                "session.share", "share",
                "Write the session into a file of its own, which anybody can replay.",
                keys: [.character("E")],
                unless: { $0.chosenSession == nil ? "no session is shown or chosen" : nil }
            ) { if let key = $0.chosenSession { $0.ask(.share(key)) } },
            Command(
                "session.copy", "copy", "Copy the command that shows this session.", keys: [.character("Y")],
                unless: { $0.view == nil ? "nothing is shown" : nil }
            ) { bench in
                guard let view = bench.view else { return }
                let isFile = bench.listed.contains { $0.key == view.key && $0.isRecorded }
                let command = "benchtop show " + (isFile ? view.key.store : view.record.shortID)
                bench.ask(.copy(command))
                bench.say("copied: \(command)")
            },
            Command("focus.next", "next pane", "The next pane.", keys: [.tab], hinted: true) {
                $0.focus(by: 1)
            },
            Command("focus.previous", "previous pane", "The pane before.", keys: [.backTab]) {
                $0.focus(by: -1)
            },
            Command(
                "zoom", "zoom", "Give the focused pane the whole screen, or take it back.",
                keys: [.character("z")], hinted: true
            ) { $0.arrangement.isZoomed.toggle() },
            Command("palette", "commands", "All commands by name.", keys: [.character(":"), .control("p")]) {
                $0.sheet = .palette(LineEditor(), ListCursor())
            },
            Command(
                "theme.next", "theme", "The next theme.", keys: [.control("t")],
                unless: { $0.themes.count > 1 ? nil : "no other theme was found" }
            ) { $0.nextTheme() },
            Command("layout.wider", "wider", "A wider left column.", keys: [.alt("l")]) {
                $0.arrangement.wider = min(40, $0.arrangement.wider + 2)
            },
            Command("layout.narrower", "narrower", "A narrower left column.", keys: [.alt("h")]) {
                $0.arrangement.wider = max(-20, $0.arrangement.wider - 2)
            },
            Command("layout.taller", "taller", "Higher charts.", keys: [.alt("j")]) {
                $0.arrangement.taller = min(30, $0.arrangement.taller + 1)
            },
            Command("layout.lower", "lower", "Lower charts.", keys: [.alt("k")]) {
                $0.arrangement.taller = max(-30, $0.arrangement.taller - 1)
            },
            Command("suspend", "suspend", "Back to the shell; 'fg' returns.", keys: [.control("z")]) {
                $0.ask(.suspend)
            },
            Command(
                "help", "keys", "All keys, searched by what you type.",
                keys: [.character("?"), .function(1)], hinted: true
            ) {
                $0.sheet = .help(LineEditor(), ListCursor())
            },
            Command(
                "quit", "quit", "End; trials that run are checkpointed and can be resumed.",
                keys: [.character("q"), .control("c")], hinted: true
            ) { $0.askToQuit() },
        ]
        + PaneID.allCases.map { pane in
            Command(
                "focus.\(pane.rawValue)", pane.rawValue, "To the pane \(pane.rawValue).",
                keys: [.character(Character("\(pane.number)"))]
            ) {
                $0.arrangement.focus(pane)
            }
        }

    private static let moving: [Command] = [
        Command("move.up", "up", "Up.", keys: [.up, .character("k")]) { $0.move(.up) },
        Command("move.down", "down", "Down.", keys: [.down, .character("j")]) { $0.move(.down) },
        Command("move.left", "left", "Left; on charts, the cursor.", keys: [.left, .character("h")]) {
            $0.move(.left)
        },
        Command("move.right", "right", "Right; on charts, the cursor.", keys: [.right, .character("l")]) {
            $0.move(.right)
        },
        Command("move.pageUp", "page up", "A page up.", keys: [.pageUp, .control("u"), .control("b")]) {
            $0.move(.pageUp)
        },
        Command(
            "move.pageDown", "page down", "A page down.", keys: [.pageDown, .control("d"), .control("f")]
        ) { $0.move(.pageDown) },
        Command("move.top", "top", "To the first.", keys: [.home, .character("g")]) { $0.move(.top) },
        Command("move.bottom", "bottom", "To the last.", keys: [.end, .character("G")]) { $0.move(.bottom) },
    ]
}
