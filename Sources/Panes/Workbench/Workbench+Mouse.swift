import Terminal

/// What the mouse does: everything that keys do as well.
extension Workbench {
    /// Takes an event of the mouse.
    mutating func take(_ mouse: Mouse) {
        if let open = sheet { return take(mouse, in: open) }
        let layout = Layout(width: size.width, height: size.height, arrangement)
        switch mouse.action {
        case .press:
            quiet()
            press(mouse, layout)
        case .drag: drag(mouse, layout)
        case .wheelUp: turn(mouse, .up, layout)
        case .wheelDown: turn(mouse, .down, layout)
        case .release: break
        }
    }

    private mutating func press(_ mouse: Mouse, _ layout: Layout) {
        if layout.footer.contains(x: mouse.x, y: mouse.y) {
            let hints = FooterLine.hints(self, width: layout.footer.width)
            if let hint = hints.first(where: { $0.columns.contains(mouse.x) }) { perform(hint.command) }
            return
        }
        guard let pane = layout.pane(x: mouse.x, y: mouse.y), let rect = layout.rect(of: pane) else { return }
        arrangement.focus(pane)
        let inner = rect.inset(by: 1)
        if inner.contains(x: mouse.x, y: mouse.y) { click(pane, mouse, in: inner) }
    }

    /// Chooses a row; a row that is chosen already does what enter does.
    private mutating func click(_ pane: PaneID, _ mouse: Mouse, in rect: Rect) {
        let line = mouse.y - rect.y, bench = self
        switch pane {
        case .methods:
            methods.choose(line: line, height: rect.height, bench)
            if methods.cursor == bench.methods.cursor { take(.enter) }
        case .inputs:
            inputs.choose(line: line, height: rect.height, bench)
            if inputs.cursor == bench.inputs.cursor { take(.enter) }
        case .sessions:
            sessions.choose(line: line, height: rect.height, bench)
            if sessions.cursor == bench.sessions.cursor { take(.enter) }
        case .logs: logs.choose(line: line, height: rect.height, bench)
        case .charts:
            if let time = charts.seekTime(x: mouse.x, y: mouse.y, in: rect, bench) {
                replay?.seek(to: time)
            } else {
                charts.point(x: mouse.x, y: mouse.y, in: rect, bench)
            }
        case .artifact, .card: break
        }
    }

    private mutating func drag(_ mouse: Mouse, _ layout: Layout) {
        guard arrangement.focus == .charts, let rect = layout.rect(of: .charts)?.inset(by: 1) else { return }
        let bench = self
        if let time = charts.seekTime(x: mouse.x, y: mouse.y, in: rect, bench) {
            replay?.seek(to: time)
        } else {
            charts.point(x: mouse.x, y: mouse.y, in: rect, bench)
        }
    }

    /// The wheel: moves in the pane under the pointer, and zooms charts.
    private mutating func turn(_ mouse: Mouse, _ move: Move, _ layout: Layout) {
        guard let pane = layout.pane(x: mouse.x, y: mouse.y) else { return }
        let focus = arrangement.focus, bench = self
        arrangement.focus = pane
        if pane == .charts {
            charts.zoom(by: move == .up ? 0.8 : 1.25, bench)
        } else {
            for _ in 0..<3 { self.move(move) }
        }
        arrangement.focus = focus
    }

    // MARK: Sheets

    private mutating func take(_ mouse: Mouse, in open: Sheet) {
        switch mouse.action {
        case .wheelUp: take(.up)
        case .wheelDown: take(.down)
        case .press: press(mouse, in: open)
        case .drag, .release: break
        }
    }

    private mutating func press(_ mouse: Mouse, in open: Sheet) {
        let whole = Rect(x: 0, y: 0, width: size.width, height: size.height)
        switch open {
        case .question(let question):
            guard let place = question.answer(x: mouse.x, y: mouse.y, in: whole) else { return }
            sheet = nil
            question.answers[place].action(&self)
        case .palette(let line, let cursor):
            let frame = PaletteSheet.frame(in: whole)
            guard frame.contains(x: mouse.x, y: mouse.y) else { return sheet = nil }
            let found = PaletteSheet.matches(self, line.text), body = frame.inset(by: 1).split(top: 1).rest
            let row = cursor.visible(count: found.count, height: body.height).lowerBound + mouse.y - body.y
            guard mouse.y >= body.y, found.indices.contains(row) else { return }
            sheet = nil
            perform(found[row])
        case .help: if !HelpSheet.frame(in: whole).contains(x: mouse.x, y: mouse.y) { sheet = nil }
        case .prompt: break
        }
    }
}
