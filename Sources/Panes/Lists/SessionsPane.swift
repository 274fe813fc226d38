import Foundation
import MethodKit
import Store
import Terminal
import TextLayout

/// Stored sessions, searched, opened, played and laid over each other.
struct SessionsPane: Pane {
    static let id = PaneID.sessions, place = PanePlace.left(parts: 32)
    private(set) var cursor = ListCursor()
    var filter = ""

    func title(_ context: PaneContext) -> String {
        let over = context.overlays.isEmpty ? "" : " +\(context.overlays.count)"
        return filter.isEmpty ? "sessions\(over)" : "sessions\(over) /\(filter)"
    }

    /// Every word of the filter must be in the session's name, method, note, tags, status or verdict.
    func found(_ context: PaneContext) -> [Workbench.Listed] {
        let words = filter.lowercased().split(separator: " ")
        guard !words.isEmpty else { return context.listed }
        return context.listed.filter { item in
            let record = item.record
            let text =
                ([record.shortID, record.name, record.method, record.note, record.preset, record.purpose]
                + record.tags + item.statuses.map(\.rawValue) + [item.finding?.text ?? ""])
                .joined(separator: " ").lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    func chosen(_ context: PaneContext) -> Workbench.Listed? {
        let found = found(context)
        return found.indices.contains(cursor.row) ? found[cursor.row] : nil
    }

    mutating func move(_ move: Move, _ context: PaneContext) {
        cursor.move(move, count: found(context).count)
    }

    mutating func press(x: Int, y: Int, in rect: Rect, _ context: PaneContext) -> ClickReply {
        let before = cursor
        cursor.choose(line: y - rect.y, count: found(context).count, height: rect.height)
        return cursor == before ? .enter : .nothing
    }

    mutating func escape() -> Bool {
        defer { filter = "" }
        return !filter.isEmpty
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ context: PaneContext, isFocused: Bool) {
        let found = found(context), look = context.look
        guard !found.isEmpty else {
            let none = context.pending.map { " \($0)…" } ?? " none yet: r runs an arm"
            let text = context.listed.isEmpty ? none : " none matches"
            canvas.write(text, x: rect.x, y: rect.y, style: look.faint, width: rect.width)
            return
        }
        // On narrow screens names need the room.
        let hasSizes = rect.width >= 32
        canvas.list(
            found.count, cursor, in: rect, look: look, isFocused: isFocused,
            end: { row in hasSizes ? found[row].size.map { ($0.asBytes, look.faint) } : nil }
        ) { row in
            line(found[row], context)
        }
    }

    private func line(_ item: Workbench.Listed, _ context: PaneContext) -> [Piece] {
        let look = context.look, record = item.record
        let isShown = context.shown == item.key, isOver = context.overlays.contains { $0.key == item.key }
        let isAwaited = context.awaitedOverlays.contains(item.key)
        var pieces: [Piece] = [
            (isShown ? "* " : isOver ? "+ " : isAwaited ? "? " : "  ", look.accent),
            (Self.status(item.statuses), Self.style(item.statuses, look)),
            (" " + (record.name.isEmpty ? "\(record.method) \(record.purpose)" : record.name), look.text),
        ]
        if let finding = item.finding {
            pieces.append(("  \(finding.text)", verdictStyle(finding, look)))
        }
        pieces.append(("  " + (item.isRecorded ? "recorded" : Self.age(record.began)), look.faint))
        pieces.append(("  \(record.shortID)", look.faint))
        if !record.tags.isEmpty { pieces.append(("  #" + record.tags.joined(separator: " #"), look.accent)) }
        if !record.note.isEmpty { pieces.append(("  \(record.note)", look.faint)) }
        return pieces
    }

    /// One character for all trials together: the state that matters most.
    private static func status(_ statuses: [TrialStatus]) -> String {
        if statuses.contains(.running) { return ">" }
        if statuses.contains(.paused) { return "=" }
        if statuses.contains(.failed) { return "!" }
        if statuses.contains(.interrupted) || statuses.contains(.stopped) { return "~" }
        return statuses.contains(.queued) ? "." : "o"
    }

    private static func style(_ statuses: [TrialStatus], _ look: Look) -> Style {
        switch status(statuses) {
        case "!": look.bad
        case "~", "=": look.warning
        case ">": look.accent
        default: look.faint
        }
    }

    /// How long ago something was, in one unit.
    static func age(_ date: Date, now: Date = Date()) -> String {
        let seconds = max(0, now.timeIntervalSince(date))
        switch seconds {
        case ..<90: return "now"
        case ..<5400: return "\(Int(seconds / 60)) min ago"
        case ..<129_600: return "\(Int(seconds / 3600)) h ago"
        default: return "\(Int(seconds / 86_400)) d ago"
        }
    }
}

extension PaneID { static let sessions = PaneID(rawValue: "sessions") }

extension Workbench {
    var sessions: SessionsPane {
        get { panes[SessionsPane.self] }
        set { panes[SessionsPane.self] = newValue }
    }
}
