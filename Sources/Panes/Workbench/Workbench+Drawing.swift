import Terminal

extension Workbench {
    /// The screen as it should be now.
    public func draw() -> Canvas {
        var canvas = Canvas(width: size.width, height: size.height, style: look.text)
        let layout = Layout(width: size.width, height: size.height, arrangement)
        guard !layout.places.isEmpty else {
            canvas.write("20x5 at least, please", x: 0, y: 0, style: look.text)
            return canvas
        }
        StatusLine.draw(on: &canvas, in: layout.status, self)
        for place in layout.places { draw(place, on: &canvas) }
        FooterLine.draw(on: &canvas, in: layout.footer, self)
        draw(sheet, on: &canvas)
        return canvas
    }

    private func draw(_ place: Layout.Place, on canvas: inout Canvas) {
        let isFocused = arrangement.focus == place.pane
        let title = "\(place.pane.number) \(title(of: place.pane))"
        guard !place.isCollapsed else {
            let line = (isFocused ? look.accent : look.faint)
            canvas.write(" \(title)", x: place.rect.x, y: place.rect.y, style: line, width: place.rect.width)
            return
        }
        canvas.frame(place.rect, title: title, look: look, isFocused: isFocused)
        content(of: place.pane, on: &canvas, in: place.rect.inset(by: 1), isFocused)
    }

    private func title(of pane: PaneID) -> String {
        switch pane {
        case .methods: methods.title(self)
        case .inputs: inputs.title(self)
        case .sessions: sessions.title(self)
        case .charts: charts.title(self)
        case .logs: logs.title(self)
        case .artifact: artifact.title(self)
        case .card: card.title(self)
        }
    }

    private func content(of pane: PaneID, on canvas: inout Canvas, in rect: Rect, _ isFocused: Bool) {
        switch pane {
        case .methods: methods.draw(on: &canvas, in: rect, self, isFocused: isFocused)
        case .inputs: inputs.draw(on: &canvas, in: rect, self, isFocused: isFocused)
        case .sessions: sessions.draw(on: &canvas, in: rect, self, isFocused: isFocused)
        case .charts: charts.draw(on: &canvas, in: rect, self, isFocused: isFocused)
        case .logs: logs.draw(on: &canvas, in: rect, self, isFocused: isFocused)
        case .artifact: artifact.draw(on: &canvas, in: rect, self, isFocused: isFocused)
        case .card: card.draw(on: &canvas, in: rect, self, isFocused: isFocused)
        }
    }

    private func draw(_ sheet: Sheet?, on canvas: inout Canvas) {
        switch sheet {
        case .help(let line, let cursor): HelpSheet.draw(line, cursor, on: &canvas, in: canvas.bounds, self)
        case .palette(let line, let cursor):
            PaletteSheet.draw(line, cursor, on: &canvas, in: canvas.bounds, self)
        case .prompt(let prompt): prompt.draw(on: &canvas, in: canvas.bounds, look)
        case .question(let question): question.draw(on: &canvas, in: canvas.bounds, look)
        case nil: break
        }
    }
}
