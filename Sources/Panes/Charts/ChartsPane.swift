import Charts
import Foundation
import MethodKit
import SessionViews
import Store
import Terminal
import TextLayout

/// The curves of the shown session, one chart a metric, and the effect of its claim.
struct ChartsPane: Pane {
    static let id = PaneID.charts, place = PanePlace.upper
    /// The chosen chart.
    private(set) var cursor = ListCursor()
    /// Whether the chosen chart has the pane for itself.
    private(set) var isSingle = false
    /// The part of the x axis that is shown; nil shows all of it.
    private(set) var window: ClosedRange<Double>?
    /// Where the read-out is taken.
    private(set) var crosshair: Double?
    /// What lies along the x axis.
    private(set) var axis = XAxes.usual
    private(set) var smoothing = 0.0
    var isLog = false
    var hasBands = true
    var dots = LineChart.Dots.braille
    /// Parts of curves at full resolution, read for the window.
    private(set) var details: [DetailRequest: Detail] = [:]
    /// Those of them that are still to come.
    private(set) var awaitedDetails: Set<DetailRequest> = []
    /// What has been drawn.
    let memory = ChartMemory()
    private static let weights = [0, 0.6, 0.9, 0.97]

    /// A part of a curve at full resolution.
    struct Detail {
        let buckets: [Bucket]
        let revision = Revision()
    }

    func title(_ context: PaneContext) -> String {
        var parts = ["charts"]
        if let view = context.view {
            parts.append(
                view.record.name.isEmpty ? "\(view.record.method) \(view.record.shortID)" : view.record.name)
        }
        if axis.name != XAxes.usual.name { parts.append("x in \(axis.name)") }
        if isLog { parts.append("log y") }
        if smoothing > 0 { parts.append("smoothed \(smoothing.brief)") }
        if let crosshair { parts.append("at \(axis.readout(crosshair))") }
        return parts.joined(separator: " · ")
    }

    // MARK: Keys

    mutating func reset() {
        (window, crosshair) = (nil, nil)
        (details, awaitedDetails) = ([:], [])
    }

    /// The first chart of another session, whole.
    mutating func sessionChanged(_ context: PaneContext) {
        cursor = ListCursor()
        reset()
    }

    func tell(_ context: inout PaneContext) {
        guard let crosshair, let trial = context.view?.trial else { return }
        let longest = trial.curves.max { $0.buckets.count < $1.buckets.count }
        context.pointedStep = longest.flatMap { axis.step(at: crosshair, of: $0, in: trial) }
    }

    mutating func requests(_ context: PaneContext) -> [Request] {
        let missing = missingDetails(context).filter { !awaitedDetails.contains($0) }
        awaitedDetails.formUnion(missing)
        return missing.map { .detail($0) }
    }

    /// Takes in a part of a curve; one of a window that has gone is left out.
    mutating func take(_ detail: [Bucket], for request: DetailRequest) {
        if awaitedDetails.remove(request) != nil { details[request] = Detail(buckets: detail) }
    }

    mutating func wheel(_ move: Move, _ context: PaneContext) {
        zoom(by: move == .up ? 0.8 : 1.25, context)
    }

    mutating func press(x: Int, y: Int, in rect: Rect, _ context: PaneContext) -> ClickReply {
        if let time = seekTime(x: x, y: y, in: rect, context) { return .seek(time) }
        point(x: x, y: y, in: rect, context)
        return .nothing
    }

    mutating func drag(x: Int, y: Int, in rect: Rect, _ context: PaneContext) -> ClickReply {
        press(x: x, y: y, in: rect, context)
    }

    mutating func escape() -> Bool {
        if crosshair != nil {
            crosshair = nil
        } else if window != nil {
            window = nil
        } else if isSingle {
            isSingle = false
        } else {
            return false
        }
        return true
    }

    mutating func toggleSingle() { isSingle.toggle() }

    mutating func nextX() {
        axis = XAxes.next(after: axis)
        reset()
    }

    mutating func nextSmoothing() {
        let place = Self.weights.firstIndex(of: smoothing) ?? 0
        smoothing = Self.weights[(place + 1) % Self.weights.count]
    }

    mutating func nextDots() {
        let all = LineChart.Dots.allCases
        dots = all[((all.firstIndex(of: dots) ?? 0) + 1) % all.count]
    }

    mutating func move(_ move: Move, _ context: PaneContext) {
        switch move {
        case .left: moveCrosshair(by: -1, context)
        case .right: moveCrosshair(by: 1, context)
        default: cursor.move(move, count: count(context), page: 3)
        }
    }

    /// Moves the read-out by about a column, from the end when there was none.
    private mutating func moveCrosshair(by columns: Double, _ context: PaneContext) {
        guard let range = window ?? whole(context) else { return }
        let step = (range.upperBound - range.lowerBound) / 60
        let now = crosshair ?? (columns < 0 ? range.upperBound : range.lowerBound - step)
        let moved = axis.snapped(now + columns * (axis.isWhole ? max(1, step) : step))
        crosshair = max(range.lowerBound, min(range.upperBound, moved))
    }

    mutating func zoom(by factor: Double, _ context: PaneContext) {
        guard let whole = whole(context) else { return }
        let range = window ?? whole
        let width = (range.upperBound - range.lowerBound) * factor
        if width >= whole.upperBound - whole.lowerBound { return window = nil }
        guard width >= axis.leastWidth(of: whole.upperBound - whole.lowerBound) else { return }
        let centre = crosshair ?? (range.lowerBound + range.upperBound) / 2
        show(centre - width / 2, width, whole)
    }

    mutating func pan(by share: Double, _ context: PaneContext) {
        guard let window, let whole = whole(context) else { return }
        let width = window.upperBound - window.lowerBound
        show(window.lowerBound + share * width, width, whole)
    }

    private mutating func show(_ start: Double, _ width: Double, _ whole: ClosedRange<Double>) {
        let low = max(whole.lowerBound, min(whole.upperBound - width, start))
        window = low...low + width
        (details, awaitedDetails) = ([:], [])
    }

    /// Puts the read-out on a step.
    mutating func point(step: Int) {
        axis = StepAxis()
        crosshair = Double(step)
        if let window, !window.contains(Double(step)) { self.window = nil }
    }

    /// Chooses the chart at a cell and puts the read-out there.
    private mutating func point(x: Int, y: Int, in rect: Rect, _ context: PaneContext) {
        guard let grid = ChartGrid(self, context) else { return }
        guard let place = grid.place(x: x, y: y, in: rect) else { return }
        cursor.row = place.slot
        let value = grid.value(column: x, slot: place.slot, in: place.rect)
        crosshair = value.map { axis.snapped($0) } ?? crosshair
    }

    /// The place in a replay of a cell of the seek bar.
    private func seekTime(x: Int, y: Int, in rect: Rect, _ context: PaneContext) -> Double? {
        guard let grid = ChartGrid(self, context), let replay = context.replay, grid.hasSeekBar(rect) else {
            return nil
        }
        let bar = ChartGrid.seekRect(rect)
        guard bar.contains(x: x, y: y) else { return nil }
        return SeekBar.share(column: x, in: bar) * replay.recording.duration
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ context: PaneContext, isFocused: Bool) {
        guard let grid = ChartGrid(self, context) else {
            return CardHint.draw(on: &canvas, in: rect, context)
        }
        grid.draw(on: &canvas, in: rect, isFocused: isFocused)
    }

    /// How many charts there are.
    private func count(_ context: PaneContext) -> Int { ChartGrid(self, context)?.slots.count ?? 0 }

    /// Metrics that any trial has reported; the first before the first report.
    func metrics(_ view: SessionView) -> [Int] {
        let reported = view.record.metrics.indices.filter { metric in
            view.trials.contains { !$0.curves[metric].buckets.isEmpty }
        }
        return reported.isEmpty ? Array(view.record.metrics.indices.prefix(1)) : reported
    }

    // MARK: The x axis

    /// Everything that the trials have reached.
    func whole(_ context: PaneContext) -> ClosedRange<Double>? {
        var end = 0.0
        for trial in context.view?.trials ?? [] { end = max(end, axis.end(of: trial)) }
        for other in context.overlays { for trial in other.trials { end = max(end, axis.end(of: trial)) } }
        return end > 0 ? 0...end : nil
    }

    /// What must be read from the store to show the window at full resolution.
    func missingDetails(_ context: PaneContext) -> [DetailRequest] {
        guard window != nil, let shown = context.view, context.replay?.isAtEnd ?? true else { return [] }
        let names = metrics(shown).map { shown.record.metrics[$0].name }
        return ([shown] + context.overlays).flatMap { view in
            view.trials.flatMap { trial in
                view.record.metrics.indices.filter { names.contains(view.record.metrics[$0].name) }
                    .compactMap { request(trial, $0, view.key) }
            }
        }.filter { details[$0] == nil }
    }

    func request(_ trial: TrialView, _ metric: Int, _ session: SessionKey) -> DetailRequest? {
        guard let window, !trial.curves[metric].isExact,
            let steps = axis.steps(in: window, of: trial.curves[metric], in: trial)
        else { return nil }
        return DetailRequest(session: session, trial: trial.record.id, metric: metric, steps: steps)
    }
}

/// What the charts' place says while nothing is shown.
enum CardHint {
    static func draw(on canvas: inout Canvas, in rect: Rect, _ context: PaneContext) {
        if let pending = context.pending {
            canvas.write(" \(pending)…", x: rect.x, y: rect.y, style: context.look.faint, width: rect.width)
            return
        }
        let lines = [
            "Benchtop runs a paper's method beside its honest baseline, here, and draws what happens.",
            "", "1  choose a method", "a  run all its arms", "?  all keys",
        ]
        for (row, line) in lines.flatMap({ Columns.wrap($0, width: max(10, rect.width - 4)) }).enumerated()
        where row < rect.height {
            canvas.write(
                line, x: rect.x + 2, y: rect.y + 1 + row, style: context.look.text, width: rect.width - 4)
        }
    }
}

extension PaneID { static let charts = PaneID(rawValue: "charts") }

extension Workbench {
    var charts: ChartsPane {
        get { panes[ChartsPane.self] }
        set { panes[ChartsPane.self] = newValue }
    }

    /// Takes in a part of a curve at full resolution.
    public mutating func take(_ detail: [Bucket], for request: DetailRequest) {
        charts.take(detail, for: request)
    }

    /// The parts of curves that are still to be read.
    public var awaitedDetails: Set<DetailRequest> { charts.awaitedDetails }
}
