/// The dots of a chart's curves, a layer a curve.
///
/// Drawn again into the same frame, only curves that have come since are turned into dots: of a hundred sessions that are
/// laid over each other one by one, each is once. Anything else that changes begins anew.
struct CurveDots: Sendable {
    /// What decides where a value's dot is.
    struct Frame: Equatable {
        let kind: DotGrid.Kind
        /// In cells.
        let columns, rows: Int
        let x, y: Scale
    }

    private var frame: Frame?
    private var drawn: [Series] = []
    /// The dots of the curves that were drawn last.
    private(set) var grid = DotGrid(.braille, columns: 0, rows: 0)

    /// Draws curves, those behind first.
    mutating func draw(_ curves: [Series], in frame: Frame) {
        if frame != self.frame || !curves.starts(with: drawn) {
            (self.frame, drawn) = (frame, [])
            grid = DotGrid(frame.kind, columns: frame.columns, rows: frame.rows)
        }
        let pen = Rasteriser(x: frame.x, y: frame.y, width: grid.width, height: grid.height)
        for curve in curves[drawn.count...] { draw(curve, pen) }
        drawn = curves
    }

    private mutating func draw(_ curve: Series, _ pen: Rasteriser) {
        let layer = grid.addLayer()
        switch curve.kind {
        case .line, .faint: pen.line(curve.points, into: &grid, layer)
        case .band: pen.band(curve.points, into: &grid, layer)
        case .points: pen.points(curve.points, into: &grid, layer)
        case .whiskers: pen.whiskers(curve.points, into: &grid, layer)
        case .columns: pen.columns(curve.points, into: &grid, layer)
        }
    }
}
