import Foundation
import Terminal
import Testing
import TextLayout

@testable import Panes

/// What is promised to `--ascii` and to terminals such as vt100: no byte beyond 127, whatever engines and users say.
@Suite struct SevenBitTests {
    private static let looks = [
        Look(glyphs: .ascii, colors: .mono), Look(glyphs: .ascii, colors: .truecolor),
    ]

    private func expectASCII(
        _ bench: Workbench, _ what: String, _ location: SourceLocation = #_sourceLocation
    ) {
        let strange = Set(bench.draw().cells.map(\.character).filter { !$0.isASCII })
        #expect(strange.isEmpty, "\(what) shows \(strange)", sourceLocation: location)
    }

    @Test(arguments: GoldenScreens.sizes) func panesChartsArtifactsAndSheets(_ size: (Int, Int)) throws {
        for look in Self.looks {
            for id in ["dune", "reef"] {
                var bench = try Fixture.bench(size.0, size.1, of: id, look: look)
                for pane in bench.panes.ids {
                    bench.focus(pane)
                    for isZoomed in [false, true] {
                        bench.arrangement.isZoomed = isZoomed
                        expectASCII(bench, pane.rawValue)
                    }
                }
            }
            try artifacts(size, look)
            try sheets(size, look)
            try charts(size, look)
        }
    }

    private func artifacts(_ size: (Int, Int), _ look: Look) throws {
        var bench = try Fixture.bench(size.0, size.1, look: look)
        for name in ["words"] + Recorded.artifacts.map(\.name) {
            bench.show(name)
            expectASCII(bench, name)
            bench.arrangement.isZoomed.toggle()
            expectASCII(bench, name)
        }
    }

    private func sheets(_ size: (Int, Int), _ look: Look) throws {
        for sheet in GoldenScreens.sheets {
            var bench = try Fixture.bench(size.0, size.1, look: look)
            for key in sheet.keys { bench.type(key) }
            bench.write(sheet.text + "é…σ")
            expectASCII(bench, sheet.name)
            bench.type("enter")
            expectASCII(bench, sheet.name)
        }
        var bench = try Fixture.bench(size.0, size.1, look: look)
        bench.say("written: a.csv … σ → “b” — 3 × 2²")
        expectASCII(bench, "the footer")
        #expect(bench.screen.contains("written: a.csv ... sigma -> \"b\" -- 3 x 2^2"))
    }

    private func charts(_ size: (Int, Int), _ look: Look) throws {
        var bench = try Fixture.bench(size.0, size.1, look: look)
        for key in ["left", "left", "+", "y", "m", "m", "d", "d", "b", "x", "left", "enter", "P"] {
            bench.type("4", key)
            expectASCII(bench, "charts after \(key)")
        }
        bench.replay?.seek(to: 0.5)
        expectASCII(bench, "a replay")
        var (live, trials) = try Fixture.running(look: look)
        live.resize(width: size.0, height: size.1)
        live.take(.status(trial: trials[0].id, .failed, message: "“σ” fell — too far…"))
        live.take(.storeTrouble("The disk is full — nothing is lost…"))
        expectASCII(live, "a failure")
    }

    @Test func lettersAreNamedAndSignsTyped() {
        #expect(SevenBit.text("σ² ≤ β·π₀ → ∞ … “é”") == "sigma^2 <= beta.pi_0 -> inf ... \"e\"")
        #expect(SevenBit.text("漢字 ½") == "?? 1/2")
        #expect(SevenBit.text("plain") == "plain")
        for scalar in (0x80...0x2fff).compactMap({ Unicode.Scalar($0) }) {
            #expect(SevenBit.text(String(Character(scalar))).utf8.allSatisfy { $0 < 128 })
            #expect(SevenBit.cell(Character(scalar)).isASCII)
        }
    }
}
