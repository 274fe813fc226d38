import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store
import Terminal

/// The whole workbench as a value: keys and events go in, a canvas and requests come out.
///
/// It knows no terminal, starts no trial and reads no file; whoever owns it carries its requests out.
public struct Workbench: Sendable {
    /// A line of the list of sessions.
    public struct Listed: Sendable {
        /// Which session it is.
        public let key: SessionKey
        /// As it is stored.
        public var record: SessionRecord
        /// Statuses of its trials.
        public var statuses: [TrialStatus]
        /// What its method's first claim came to, if it has complete seeds.
        public var finding: ClaimFinding?
        /// Bytes that deleting it frees; nil while they are not known, and of sessions that came with the program.
        public let size: Int?
        /// Whether it came with the program.
        public let isRecorded: Bool

        /// A line from its parts.
        public init(
            _ key: SessionKey, _ record: SessionRecord, statuses: [TrialStatus],
            finding: ClaimFinding?, size: Int? = nil, isRecorded: Bool
        ) {
            self.key = key
            self.record = record
            self.statuses = statuses
            self.finding = finding
            self.size = size
            self.isRecorded = isRecorded
        }
    }

    /// A sentence for the user.
    public struct Notice: Sendable, Equatable {
        /// The sentence.
        public let text: String
        /// Whether something went wrong.
        public let isBad: Bool
    }

    /// The methods, in the catalogue's order.
    public let catalogue: [MethodInfo]
    /// How it looks.
    public var look: Look
    /// Names of the themes that there are.
    public var themes: [String] = []
    /// Commands and their keys.
    public var keymap: Keymap
    /// Where panes stand.
    public var arrangement = Arrangement() {
        didSet { if panes[arrangement.focus] == nil { focus(.charts) } }
    }
    /// Stored sessions, newest first; those that came with the program last.
    public var listed: [Listed] = []
    /// Sessions that run, or ran since the start.
    public internal(set) var live: [SessionKey: SessionView] = [:]
    /// The session that is shown.
    public internal(set) var shown: SessionKey?
    /// The shown session's replay, when it is not live.
    public internal(set) var replay: Replay?
    /// Sessions whose curves lie over the shown ones.
    public internal(set) var overlays: [SessionView] = []
    /// Sessions whose curves are being read, to lie over the shown ones.
    var awaitedOverlays: Set<SessionKey> = []
    /// What is being read or started, in words; nil when nothing is.
    public var pending: String?
    /// What will be run next.
    public internal(set) var form: PlanForm?
    /// What lies over the panes.
    public internal(set) var sheet: Sheet?
    /// The last sentence for the user.
    public private(set) var notice: Notice?
    /// What the store says while it refuses; stays until it takes records again.
    public var storeTrouble: String?
    /// Seconds from a trial's report to its paint; nil before the first.
    public var paintDelay: Double?
    /// Memory of the program, in bytes.
    public var memory = 0
    var panes: PaneSet
    var size = (width: 80, height: 24)
    private var requests: [Request] = []

    /// A workbench with nothing open.
    public init(catalogue: [MethodInfo], look: Look) {
        self.init(catalogue: catalogue, look: look, panes: PaneSet.all)
    }

    init(catalogue: [MethodInfo], look: Look, panes: [any Pane.Type]) {
        self.catalogue = catalogue
        self.look = look
        self.panes = PaneSet(panes)
        keymap = Keymap(panes)
        form = catalogue.first.map { PlanForm($0) }
    }

    // MARK: What is shown

    /// The session that is shown, as it is or as it was at the replay's position.
    public var view: SessionView? { replay?.view ?? shown.flatMap { live[$0] } }

    /// The method of the shown session, if the catalogue has it.
    public var shownMethod: MethodInfo? { view.flatMap { method($0.record.method) } }

    /// The trials of the shown session that run or wait, while it is live.
    var openTrials: [TrialView] { PaneContext.openTrials(of: view, isReplay: replay != nil) }

    /// Whether any session has a trial that has not ended.
    public var isAnythingOpen: Bool { live.values.contains { $0.isOpen } }

    private func mainArm(of view: SessionView) -> String {
        method(view.record.method)?.claims.first?.arm ?? view.arms.last ?? ""
    }

    func method(_ id: String) -> MethodInfo? { catalogue.first { $0.card.id == id } }

    /// Changes the shown session's view.
    mutating func changeView(_ change: (inout SessionView) -> Void) {
        if replay != nil {
            replay.map { _ in change(&replay!.view) }
        } else if let shown, var view = live[shown] {
            change(&view)
            live[shown] = view
        }
    }

    // MARK: What comes in

    /// Takes in what the controller said.
    public mutating func take(_ prepared: PreparedEvent) {
        if case .storeTrouble(let sentence) = prepared.event { storeTrouble = sentence }
        guard let trial = prepared.trial else { return }
        for key in live.keys where live[key]?.trials.contains(where: { $0.record.id == trial }) == true {
            let wasOpen = live[key]?.isOpen == true
            live[key]?.take(prepared)
            guard wasOpen, let view = live[key], let method = method(view.record.method) else { continue }
            if let sentence = view.ending(method) { say(sentence) }
        }
        if case .status(_, .failed, let message) = prepared.event { say(message, isBad: true) }
    }

    /// Shows a session that has just been started or goes on.
    public mutating func show(started view: SessionView) {
        var view = view
        view.mainArm = mainArm(of: view)
        live[view.key] = view
        replay = nil
        shown = view.key
        let context = context
        panes.each { $0.sessionChanged(context) }
        focus(.charts)
    }

    /// Shows a stored session.
    public mutating func show(_ replay: Replay) {
        var replay = replay
        replay.view.mainArm = mainArm(of: replay.view)
        self.replay = replay
        shown = replay.view.key
        // Card and inputs are those of the session that was opened; what was set for the same method stays.
        if let method = shownMethod, form?.method.card.id != method.card.id { form = PlanForm(method) }
        let context = context
        panes.each { $0.sessionChanged(context) }
    }

    /// Shows more of the stored session that is shown already; cursors and windows stay.
    public mutating func update(_ new: Replay) {
        guard let old = replay, shown == new.view.key else { return show(new) }
        replay = new
        replay?.view.chosen = old.view.chosen
        replay?.view.mainArm = old.view.mainArm
    }

    /// Whether a trial is one of the live sessions' and has not ended.
    public func isOpen(_ trial: Int64) -> Bool {
        live.values.contains { $0.trials.contains { $0.record.id == trial && !$0.status.isFinal } }
    }

    /// Whether the user still waits for a session's curves.
    public func isAwaited(overlay key: SessionKey) -> Bool { awaitedOverlays.contains(key) }

    /// Whether the user still waits for curves of any.
    public var awaitsOverlays: Bool { !awaitedOverlays.isEmpty }

    /// A session's curves cannot be had.
    public mutating func forget(overlay key: SessionKey) { awaitedOverlays.remove(key) }

    /// Puts a session's curves over the shown ones.
    public mutating func lay(over view: SessionView) {
        awaitedOverlays.remove(view.key)
        if !overlays.contains(where: { $0.key == view.key }) { overlays.append(view) }
    }

    /// Lets time pass: a replay plays, frames of an artifact move.
    ///
    /// - Parameter seconds: since the last call.
    /// - Returns: whether something moved.
    public mutating func advance(by seconds: Double) -> Bool {
        let wasAt = replay?.position
        replay?.advance(by: seconds)
        guard panes.isMoving else { return replay?.position != wasAt }
        let context = context
        var moved = false
        panes.each { if $0.advance(by: seconds, context) { moved = true } }
        return moved || replay?.position != wasAt
    }

    /// Whether something moves by itself.
    public var isMoving: Bool { replay?.isPlaying == true || panes.isMoving }

    /// Says a sentence; it stays until the next key.
    public mutating func say(_ text: String, isBad: Bool = false) {
        notice = Notice(text: text, isBad: isBad)
    }

    mutating func quiet() { notice = nil }

    /// The screen has another size.
    public mutating func resize(width: Int, height: Int) { size = (width, height) }

    /// Takes the requests that keys asked for.
    public mutating func takeRequests() -> [Request] {
        let context = context
        panes.each { requests += $0.requests(context) }
        defer { requests = [] }
        return requests
    }

    mutating func ask(_ request: Request) { requests.append(request) }

    // MARK: Keys

    /// Takes a key.
    public mutating func take(_ key: Key) {
        if case .mouse(let mouse) = key { return take(mouse) }
        quiet()
        if let open = sheet { return take(key, in: open) }
        if key == .escape { return escape() }
        guard let command = keymap.command(for: key, pane: arrangement.focus, isReplay: replay != nil) else {
            return
        }
        perform(command)
    }

    /// Does a command, or says why not.
    public mutating func perform(_ command: Command) {
        if let reason = command.reason(self) {
            say("\(command.title): \(reason)")
        } else {
            command.action(&self)
        }
    }

    /// Steps out of one thing: a cursor, a filter, the zoom, overlays.
    private mutating func escape() {
        if var pane = panes[arrangement.focus] {
            let hasStepped = pane.escape()
            panes[arrangement.focus] = pane
            if hasStepped { return }
        }
        if arrangement.isZoomed {
            arrangement.isZoomed = false
        } else if !overlays.isEmpty || !awaitedOverlays.isEmpty {
            (overlays, awaitedOverlays) = ([], [])
        }
    }

    /// Moves the focused pane's cursor.
    mutating func move(_ move: Move) {
        guard var pane = panes[arrangement.focus] else { return }
        pane.move(move, context)
        panes[arrangement.focus] = pane
    }

    /// Gives the focus to a pane.
    mutating func focus(_ id: PaneID) {
        if let pane = panes.types.first(where: { $0.id == id }) { arrangement.focus(pane) }
    }

    /// Does what may fail because of what was typed, and says so.
    mutating func attempt(_ action: (inout Workbench) throws -> Void) {
        do { try action(&self) } catch { say("\(error)", isBad: true) }
    }
}
