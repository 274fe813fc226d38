import Foundation
import Terminal
import Testing

@testable import Panes

/// Screens as text, at three sizes.
@Suite struct GoldenScreens {
    static let sizes = [(80, 24), (120, 40), (200, 60)]

    @Test(arguments: sizes) func aRecordedClaim(_ size: (Int, Int)) throws {
        try expectGolden(try Fixture.bench(size.0, size.1).screen, "claim-\(size.0)x\(size.1)")
    }

    @Test(arguments: sizes) func inTheMiddleOfAReplay(_ size: (Int, Int)) throws {
        var bench = try Fixture.bench(size.0, size.1)
        bench.replay?.seek(to: 0.8)
        try expectGolden(bench.screen, "replay-\(size.0)x\(size.1)")
    }

    /// Bars of what is measured once, and two meshes side by side.
    @Test(arguments: sizes) func beforeAndAfter(_ size: (Int, Int)) throws {
        var bench = try Fixture.bench(size.0, size.1, of: "deepmesh")
        bench.show("before and after 1")
        try expectGolden(bench.screen, "meshes-\(size.0)x\(size.1)")
    }

    @Test(arguments: sizes) func imagesAgainstCaptions(_ size: (Int, Int)) throws {
        var bench = try Fixture.bench(size.0, size.1, of: "tulip")
        bench.show("similarity")
        try expectGolden(bench.screen, "similarity-\(size.0)x\(size.1)")
    }

    @Test(arguments: sizes) func theKeys(_ size: (Int, Int)) throws {
        var bench = try Fixture.bench(size.0, size.1)
        bench.type("?")
        bench.write("zoom")
        try expectGolden(bench.screen, "keys-\(size.0)x\(size.1)")
    }

    @Test(arguments: sizes) func aRefusedInput(_ size: (Int, Int)) throws {
        var bench = try Fixture.bench(size.0, size.1)
        bench.type("2", "down", "down", "enter")
        bench.write("x")
        bench.type("enter")
        try expectGolden(bench.screen, "refused-\(size.0)x\(size.1)")
    }

    @Test(arguments: sizes) func sevenBits(_ size: (Int, Int)) throws {
        var bench = try Fixture.bench(size.0, size.1, look: Look(glyphs: .ascii, colors: .mono))
        bench.type("5", "z", "z")
        let screen = bench.draw()
        var writer = FrameWriter(colors: .mono, isASCII: true)
        #expect(writer.bytes(for: screen).allSatisfy { $0 < 128 })
        try expectGolden(screen.rows.joined(separator: "\n") + "\n", "ascii-\(size.0)x\(size.1)")
    }

    @Test(arguments: [(20, 5), (40, 12), (59, 40), (60, 15)]) func small(_ size: (Int, Int)) throws {
        try expectGolden(try Fixture.bench(size.0, size.1).screen, "claim-\(size.0)x\(size.1)")
    }

    @Test func aScreenThatIsTooSmallSaysSo() throws {
        #expect(try Fixture.bench(19, 5).screen.contains("20x5 at least"))
        #expect(try Fixture.bench(20, 4).screen.contains("20x5 at least"))
    }

    /// Every pane and every sheet at every small size: nothing breaks, and the focus is seen.
    @Test func nothingBreaks() throws {
        var bench = try Fixture.bench()
        for pane in PaneID.allCases {
            bench.arrangement.focus(pane)
            for height in stride(from: 1, through: 40, by: 3) {
                for width in stride(from: 1, through: 200, by: 13) {
                    bench.resize(width: width, height: height)
                    let screen = bench.draw()
                    #expect(screen.width == width && screen.height == height)
                    let layout = Layout(width: width, height: height, bench.arrangement)
                    #expect(layout.places.isEmpty || layout.rect(of: pane) != nil)
                }
            }
        }
        for key in ["?", ":", "c"] {
            bench.type(key)
            for size in 1...30 {
                bench.resize(width: 3 * size, height: size)
                _ = bench.draw()
            }
            bench.type("esc")
        }
    }
}

@Suite struct LayoutTests {
    @Test func panesFillTheScreenAndDoNotOverlap() {
        for height in stride(from: 5, through: 90, by: 5) {
            for width in stride(from: 20, through: 250, by: 7) {
                for wider in [-20, 0, 40] {
                    var arrangement = Arrangement()
                    (arrangement.wider, arrangement.taller) = (wider, wider / 2)
                    let layout = Layout(width: width, height: height, arrangement)
                    var covered = Canvas(width: width, height: height)
                    for rect in layout.places.map(\.rect) + [layout.status, layout.footer] {
                        for y in rect.y..<rect.y + rect.height {
                            for x in rect.x..<rect.x + rect.width {
                                #expect(covered.bounds.contains(x: x, y: y))
                                #expect(
                                    covered[x, y].character == " ",
                                    "two panes at \(x),\(y) of \(width)x\(height)")
                                covered[x, y] = Cell("x")
                            }
                        }
                    }
                    #expect(covered.cells.allSatisfy { $0.character == "x" }, "a gap at \(width)x\(height)")
                }
            }
        }
    }
}
