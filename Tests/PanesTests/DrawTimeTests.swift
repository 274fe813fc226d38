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
        let store = try SessionStore(path: "Sessions/steve.sqlite", mode: .immutable)
        let session = try store.find("last")
        let c0 = ContinuousClock.now
        let rec = try Recording(session, store, path: "x", total: 1000)
        let c1 = ContinuousClock.now
        var bench = Workbench(library: catalog.map { MethodInfo($0) }, look: Look())
        bench.show(Replay(rec, atEnd: true))
        let c2 = ContinuousClock.now
        print("load", c1 - c0, "replay", c2 - c1)
        for (w, h) in [(80, 24), (120, 40), (200, 60)] {
            bench.resize(width: w, height: h)
            _ = bench.draw()
            let t = ContinuousClock.now
            for _ in 0..<20 { _ = bench.draw() }
            let d = (ContinuousClock.now - t) / 20
            var writer = FrameWriter(colors: .truecolor)
            let canvas = bench.draw()
            let t2 = ContinuousClock.now
            let n = writer.bytes(for: canvas).count
            let t3 = ContinuousClock.now
            _ = writer.bytes(for: canvas)
            print(w, h, d, "write", t3 - t2, n, "same", ContinuousClock.now - t3)
        }
    }
}
