import MethodKit
import SessionControl
import SessionViews
import Store

extension Command {
    /// Every command of a workbench with these panes.
    static func all(_ panes: [any Pane.Type]) -> [Command] {
        running + replaying + panes.flatMap { $0.commands } + general + panes.map { focus($0.id, panes) }
            + moving
    }

    private static func focus(_ pane: PaneID, _ panes: [any Pane.Type]) -> Command {
        Command(
            "focus.\(pane.rawValue)", pane.rawValue, "To the pane \(pane.rawValue).",
            keys: [PaneSet.key(of: pane, among: panes)].compactMap { $0 }
        ) { $0.focus(pane) }
    }

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
            "run.claim", "claim", "Test the method's claim on its own seeds: conditions, controls, verdict.",
            keys: [.character("c")], hinted: true,
            unless: { $0.form?.method.claims.isEmpty == false ? nil : "the method makes no claim" }
        ) { $0.askForClaim() },
        Command(
            "trial.pause", "pause, go on", "Let the running trials wait after a checkpoint, or go on.",
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
            "trial.apply", "apply to a file",
            "Apply what the shown trial has learnt to a file of your own; nothing is trained again.",
            keys: [.character("F")], unless: \.reasonNotApplicable
        ) { $0.askForFile() },
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

    // MARK: Everywhere

    private static let general: [Command] = [
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
