import Terminal

extension Workbench {
    /// The screen as it should be now.
    public func draw() -> Canvas {
        var canvas = Canvas(
            width: size.width, height: size.height, style: look.text, glyphs: look.glyphs)
        let layout = layout
        guard !layout.places.isEmpty else {
            canvas.write("20x5 at least, please", x: 0, y: 0, style: look.text)
            return canvas
        }
        StatusLine.draw(on: &canvas, in: layout.status, self)
        let context = context
        for place in layout.places { draw(place, on: &canvas, context) }
        FooterLine.draw(on: &canvas, in: layout.footer, self)
        draw(sheet, on: &canvas)
        return canvas
    }

    /// Where everything stands now.
    var layout: Layout { Layout(width: size.width, height: size.height, arrangement, panes.types) }

    private func draw(_ place: Layout.Place, on canvas: inout Canvas, _ context: PaneContext) {
        guard let pane = panes[place.pane] else { return }
        let isFocused = arrangement.focus == place.pane
        let number = PaneSet.key(of: place.pane, among: panes.types).map { "\($0.name) " } ?? ""
        let title = number + pane.title(context)
        guard !place.isCollapsed else {
            let line = (isFocused ? look.accent : look.faint)
            canvas.write(" \(title)", x: place.rect.x, y: place.rect.y, style: line, width: place.rect.width)
            return
        }
        canvas.frame(place.rect, title: title, look: look, isFocused: isFocused)
        pane.draw(on: &canvas, in: place.rect.inset(by: 1), context, isFocused: isFocused)
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
