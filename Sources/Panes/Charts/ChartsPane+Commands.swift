extension ChartsPane {
    static let commands: [Command] = [
        Command(
            "charts.single", "one or all", "Show one chart large, or all of them.", in: .pane(.charts),
            keys: [.enter], hinted: true
        ) {
            $0.charts.toggleSingle()
        },
        Command(
            "charts.zoomIn", "zoom in", "Show fewer steps around the cursor.", in: .pane(.charts),
            keys: [.character("+"), .character("=")], hinted: true
        ) {
            $0.charts.zoom(by: 0.5, $0.context)
        },
        Command("charts.zoomOut", "zoom out", "Show more steps.", in: .pane(.charts), keys: [.character("-")])
        {
            $0.charts.zoom(by: 2, $0.context)
        },
        Command(
            "charts.panLeft", "earlier", "Show earlier steps.", in: .pane(.charts), keys: [.character("H")]
        ) { $0.charts.pan(by: -0.25, $0.context) },
        Command("charts.panRight", "later", "Show later steps.", in: .pane(.charts), keys: [.character("L")])
        { $0.charts.pan(by: 0.25, $0.context) },
        Command(
            "charts.all", "whole", "Show all steps, without a cursor.", in: .pane(.charts),
            keys: [.character("0")]
        ) { $0.charts.reset() },
        Command(
            "charts.log", "log y",
            "Logarithmic or linear values; on a logarithmic scale, values of 0 or less are gaps.",
            in: .pane(.charts), keys: [.character("y")], hinted: true
        ) {
            $0.charts.isLog.toggle()
        },
        Command(
            "charts.x", "x axis", "The next of what can lie along the x axis: steps, seconds.",
            in: .pane(.charts),
            keys: [.character("x")]
        ) { $0.charts.nextX() },
        Command(
            "charts.smooth", "smooth", "Smoothing: none, 0.6, 0.9, 0.97; the raw curve stays, faint.",
            in: .pane(.charts), keys: [.character("m")], hinted: true
        ) {
            $0.charts.nextSmoothing()
        },
        Command(
            "charts.band", "band", "Seeds as mean and 95 % band, or each as its own curve.",
            in: .pane(.charts), keys: [.character("b")],
            unless: { ($0.view?.seeds.count ?? 0) > 1 ? nil : "there is one seed only" }
        ) {
            $0.charts.hasBands.toggle()
        },
        Command(
            "charts.dots", "dots", "Curves of braille dots, half blocks or ASCII marks.", in: .pane(.charts),
            keys: [.character("d")]
        ) { $0.charts.nextDots() },
        Command(
            "charts.next", "next chart", "Choose the next chart.", in: .pane(.charts), keys: [.character("n")]
        ) { bench in
            bench.charts.move(.down, bench.context)
        },
    ]
}
