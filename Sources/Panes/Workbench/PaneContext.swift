import MethodKit
import SessionViews
import Terminal

/// What a pane may see of the workbench: what is shown and what could be, never other panes or what is asked for.
struct PaneContext: Sendable {
    /// How it looks.
    let look: Look
    /// Where keys go.
    let focus: PaneID
    /// The methods, in the catalogue's order.
    let catalogue: [MethodInfo]
    /// What will be run next.
    let form: PlanForm?
    /// Stored sessions, newest first; those that came with the program last.
    let listed: [Workbench.Listed]
    /// The session that is shown, as it is or as it was at the replay's position.
    let view: SessionView?
    /// Which one that is.
    let shown: SessionKey?
    /// Its replay, when it is not live.
    let replay: Replay?
    /// Sessions whose curves lie over the shown ones.
    let overlays: [SessionView]
    /// Sessions whose curves are being read, to lie over the shown ones.
    let awaitedOverlays: Set<SessionKey>
    /// What is being read or started, in words; nil when nothing is.
    let pending: String?

    /// The method that the cursor of a list is on, while that list has the focus.
    var pointedMethod: MethodInfo?
    /// The step that the charts' cursor is on.
    var pointedStep: Int?

    /// The method of an id, if the catalogue has it.
    func method(_ id: String) -> MethodInfo? { catalogue.first { $0.card.id == id } }

    /// The method of the shown session.
    var shownMethod: MethodInfo? { view.flatMap { method($0.record.method) } }

    /// The trials of the shown session that run or wait, while it is live.
    var openTrials: [TrialView] { Self.openTrials(of: view, isReplay: replay != nil) }

    /// The trials of a session that run or wait; none of a stored one.
    static func openTrials(of view: SessionView?, isReplay: Bool) -> [TrialView] {
        isReplay ? [] : view?.trials.filter { !$0.status.isFinal } ?? []
    }
}

extension Workbench {
    /// What panes may see now.
    var context: PaneContext {
        var context = PaneContext(
            look: look, focus: arrangement.focus, catalogue: catalogue, form: form, listed: listed,
            view: view, shown: shown, replay: replay, overlays: overlays,
            awaitedOverlays: awaitedOverlays, pending: pending)
        panes.tell(&context)
        return context
    }
}
