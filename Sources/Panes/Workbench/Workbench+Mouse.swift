import Terminal

/// What the mouse does: everything that keys do as well.
extension Workbench {
    /// Takes an event of the mouse.
    mutating func take(_ mouse: Mouse) {
        if let open = sheet { return take(mouse, in: open) }
        let layout = layout
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
        guard let id = layout.pane(x: mouse.x, y: mouse.y), let rect = layout.rect(of: id) else { return }
        focus(id)
        let inner = rect.inset(by: 1), context = context
        guard inner.contains(x: mouse.x, y: mouse.y), var pane = panes[id] else { return }
        let reply = pane.press(x: mouse.x, y: mouse.y, in: inner, context)
        panes[id] = pane
        answer(reply)
    }

    private mutating func drag(_ mouse: Mouse, _ layout: Layout) {
        let id = arrangement.focus, context = context
        guard let rect = layout.rect(of: id)?.inset(by: 1), var pane = panes[id] else { return }
        let reply = pane.drag(x: mouse.x, y: mouse.y, in: rect, context)
        panes[id] = pane
        answer(reply)
    }

    private mutating func answer(_ reply: ClickReply) {
        switch reply {
        case .nothing: break
        case .enter: take(.enter)
        case .seek(let time): replay?.seek(to: time)
        }
    }

    /// The wheel is for the pane under the pointer, whichever has the focus.
    private mutating func turn(_ mouse: Mouse, _ move: Move, _ layout: Layout) {
        guard let id = layout.pane(x: mouse.x, y: mouse.y), var pane = panes[id] else { return }
        pane.wheel(move, context)
        panes[id] = pane
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
            guard let place = question.answer(x: mouse.x, y: mouse.y, in: whole, look) else { return }
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
