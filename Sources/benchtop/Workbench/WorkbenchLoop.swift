import Base
import Dispatch
import Foundation
import LanguageModels
import MethodKit
import Panes
import SessionControl
import SessionViews
import Store
import Tensors
import Terminal

/// Owns the workbench's value and carries its requests out: the loop between terminal, controller and store.
///
/// Runs on the main thread, which waits without polling; the controller's events and the terminal's keys wake it.
final class WorkbenchLoop {
    let screen: Screen
    let store: SessionStore
    let controller: SessionController
    var bench: Workbench
    var themes = ThemeFolder()
    let library: SessionLibrary
    let background = Background()
    /// The session that is being read to be shown; an answer about another one comes too late.
    var opening: SessionKey?
    /// The parts of curves that are still to be read: those of windows that have gone are passed over.
    let wantedDetails = Locked(Set<DetailRequest>())
    /// Whether the list is being read.
    let isRefreshing = Locked(false)
    /// Names of the files that sessions are being written into.
    var sharing: Set<String> = []
    /// Starts that have been asked for and are not shown yet; events of trials that nobody knows wait for them.
    var beginning = 0
    private var early: [PreparedEvent] = []
    var isDirty = true
    /// Until when no frame is painted: one that only says what is being read would be painted for nothing where that comes
    /// within a blink. A key is answered all the same.
    var heldUntil = 0.0
    /// Seconds that nobody notices.
    static let blink = 0.05
    private let events: Locked<[PreparedEvent]>
    private var isOver = false
    private var endedBy: Int32?
    private var lastFrame = 0.0, lastLook = 0.0
    private var delays = PaintDelays()
    private let themeIsChosen: Bool
    private var answersKey = false
    /// Seconds between two looks at files and other processes.
    private static let watch = 1.0

    /// Seconds between two frames at least. A hundred sessions that are laid over come one by one: they are painted some
    /// at a time, unless a key waits for its answer.
    private var frame: Double { bench.awaitsOverlays && !answersKey ? 0.1 : 1.0 / 60 }

    /// When the next frame may be painted.
    private var nextFrame: Double { max(lastFrame + frame, heldUntil) }

    init(_ screen: Screen, _ store: SessionStore, settings: Settings, theme: String?, jobs: Int) {
        self.screen = screen
        self.store = store
        let events = Locked([PreparedEvent]())
        self.events = events
        Compute.useThreads(1)
        ReadingMemory.keep()
        controller = SessionController(
            store: store,
            options: SessionController.Options(
                jobs: jobs,
                cache: StageFiles(folder: StageFiles.userFolder, machine: Machine.decisive(threads: 1)),
                models: NamedModels(), version: Benchtop.version, machine: Machine.summary(threads: 1))
        ) { event in
            // Converted on the controller's queue: this thread reads keys.
            let item = PreparedEvent(event)
            events.withLock { $0.append(item) }
            Screen.wake()
        }
        bench = Workbench(
            catalogue: Catalogue.all, look: Look(glyphs: screen.glyphs, colors: screen.colors))
        library = SessionLibrary(store)
        bench.arrangement = Settings.arrangement()
        bench.themes = themes.names
        let chosen =
            theme ?? settings.theme ?? (bench.arrangement.theme.isEmpty ? nil : bench.arrangement.theme)
        themeIsChosen = chosen != nil
        bench.resize(width: screen.width, height: screen.height)
        use(theme: chosen ?? ThemeFolder.usual(isLight: false))
        if !themeIsChosen { screen.askTerminal() }
    }

    // MARK: The loop

    /// Runs until the user leaves or a signal comes; trials are checkpointed before it returns.
    ///
    /// - Returns: the signal that ended it.
    func run() -> Int32? {
        var before = Uptime.seconds
        paint()
        while !isOver {
            let events = screen.wait(milliseconds: patience)
            let now = Uptime.seconds
            if bench.isMoving, bench.advance(by: min(0.25, now - before)) { isDirty = true }
            before = now
            for event in events { take(event) }
            takeAnswers()
            takeEvents()
            carryOut()
            if now - lastLook >= Self.watch { lookAround(now) }
            if isDirty, screen.isReady, Uptime.seconds >= nextFrame { paint() }
        }
        leave()
        return endedBy
    }

    /// Milliseconds until something must be done without being woken.
    private var patience: Int {
        let now = Uptime.seconds
        if isDirty {
            // A terminal that is still writing wakes us when it is done.
            return screen.isReady ? max(0, Int((nextFrame - now) * 1000) + 1) : Int(Self.watch * 1000)
        }
        return bench.isMoving ? 33 : Int(Self.watch * 1000)
    }

    private func paint() {
        bench.resize(width: screen.width, height: screen.height)
        lastFrame = Uptime.seconds
        (isDirty, answersKey) = (false, false)
        screen.show(bench.draw())
        delays.painted()
    }

    private func take(_ event: Screen.Event) {
        switch event {
        case .key(let key):
            (isDirty, answersKey, heldUntil) = (true, true, 0)
            bench.take(key)
        case .resize, .resumed: isDirty = true
        case .background(let color):
            if !themeIsChosen, bench.arrangement.theme.isEmpty, let light = color.luminance {
                use(theme: ThemeFolder.usual(isLight: light > 0.4))
            }
        case .end(let signal): (isOver, endedBy) = (true, signal)
        }
    }

    /// What was done in the background.
    private func takeAnswers() {
        for answer in background.take() {
            isDirty = true
            do { try answer(self) } catch { complain(error) }
        }
    }

    private func takeEvents() {
        var items = events.withLock { items in
            defer { items = [] }
            return items
        }
        items = early + items
        early = []
        guard !items.isEmpty else { return }
        isDirty = true
        for item in items {
            // A trial that has begun, or goes on, and is not shown yet: its session comes with the next answers.
            if beginning > 0, let trial = item.trial, !bench.isOpen(trial) {
                early.append(item)
                continue
            }
            bench.take(item)
            if case .said(_, let batch) = item.event { delays.said(batch.since) }
            if case .status(_, let status, _) = item.event {
                bench.listed = library.list(live: bench.live)
                if status.isFinal { trialEnded() }
            }
        }
    }

    private func trialEnded() {
        refresh()
        guard !bench.isAnythingOpen else { return }
        let store = store
        background.change {
            store.releaseSpace()
            return nil
        }
    }

    /// About once a second: the theme's file, other processes' sessions, what libraries said, memory.
    private func lookAround(_ now: Double) {
        lastLook = now
        do {
            if let theme = try themes.reread() { apply(theme) }
        } catch { complain(error) }
        refresh()
        let said = screen.errors().trimmingCharacters(in: .whitespacesAndNewlines)
        if !said.isEmpty, let line = said.split(separator: "\n").last {
            bench.say(String(line), isBad: true); isDirty = true
        }
        guard bench.isAnythingOpen else { return }
        bench.memory = Machine.memory
        if let delay = delays.take() { bench.paintDelay = delay }
        isDirty = true
    }

    private func leave() {
        Settings.keep(bench.arrangement)
        if !sharing.isEmpty {
            bench.say("Writing \(sharing.sorted().joined(separator: ", "))…")
            screen.show(bench.draw())
        }
        background.finish(seconds: 30)
        guard bench.isAnythingOpen || beginning > 0 else { return }
        bench.say("Saving checkpoints of the trials that run…")
        screen.show(bench.draw())
        controller.interrupt()
        controller.wait(timeout: .now() + 30)
    }

    /// Takes the user's keys, and says what is wrong with the configuration.
    func use(_ settings: Settings) {
        do { try bench.keymap.remap(settings.keys) } catch { complain(error) }
        if let trouble = settings.trouble { bench.say(trouble, isBad: true) }
    }

    func complain(_ error: any Error) {
        bench.say("\(error)", isBad: true)
        isDirty = true
    }

    // MARK: Themes

    /// Shows a theme; one that cannot be read leaves the screen as it was.
    private func use(theme name: String) {
        do { apply(try themes.read(name)) } catch { complain(error) }
    }

    /// Shows the theme that the user has chosen, now and next time.
    private func choose(theme name: String) throws {
        apply(try themes.read(name))
        bench.arrangement.theme = name
    }

    private func apply(_ theme: Theme) {
        guard bench.look.theme != theme else { return }
        bench.look.theme = theme
        isDirty = true
    }

    // MARK: Effects

    private func carryOut() {
        for request in bench.takeRequests() {
            isDirty = true
            do { try carryOut(request) } catch { complain(error) }
        }
    }

    private func carryOut(_ request: Request) throws {
        switch request {
        case .start(let plan): start(plan)
        case .apply(let key, let trial, let typed): apply(trial, of: key, to: typed)
        case .resume(let key): resume(key)
        case .pause(let trials): for trial in trials { controller.pause(trial) }
        case .goOn(let trials): for trial in trials { controller.goOn(trial) }
        case .step(let trials, let count): for trial in trials { controller.step(trial, count) }
        case .stop(let trials): for trial in trials { controller.stop(trial) }
        case .edit(let trials, let input, let text):
            // Waits for the controller, which looks for a step that all of them have before them.
            let controller = controller
            background.change {
                try controller.edit(trials, input, to: text, by: .key)
                return nil
            }
        case .open(let key, let playing): open(key, playing: playing)
        case .overlay(let key): overlay(key)
        case .rename(let key, let name): try change(key) { try $0.rename($1, to: name) }
        case .note(let key, let text): try change(key) { try $0.note($1, text) }
        case .tag(let key, let tags): try change(key) { try $0.tag($1, tags) }
        case .delete(let key): try change(key, { try $0.delete($1) }, then: { $0.forget(key) })
        case .detail(let request): readDetail(request)
        case .export(let name, let artifact): export(name, artifact)
        case .choose(let choice, let file): choose(choice, file)
        case .share(let key): try share(key)
        case .copy(let text): screen.copy(text)
        case .theme(let name): try choose(theme: name)
        case .suspend: take(screen.suspend())
        case .quit: isOver = true
        }
    }
}

/// How long reports wait for their paint: the longest of the last second.
private struct PaintDelays {
    private var oldest: UInt64?
    private var longest: Double?

    mutating func said(_ since: UInt64?) { oldest = [oldest, since].compactMap { $0 }.min() }

    mutating func painted() {
        guard let since = oldest else { return }
        oldest = nil
        let delay = Double(Uptime.nanoseconds - since) / 1e9
        longest = max(longest ?? 0, delay)
    }

    mutating func take() -> Double? {
        defer { longest = nil }
        return longest
    }
}
