import Foundation
import MethodKit
import Methods
import SessionControl
import Store
import Terminal
import Testing

@testable import Panes

@Suite struct DrawTime {
    @Test func time() throws {
        for path in ["Sessions/steve.sqlite", ".build/screen/one.sqlite"] {
        let store = try SessionStore(path: path, mode: .immutable)
        let session = try store.find("last")
        let c0 = ContinuousClock.now
        let rec = try Recording(session, store, path: "x", total: 1000)
        let c1 = ContinuousClock.now
        var bench = Workbench(library: catalog.map { MethodInfo($0) }, look: Look())
        bench.show(Replay(rec, atEnd: true))
        let c2 = ContinuousClock.now
        print("load", c1 - c0, "replay", c2 - c1)
        for (w, h) in [(80, 24), (160, 48), (200, 60)] {
            bench.resize(width: w, height: h)
            _ = bench.draw()
            let t = ContinuousClock.now
            for _ in 0..<20 { _ = bench.draw() }
            let d = (ContinuousClock.now - t) / 20
            let layout = Layout(width: w, height: h, bench.arrangement)
            var parts: [String] = []
            for place in layout.places {
                var canvas = Canvas(width: w, height: h)
                let t = ContinuousClock.now
                for _ in 0..<10 {
                switch place.pane {
                case .charts: bench.charts.draw(on: &canvas, in: place.rect, bench, isFocused: true)
                case .inputs: bench.inputs.draw(on: &canvas, in: place.rect, bench, isFocused: true)
                case .logs: bench.logs.draw(on: &canvas, in: place.rect, bench, isFocused: true)
                case .card: bench.card.draw(on: &canvas, in: place.rect, bench, isFocused: true)
                case .artifact: bench.artifact.draw(on: &canvas, in: place.rect, bench, isFocused: true)
                default: break
                }
                }
                parts.append("\(place.pane) \((ContinuousClock.now - t) / 10)")
            }
            print(w, h, d, parts)
        }
        }
    }
}
