import MethodKit
import SessionViews
import Terminal

/// What the trials say in words, with the step it was said after.
struct LogsPane: Pane {
    static let id = PaneID.logs, place = PanePlace.lower(parts: 50)
    /// Lines from the newest one up; nil follows the newest.
    private(set) var chosen: Int?
    private(set) var level = LogLevel.info
    private(set) var showsAll = true
    var filter = ""

    func title(_ context: PaneContext) -> String {
        var parts = ["logs"]
        if !showsAll, let trial = context.view?.trial { parts.append(trial.name) }
        if level != .info { parts.append("from \(level.rawValue)") }
        if !filter.isEmpty { parts.append("/\(filter)") }
        if chosen != nil { parts.append("not following") }
        return parts.joined(separator: " · ")
    }

    mutating func follow() { chosen = nil }

    mutating func toggleAll() { (showsAll, chosen) = (!showsAll, nil) }

    mutating func nextLevel() {
        let levels = LogLevel.allCases
        level = levels[((levels.firstIndex(of: level) ?? 0) + 1) % levels.count]
        chosen = nil
    }

    mutating func escape() -> Bool {
        defer { (filter, chosen) = ("", filter.isEmpty ? chosen : nil) }
        return !filter.isEmpty
    }

    func lines(_ context: PaneContext) -> [SessionView.LogLine] {
        guard let view = context.view else { return [] }
        let levels = Array(LogLevel.allCases.drop { $0 != level }), current = view.current
        let words = filter.lowercased()
        return view.log.filter { line in
            levels.contains(line.level) && (showsAll || line.trial == current)
                && (words.isEmpty || line.text.lowercased().contains(words))
        }
    }

    /// The chosen line, for the mark on the charts.
    func line(_ context: PaneContext) -> SessionView.LogLine? {
        let lines = lines(context)
        return chosen.flatMap { lines.indices.contains($0) ? lines[$0] : nil } ?? lines.last
    }

    mutating func move(_ move: Move, _ context: PaneContext) {
        let count = lines(context).count
        guard count > 0 else { return }
        var cursor = ListCursor()
        cursor.row = chosen ?? count - 1
        cursor.move(move, count: count)
        chosen = cursor.row == count - 1 && chosen == nil ? nil : cursor.row
        if move == .bottom { chosen = nil }
    }

    mutating func press(x: Int, y: Int, in rect: Rect, _ context: PaneContext) -> ClickReply {
        let count = lines(context).count
        var cursor = ListCursor()
        cursor.row = chosen ?? max(0, count - 1)
        if cursor.choose(line: y - rect.y, count: count, height: rect.height) { chosen = cursor.row }
        return .nothing
    }

    mutating func sessionChanged(_ context: PaneContext) { chosen = nil }

    func draw(on canvas: inout Canvas, in rect: Rect, _ context: PaneContext, isFocused: Bool) {
        let lines = lines(context), look = context.look
        guard !lines.isEmpty, let view = context.view else {
            canvas.write(" nothing was said yet", x: rect.x, y: rect.y, style: look.faint, width: rect.width)
            return
        }
        var cursor = ListCursor()
        let pointed = pointed(lines, context)
        cursor.row = chosen ?? pointed ?? lines.count - 1
        let width = "\(lines.map(\.step).max() ?? 0)".count
        let names = view.trials.map { view.seeds.count > 1 ? $0.name : $0.record.arm }
        let hasNames = showsAll && view.trials.count > 1
        canvas.list(
            lines.count, cursor, in: rect, look: look, isFocused: isFocused && (chosen ?? pointed) != nil
        ) { row in
            let line = lines[row], step = "\(line.step)"
            return [
                (String(repeating: " ", count: width - step.count) + step + " ", look.faint),
                (
                    hasNames ? names[line.trial] + " " : "",
                    Style(look.theme.series(armIndex(line, view)), on: look.theme.background)
                ),
                (line.text, Self.style(line.level, look)),
            ]
        }
    }

    /// The last line said before the charts' cursor, so that a jump of a curve finds its reason.
    private func pointed(_ lines: [SessionView.LogLine], _ context: PaneContext) -> Int? {
        guard let step = context.pointedStep else { return nil }
        let near = lines.indices.filter { lines[$0].step <= step }
        return near.max { (lines[$0].step, $0) < (lines[$1].step, $1) }
    }

    private func armIndex(_ line: SessionView.LogLine, _ view: SessionView) -> Int {
        view.arms.firstIndex(of: view.trials[line.trial].record.arm) ?? 0
    }

    private static func style(_ level: LogLevel, _ look: Look) -> Style {
        switch level {
        case .debug: look.faint
        case .info: look.text
        case .warning: look.warning
        case .error: look.bad
        }
    }
}

extension PaneID { static let logs = PaneID(rawValue: "logs") }

extension Workbench {
    var logs: LogsPane {
        get { panes[LogsPane.self] }
        set { panes[LogsPane.self] = newValue }
    }
}

// MARK: Keys

extension LogsPane {
    static let commands: [Command] = [
        Command(
            "logs.link", "on chart", "Put the charts' cursor on the line's step.", in: .pane(.logs),
            keys: [.enter], hinted: true
        ) { bench in
            guard let line = bench.logs.line(bench.context) else { return }
            bench.charts.point(step: line.step)
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
}
