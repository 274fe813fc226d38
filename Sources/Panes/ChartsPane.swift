import Charts
import Foundation
import MethodKit
import Store
import Terminal

/// The curves of the shown session, one chart a metric, and the effect of its claim.
struct ChartsPane: Sendable {
    /// What lies along the x axis.
    enum XAxis: String, Sendable { case step, seconds }

    /// The chosen chart.
    private(set) var cursor = ListCursor()
    /// Whether the chosen chart has the pane for itself.
    private(set) var isSingle = false
    /// The part of the x axis that is shown; nil shows all of it.
    private(set) var window: ClosedRange<Double>?
    /// Where the read-out is taken.
    private(set) var crosshair: Double?
    private(set) var axis = XAxis.step
    private(set) var smoothing = 0.0
    var isLog = false
    var hasBands = true
    var dots = LineChart.Dots.braille
    /// Parts of curves at full resolution, read for the window.
    var details: [DetailRequest: [Bucket]] = [:]
    private static let weights = [0, 0.6, 0.9, 0.97]

    func title(_ bench: Workbench) -> String {
        var parts = ["charts"]
        if let view = bench.view {
            parts.append(
                view.record.name.isEmpty ? "\(view.record.method) \(view.record.shortID)" : view.record.name)
        }
        if axis == .seconds { parts.append("x in seconds") }
        if isLog { parts.append("log y") }
        if smoothing > 0 { parts.append("smoothed \(smoothing.brief)") }
        if let crosshair { parts.append("at \(axis == .step ? "step " : "")\(crosshair.brief)") }
        return parts.joined(separator: " · ")
    }

    // MARK: Keys

    mutating func reset() { (window, crosshair) = (nil, nil) }

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

    mutating func toggleX() {
        axis = axis == .step ? .seconds : .step
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

    mutating func move(_ move: Move, _ bench: Workbench) {
        switch move {
        case .left: moveCrosshair(by: -1, bench)
        case .right: moveCrosshair(by: 1, bench)
        default: cursor.move(move, count: count(bench), page: 3)
        }
    }

    /// Moves the read-out by about a column, from the end when there was none.
    private mutating func moveCrosshair(by columns: Double, _ bench: Workbench) {
        guard let range = window ?? whole(bench) else { return }
        let step = (range.upperBound - range.lowerBound) / 60
        let now = crosshair ?? (columns < 0 ? range.upperBound : range.lowerBound - step)
        let moved = now + columns * (axis == .step ? max(1, step.rounded()) : step)
        crosshair = max(range.lowerBound, min(range.upperBound, axis == .step ? moved.rounded() : moved))
    }

    mutating func zoom(by factor: Double, _ bench: Workbench) {
        guard let whole = whole(bench) else { return }
        let range = window ?? whole
        let width = (range.upperBound - range.lowerBound) * factor
        if width >= whole.upperBound - whole.lowerBound { return window = nil }
        let least = axis == .step ? 4.0 : (whole.upperBound - whole.lowerBound) / 1e6
        guard width >= least else { return }
        let centre = crosshair ?? (range.lowerBound + range.upperBound) / 2
        show(centre - width / 2, width, whole)
    }

    mutating func pan(by share: Double, _ bench: Workbench) {
        guard let window, let whole = whole(bench) else { return }
        let width = window.upperBound - window.lowerBound
        show(window.lowerBound + share * width, width, whole)
    }

    private mutating func show(_ start: Double, _ width: Double, _ whole: ClosedRange<Double>) {
        let low = max(whole.lowerBound, min(whole.upperBound - width, start))
        window = low...low + width
        details = [:]
    }

    /// Puts the read-out on a step.
    mutating func point(step: Int, _ bench: Workbench) {
        axis = .step
        crosshair = Double(step)
        if let window, !window.contains(Double(step)) { self.window = nil }
    }

    /// Chooses the chart at a cell and puts the read-out there.
    mutating func point(x: Int, y: Int, in rect: Rect, _ bench: Workbench) {
        let cells = cells(in: body(of: rect, bench), count: isSingle ? 1 : count(bench))
        guard let place = cells.firstIndex(where: { $0.contains(x: x, y: y) }) else { return }
        if !isSingle { cursor.row = place + firstShown(bench, cells.count) }
        let charts = charts(bench)
        guard case .curves(let chart) = charts.indices.contains(cursor.row) ? charts[cursor.row] : nil else {
            return
        }
        crosshair = chart.value(column: x, in: cells[place]).map { axis == .step ? $0.rounded() : $0 }
    }

    // MARK: Drawing

    /// One chart of the grid.
    private enum Item {
        case effect(EffectPlot)
        case curves(LineChart)
    }

    func draw(on canvas: inout Canvas, in rect: Rect, _ bench: Workbench, isFocused: Bool) {
        guard let view = bench.view else {
            return CardHint.draw(on: &canvas, in: rect, bench)
        }
        let body = body(of: rect, bench)
        drawLegend(view, on: &canvas, in: Rect(x: rect.x, y: rect.y, width: rect.width, height: 1), bench)
        if let replay = bench.replay, rect.height >= 8 {
            seekBar(replay).draw(on: &canvas, in: seekRect(rect), look: bench.look)
        }
        drawGrid(charts(bench), on: &canvas, in: body, bench, isFocused: isFocused)
    }

    private func drawGrid(
        _ items: [Item], on canvas: inout Canvas, in body: Rect, _ bench: Workbench, isFocused: Bool
    ) {
        let cells = cells(in: body, count: isSingle ? 1 : items.count)
        let first = isSingle ? min(cursor.row, items.count - 1) : firstShown(bench, cells.count)
        guard first >= 0 else { return }
        let shown = Array(items[first...].prefix(cells.count))
        let width = zip(shown, cells).compactMap { item, cell -> Int? in
            if case .curves(let chart) = item { chart.neededLabelWidth(rows: cell.height) } else { nil }
        }.max()
        for (place, item) in shown.enumerated() {
            switch item {
            case .effect(let plot): plot.draw(on: &canvas, in: cells[place], look: bench.look)
            case .curves(var chart):
                chart.labelWidth = width
                chart.isChosen = isFocused && items.count > 1 && first + place == cursor.row
                chart.draw(on: &canvas, in: cells[place], look: bench.look)
            }
        }
        if first + shown.count < items.count {
            let more = "\(items.count - first - shown.count) more below"
            canvas.write(
                more, x: body.x + body.width - more.count, y: body.y + body.height - 1,
                style: bench.look.faint)
        }
    }

    private func body(of rect: Rect, _ bench: Workbench) -> Rect {
        let (_, rest) = rect.split(top: 1)
        return bench.replay != nil && rect.height >= 8 ? rest.split(bottom: 2).rest : rest
    }

    func seekRect(_ rect: Rect) -> Rect {
        Rect(x: rect.x, y: rect.y + rect.height - 2, width: rect.width, height: 2)
    }

    /// Columns and rows of charts that are large enough to be read.
    private func cells(in rect: Rect, count: Int) -> [Rect] {
        guard count > 0, !rect.isEmpty else { return [] }
        let columns = max(1, min(count, rect.width / 44))
        let rows = max(1, min((count + columns - 1) / columns, rect.height / 7))
        return (0..<rows * columns).prefix(count).map { place in
            let (row, column) = (place / columns, place % columns)
            let (left, right) = (rect.width * column / columns, rect.width * (column + 1) / columns)
            let (top, bottom) = (rect.height * row / rows, rect.height * (row + 1) / rows)
            return Rect(
                x: rect.x + left, y: rect.y + top, width: right - left - (column + 1 < columns ? 1 : 0),
                height: bottom - top)
        }
    }

    /// The first chart of the page that has the cursor.
    private func firstShown(_ bench: Workbench, _ page: Int) -> Int {
        let count = count(bench)
        guard page > 0, count > page else { return 0 }
        return min(count - page, cursor.row / page * page)
    }

    private func drawLegend(_ view: SessionView, on canvas: inout Canvas, in rect: Rect, _ bench: Workbench) {
        let look = bench.look
        var pieces: [Piece] = []
        func add(_ name: String, _ color: Int) {
            let mark = look.isMono || look.glyphs == .ascii ? "\(LineChart.mark(color)) " : "━ "
            pieces.append((mark, Style(look.theme.series(color), on: look.theme.background, .bold)))
            pieces.append((name + "  ", look.text))
        }
        for (place, arm) in view.arms.enumerated() { add(arm, place) }
        for (place, name) in overlayNames(bench).enumerated() { add(name, view.arms.count + place) }
        if view.seeds.count > 1 {
            pieces.append(
                (
                    hasBands ? "mean and 95 % of \(view.seeds.count) seeds" : "\(view.seeds.count) seeds",
                    look.faint
                ))
        }
        canvas.write(pieces, x: rect.x + 1, y: rect.y, width: rect.width - 2)
    }

    // MARK: What the charts hold

    private func count(_ bench: Workbench) -> Int {
        guard let view = bench.view else { return 0 }
        return metrics(view).count + (effect(view, bench) == nil ? 0 : 1)
    }

    /// Metrics that any trial has reported; all of them before the first report.
    private func metrics(_ view: SessionView) -> [Int] {
        let reported = view.record.metrics.indices.filter { metric in
            view.trials.contains { !$0.curves[metric].buckets.isEmpty }
        }
        return reported.isEmpty ? Array(view.record.metrics.indices.prefix(1)) : reported
    }

    private func charts(_ bench: Workbench) -> [Item] {
        guard let view = bench.view else { return [] }
        let x = (window ?? whole(bench)).map { Scale($0) }
        let curves = metrics(view).map { metric -> Item in
            let declared = view.record.metrics[metric]
            let better = declared.better == .higher ? " ↑" : declared.better == .lower ? " ↓" : ""
            let arrow =
                bench.look.glyphs == .ascii
                ? better.replacing(" ↑", with: " (up)").replacing(" ↓", with: " (down)") : better
            var chart = LineChart(
                declared.name + (declared.unit.isEmpty ? "" : " (\(declared.unit))") + arrow,
                series(of: metric, in: view, bench))
            (chart.x, chart.isLog, chart.crosshair, chart.dots) = (x, isLog, crosshair, dots)
            chart.marks = marks(view)
            return .curves(chart)
        }
        guard let effect = effect(view, bench) else { return curves }
        return curves.prefix(1) + [.effect(effect)] + curves.dropFirst()
    }

    /// The effect of the method's first claim, where the session has both of its arms.
    private func effect(_ view: SessionView, _ bench: Workbench) -> EffectPlot? {
        guard let claim = bench.method(view.record.method)?.claims.first,
            view.arms.contains(claim.arm), view.arms.contains(claim.baseline),
            view.record.purpose == "claim" || view.seeds.count > 1
        else { return nil }
        let pairs = view.pairs(of: claim)
        let judgement = Judgement(effects: pairs.map(\.effect), threshold: claim.threshold)
        let interval = judgement.low.isNaN ? "" : " [\(judgement.low.brief), \(judgement.high.brief)]"
        let mean = pairs.isEmpty ? "" : "\(judgement.mean.brief)\(interval) "
        return EffectPlot(
            title: "\(claim.metric.name): \(claim.arm) over \(claim.baseline)",
            effects: pairs.map { ("\($0.seed)", $0.effect) }, mean: judgement.mean, low: judgement.low,
            high: judgement.high, threshold: claim.threshold, verdict: mean + judgement.verdict.rawValue,
            verdictStyle: verdictStyle(judgement.verdict, bench.look), missing: view.seeds.count - pairs.count
        )
    }

    private func series(of metric: Int, in view: SessionView, _ bench: Workbench) -> [Series] {
        let own = view.arms.enumerated().flatMap { place, arm in
            series(of: metric, arm: arm, in: view, named: arm, color: place)
        }
        let name = view.record.metrics[metric].name
        var color = view.arms.count
        let laid = bench.overlays.flatMap { other -> [Series] in
            other.arms.flatMap { arm -> [Series] in
                defer { color += 1 }
                guard let place = other.record.metrics.firstIndex(where: { $0.name == name }) else {
                    return []
                }
                return series(of: place, arm: arm, in: other, named: arm, color: color)
            }
        }
        return own + laid
    }

    private func overlayNames(_ bench: Workbench) -> [String] {
        bench.overlays.flatMap { other in
            other.arms.map {
                "\($0) of \(other.record.name.isEmpty ? other.record.shortID : other.record.name)"
            }
        }
    }

    /// One arm: its mean with the band over its seeds, or each seed's curve; smoothed ones over their raw values.
    private func series(
        of metric: Int, arm: String, in view: SessionView, named name: String, color: Int
    ) -> [Series] {
        let raw = view.trials.filter { $0.record.arm == arm && !$0.curves[metric].buckets.isEmpty }.map {
            trial in
            Series(name, points(of: trial, metric, view.key), color: color)
        }
        if raw.count > 1, hasBands {
            let smooth = raw.map { $0.smoothed(smoothing) }
            return Series.band(smooth, name: name, color: color) { values in
                let interval = Statistics.interval(of: values)
                return (interval.high - interval.low) / 2
            }
        }
        guard smoothing > 0 else { return raw }
        return raw.map { Series($0.name, $0.points, color: $0.color, kind: .faint) }
            + raw.map { $0.smoothed(smoothing) }
    }

    private func points(of trial: TrialView, _ metric: Int, _ session: SessionKey) -> [Series.Point] {
        let detail = request(trial, metric, session).flatMap { details[$0] }
        return (detail ?? trial.curves[metric].buckets).map { bucket in
            let x = axis == .step ? Double(bucket.firstStep + bucket.lastStep) / 2 : bucket.lastElapsed
            return Series.Point(x, bucket.mean, low: bucket.min, high: bucket.max)
        }
    }

    private func marks(_ view: SessionView) -> [LineChart.Mark] {
        guard let trial = view.trial else { return [] }
        return trial.marks.filter { $0.kind != .warning && ($0.step > 0 || $0.kind == .edit) }.map { mark in
            LineChart.Mark(
                axis == .step ? Double(mark.step) : mark.elapsed, mark.text, isStrong: mark.kind == .edit)
        }
    }

    // MARK: The x axis

    /// Everything that the trials have reached.
    private func whole(_ bench: Workbench) -> ClosedRange<Double>? {
        let trials = (bench.view?.trials ?? []) + bench.overlays.flatMap(\.trials)
        let end = trials.map { axis == .step ? Double($0.completed) : $0.elapsed }.max() ?? 0
        return end > 0 ? 0...end : nil
    }

    /// What must be read from the store to show the window at full resolution.
    func missingDetails(_ bench: Workbench) -> [DetailRequest] {
        guard let view = bench.view, bench.replay?.isAtEnd ?? true else { return [] }
        return view.trials.flatMap { trial in
            metrics(view).compactMap { request(trial, $0, view.key) }
        }.filter { details[$0] == nil }
    }

    private func request(_ trial: TrialView, _ metric: Int, _ session: SessionKey) -> DetailRequest? {
        guard let window, axis == .step, !trial.curves[metric].isExact else { return nil }
        let steps = Int(window.lowerBound.rounded(.down))...Int(window.upperBound.rounded(.up))
        return DetailRequest(session: session, trial: trial.record.id, metric: metric, steps: steps)
    }

    private func seekBar(_ replay: Replay) -> SeekBar {
        let duration = max(replay.recording.duration, 1e-9)
        let points = replay.overview.buckets.map {
            Series.Point($0.lastElapsed / duration, $0.mean, low: $0.min, high: $0.max)
        }
        return SeekBar(
            curve: Series("", points, color: 0), position: replay.share,
            chapters: replay.chapters.map { $0.time / duration })
    }
}

/// What the charts' place says while nothing is shown.
enum CardHint {
    static func draw(on canvas: inout Canvas, in rect: Rect, _ bench: Workbench) {
        let lines = [
            "Benchtop runs a paper's method beside its honest baseline, here, and draws what happens.",
            "", "1  choose a method", "a  run all its arms", "?  all keys",
        ]
        for (row, line) in lines.flatMap({ Columns.wrap($0, width: max(10, rect.width - 4)) }).enumerated()
        where row < rect.height {
            canvas.write(
                line, x: rect.x + 2, y: rect.y + 1 + row, style: bench.look.text, width: rect.width - 4)
        }
    }
}
