import MethodKit
import SessionControl
import Terminal

/// The catalogue: all methods, searched by name and title.
struct MethodsPane: Pane {
    static let id = PaneID.methods, place = PanePlace.left(parts: 20)
    private(set) var cursor = ListCursor()
    var filter = ""

    func found(_ context: PaneContext) -> [MethodInfo] {
        guard !filter.isEmpty else { return context.catalogue }
        return context.catalogue.filter {
            "\($0.card.id) \($0.card.title) \($0.card.paper.title)".lowercased()
                .contains(filter.lowercased())
        }
    }

    func title(_ context: PaneContext) -> String {
        let name = context.form.map { "methods: \($0.method.card.id)" } ?? "methods"
        return filter.isEmpty ? name : "\(name) /\(filter)"
    }

    func chosen(_ context: PaneContext) -> MethodInfo? {
        let found = found(context)
        return found.indices.contains(cursor.row) ? found[cursor.row] : found.first
    }

    mutating func move(_ move: Move, _ context: PaneContext) {
        cursor.move(move, count: found(context).count)
    }

    mutating func press(x: Int, y: Int, in rect: Rect, _ context: PaneContext) -> ClickReply {
        let before = cursor
        cursor.choose(line: y - rect.y, count: found(context).count, height: rect.height)
        return cursor == before ? .enter : .nothing
    }

    /// Puts the cursor on the method of the form.
    mutating func sessionChanged(_ context: PaneContext) {
        guard let id = context.form?.method.card.id, id != chosen(context)?.card.id else { return }
        filter = ""
        cursor.row = context.catalogue.firstIndex { $0.card.id == id } ?? cursor.row
    }

    func tell(_ context: inout PaneContext) {
        if context.focus == Self.id { context.pointedMethod = chosen(context) }
    }

    mutating func escape() -> Bool {
        defer { filter = "" }
        return !filter.isEmpty
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ context: PaneContext, isFocused: Bool) {
        let found = found(context), look = context.look
        guard !found.isEmpty else {
            canvas.write(" no method matches", x: rect.x, y: rect.y, style: look.faint, width: rect.width)
            return
        }
        canvas.list(found.count, cursor, in: rect, look: look, isFocused: isFocused) { row in
            let method = found[row]
            let isChosen = context.form?.method.card.id == method.card.id
            let recorded = context.listed.first { $0.isRecorded && $0.record.method == method.card.id }
            return [
                (isChosen ? "* " : "  ", look.accent),
                (method.card.id, isChosen ? look.strong : look.text),
                ("  " + (recorded?.finding?.text ?? "no record"), verdictStyle(recorded?.finding, look)),
                ("  " + method.card.title, look.faint),
            ]
        }
    }
}

extension PaneID { static let methods = PaneID(rawValue: "methods") }

extension Workbench {
    var methods: MethodsPane {
        get { panes[MethodsPane.self] }
        set { panes[MethodsPane.self] = newValue }
    }
}

// MARK: Keys

extension MethodsPane {
    static let commands: [Command] = [
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
}

extension Workbench {
    fileprivate mutating func chooseMethod() {
        guard let method = methods.chosen(context) else { return }
        if form?.method.card.id != method.card.id { form = PlanForm(method) }
        focus(.inputs)
    }
}

/// The colour of a verdict.
func verdictStyle(_ verdict: Judgement.Verdict?, _ look: Look) -> Style {
    switch verdict {
    case .holds: look.good
    case .contradicted: look.bad
    case .directionOnly, .notShown: look.warning
    case .undecided, nil: look.faint
    }
}

/// The colour of a verdict with its control beside it: what a control explains away does not look good.
func verdictStyle(_ finding: ClaimFinding?, _ look: Look) -> Style {
    guard finding?.verdict == .holds, let control = finding?.control, control != .beyond else {
        return verdictStyle(finding?.verdict, look)
    }
    return look.warning
}
