import Charts
import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store
import Terminal

/// The charts pane's contents: which charts there are, where they stand, what is in them.
struct ChartGrid {
    /// One chart of the grid.
    enum Slot: Equatable {
        /// What the seeds say of a claim, by its place among those that the session tests.
        case claim(Int)
        /// The curves of a metric, by its place; bars where each trial reports it once.
        case metric(Int)
    }

    let pane: ChartsPane
    let context: PaneContext
    let view: SessionView
    let slots: [Slot]
    private let claims: [Claim]
    private let x: Scale?

    /// The charts of the shown session; nil when none is shown.
    init?(_ pane: ChartsPane, _ context: PaneContext) {
        guard let view = context.view else { return nil }
        self.pane = pane
        self.context = context
        self.view = view
        x = (pane.window ?? pane.whole(context)).map { Scale($0) }
        let metrics = pane.metrics(view).map { Slot.metric($0) }
        claims = Self.claims(of: view, context)
        slots = metrics.prefix(1) + claims.indices.map { Slot.claim($0) } + metrics.dropFirst()
    }

    // MARK: Places

    /// The chart at a cell and its rectangle.
    func place(x: Int, y: Int, in rect: Rect) -> (slot: Int, rect: Rect)? {
        let cells = cells(in: body(of: rect))
        guard let place = cells.firstIndex(where: { $0.contains(x: x, y: y) }) else { return nil }
        return (first(page: cells.count) + place, cells[place])
    }

    /// The place on the x axis of a column of a chart.
    func value(column: Int, slot: Int, in rect: Rect) -> Double? {
        guard slots.indices.contains(slot), case .metric(let metric) = slots[slot],
            bars(metric, in: rect) == nil
        else { return nil }
        return chart(metric).value(column: column, in: rect)
    }

    private func body(of rect: Rect) -> Rect {
        let (_, rest) = rect.split(top: hasLegend(rect) ? 1 : 0)
        return hasSeekBar(rect) ? rest.split(bottom: 2).rest : rest
    }

    private func hasLegend(_ rect: Rect) -> Bool { rect.height >= 5 }

    func hasSeekBar(_ rect: Rect) -> Bool { context.replay?.isInUse == true && rect.height >= 8 }

    /// Where the seek bar stands.
    static func seekRect(_ rect: Rect) -> Rect { rect.split(bottom: 2).bottom }

    /// Columns and rows of charts that are large enough to be read.
    private func cells(in rect: Rect) -> [Rect] {
        let count = pane.isSingle ? 1 : slots.count
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
    private func first(page: Int) -> Int {
        let row = max(0, min(slots.count - 1, pane.cursor.row))
        if pane.isSingle { return row }
        guard page > 0, slots.count > page else { return 0 }
        return min(slots.count - page, row / page * page)
    }

    // MARK: Drawing

    func draw(on canvas: inout Canvas, in rect: Rect, isFocused: Bool) {
        if let replay = context.replay, hasSeekBar(rect) {
            seekBar(replay).draw(on: &canvas, in: Self.seekRect(rect), look: context.look)
        }
        let body = body(of: rect), cells = cells(in: body), first = first(page: cells.count)
        drawCharts(Array(slots.dropFirst(first)), from: first, on: &canvas, in: cells, isFocused)
        guard hasLegend(rect) else { return }
        let (top, _) = rect.split(top: 1)
        let shown = cells.count > 1 ? "\(first + 1)-\(first + cells.count)" : "\(first + 1)"
        let page = cells.count < slots.count ? "\(shown) of \(slots.count)" : ""
        drawLegend(on: &canvas, in: top.split(right: page.count + 1).rest)
        canvas.write(page, x: top.x + top.width - page.count - 1, y: top.y, style: context.look.faint)
    }

    private func drawCharts(
        _ shown: [Slot], from first: Int, on canvas: inout Canvas, in cells: [Rect], _ isFocused: Bool
    ) {
        let drawings = zip(shown, cells).map { drawing(of: $0, in: $1) }, memory = pane.memory
        // One width of labels for all, so that equal steps stand above each other.
        let width = zip(drawings, cells).compactMap { drawing, cell -> Int? in
            guard case .curves(let metric, let chart) = drawing else { return nil }
            return memory.picture(of: metric) { $0.neededLabelWidth(of: chart, rows: cell.height) }
        }.max()
        for (place, (drawing, cell)) in zip(drawings, cells).enumerated() {
            let isChosen = isFocused && slots.count > 1 && first + place == pane.cursor.row
            switch drawing {
            case .curves(let metric, var chart):
                (chart.labelWidth, chart.isChosen) = (width, isChosen)
                memory.picture(of: metric) { $0.draw(chart, on: &canvas, in: cell, look: context.look) }
            case .bars(var bars):
                bars.isChosen = isChosen
                bars.draw(on: &canvas, in: cell, look: context.look)
            case .claim(let plot): plot.draw(on: &canvas, in: cell, look: context.look)
            }
        }
        memory.endDrawing()
    }

    /// What a chart turns out to be where it has a certain room.
    private enum Drawing {
        case curves(metric: Int, LineChart)
        case bars(BarChart)
        case claim(EffectPlot)
    }

    private func drawing(of slot: Slot, in cell: Rect) -> Drawing {
        switch slot {
        case .claim(let place): .claim(effectPlot(place))
        case .metric(let metric):
            bars(metric, in: cell).map { .bars($0) } ?? .curves(metric: metric, chart(metric))
        }
    }

    private func drawLegend(on canvas: inout Canvas, in rect: Rect) {
        let look = context.look
        var pieces: [Piece] = []
        for (place, name) in (view.arms + overlayNames).enumerated() {
            // The letter that stands at the curve's end.
            let mark = "\(LineChart.mark(place)) "
            pieces.append((mark, Style(look.theme.series(place), on: look.theme.background, .bold)))
            pieces.append((name + "  ", look.text))
        }
        let seeds = view.seeds.count
        if seeds > 1 {
            pieces.append((pane.hasBands ? "mean and 95 % of \(seeds) seeds" : "\(seeds) seeds", look.faint))
        }
        canvas.write(pieces, x: rect.x + 1, y: rect.y, width: rect.width - 2)
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

    // MARK: Claims

    /// The claims of which the session says something, where it has several seeds.
    private static func claims(of view: SessionView, _ context: PaneContext) -> [Claim] {
        guard view.record.isClaim || view.seeds.count > 1 else { return [] }
        return context.method(view.record.method)?.claims(testedWith: view.record.preset, arms: view.arms)
            ?? []
    }

    private func effectPlot(_ place: Int) -> EffectPlot {
        let claim = claims[place]
        let key = ChartMemory.ReportKey(
            session: view.key, claim: place, trials: view.trials.map(\.revision))
        let report = pane.memory.report(key) { view.report(of: claim) }, finding = report.finding
        let controls = report.controls.map { row($0.report, words: $0.words, style($0.standing)) }
        return EffectPlot(
            title: claims.count > 1 ? "claim \(claim.headline.name)" : "claim", verdict: finding.text,
            verdictStyle: verdictStyle(finding, context.look),
            rows: report.conditions.map {
                row($0, words: $0.verdict.rawValue, verdictStyle($0.verdict, context.look))
            }
                + controls)
    }

    private func row(_ report: ConditionReport, words: String, _ style: Style) -> EffectPlot.Row {
        let condition = report.condition, judgement = report.judgement
        // The interval of a part of the seeds is not shown: it would set the scale, and be read as the answer.
        let isDecided = report.gaps.isEmpty
        let found = report.notRun.isEmpty ? "\(words) \(report.effectText)" : words
        return EffectPlot.Row(
            condition.name, values: report.rows.map { ("\($0.seed)", $0.value) }, mean: judgement.mean,
            low: isDecided ? judgement.low : .nan, high: isDecided ? judgement.high : .nan,
            bounds: condition.scaledBound.ends, isGoodAbove: condition.isGoodAbove,
            hasZero: condition.isComparison, found: found, asked: ", asked \(condition.boundText)",
            style: style)
    }

    private func style(_ standing: ControlReport.Standing) -> Style {
        switch standing {
        case .beyond: context.look.good
        case .behind: context.look.bad
        case .notBeyond: context.look.warning
        case .unknown: context.look.faint
        }
    }

    // MARK: Curves and bars

    /// One bar an arm, the mean of its seeds, where each trial that has ended reported the metric once and no trial
    /// more often; nil where curves say more, or there is no room.
    private func bars(_ metric: Int, in rect: Rect) -> BarChart? {
        let curves = view.trials.map { $0.curves[metric] }
        guard context.overlays.isEmpty, curves.allSatisfy({ $0.isValue || $0.buckets.isEmpty }) else {
            return nil
        }
        let ended = view.trials.filter { $0.status.isFinal && $0.curves[metric].isValue }
        let bars = view.arms.enumerated().compactMap { place, arm -> BarChart.Bar? in
            let values = ended.filter { $0.record.arm == arm }.compactMap { $0.curves[metric].last }
            guard !values.isEmpty else { return nil }
            let (mean, low, high) = Statistics.interval(of: values)
            return BarChart.Bar(arm, mean, low: low, high: high, color: place)
        }
        let chart = BarChart(title(metric), bars)
        return !bars.isEmpty && chart.fits(rect) ? chart : nil
    }

    private func title(_ metric: Int) -> String {
        let declared = view.record.metrics[metric]
        return declared.name + (declared.unit.isEmpty ? "" : " (\(declared.unit))") + better(declared)
    }

    private func chart(_ metric: Int) -> LineChart {
        var chart = LineChart(title(metric), series(of: metric))
        (chart.x, chart.isLog, chart.crosshair, chart.dots) = (x, pane.isLog, pane.crosshair, pane.dots)
        chart.marks = marks
        return chart
    }

    private func better(_ metric: Metric) -> String {
        switch metric.better {
        case .higher: " ↑"
        case .lower: " ↓"
        case .neither: ""
        }
    }

    private func series(of metric: Int) -> [Series] {
        let own = view.arms.enumerated().flatMap { place, arm in
            series(of: metric, arm: arm, in: view, color: place)
        }
        let name = view.record.metrics[metric].name
        var color = view.arms.count
        return own
            + context.overlays.flatMap { other -> [Series] in
                let place = other.record.metrics.firstIndex { $0.name == name }
                return other.arms.flatMap { arm -> [Series] in
                    defer { color += 1 }
                    return place.map { series(of: $0, arm: arm, in: other, color: color) } ?? []
                }
            }
    }

    private var overlayNames: [String] {
        context.overlays.flatMap { other in
            let name = other.record.name.isEmpty ? other.record.shortID : other.record.name
            return other.arms.map { "\($0) of \(name)" }
        }
    }

    /// One arm: its mean with the band over its seeds, or each seed's curve; smoothed ones over their raw values.
    private func series(of metric: Int, arm: String, in view: SessionView, color: Int) -> [Series] {
        let trials = view.trials.filter { $0.record.arm == arm && !$0.curves[metric].buckets.isEmpty }
        let details = trials.map { pane.request($0, metric, view.key).flatMap { pane.details[$0] } }
        let key = ChartMemory.CurveKey(
            metric: metric, name: arm, color: color, axis: pane.axis.name, smoothing: pane.smoothing,
            hasBand: pane.hasBands, trials: trials.map(\.revision), details: details.map { $0?.revision })
        return pane.memory.curves(key) {
            drawn(
                zip(trials, details).map { trial, detail in
                    Series(
                        arm, points(of: detail?.buckets ?? trial.curves[metric].buckets, in: trial),
                        color: color)
                }, arm, color)
        }
    }

    /// The curves of an arm's trials as they are to be drawn.
    private func drawn(_ raw: [Series], _ arm: String, _ color: Int) -> [Series] {
        let smooth = raw.map { $0.smoothed(pane.smoothing) }
        if raw.count > 1, pane.hasBands {
            return Series.band(smooth, name: arm, color: color) { freedom in
                Statistics.studentQuantile(0.975, freedom: Double(freedom))
            }
        }
        guard pane.smoothing > 0 else { return raw }
        return raw.map { Series($0.name, $0.points, color: $0.color, kind: .faint) } + smooth
    }

    private func points(of buckets: [Bucket], in trial: TrialView) -> [Series.Point] {
        zip(pane.axis.places(of: buckets, in: trial), buckets).map { place, bucket in
            Series.Point(place, bucket.mean, low: bucket.min, high: bucket.max)
        }
    }

    private var marks: [LineChart.Mark] {
        guard let trial = view.trial else { return [] }
        return trial.marks.filter { $0.kind != .warning && ($0.step > 0 || $0.kind == .edit) }.map {
            LineChart.Mark(pane.axis.place(of: $0, in: trial), $0.text, isStrong: $0.kind == .edit)
        }
    }
}

extension Condition {
    /// Whether larger values are the good ones; within a range, neither end is better.
    fileprivate var isGoodAbove: Bool {
        if case .below = bound { return false }
        return true
    }
}
