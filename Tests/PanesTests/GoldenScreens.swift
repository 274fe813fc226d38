import Foundation
import Terminal
import Testing

@testable import Panes

/// Screens as text, at three sizes: of a catalogue and of sessions that only these tests know.
@Suite struct GoldenScreens {
    static let sizes = [(80, 24), (120, 40), (200, 60)]
    /// Keys that open each sheet, and what is typed there.
    static let sheets: [(name: String, keys: [String], text: String)] = [
        ("help", ["?"], "zoom"), ("palette", [":"], "sess"), ("prompt", ["2", "down", "down", "enter"], "x"),
        ("question", ["c"], ""),
    ]

    /// A picture at each of the sizes, one below the other.
    private func atAllSizes(_ picture: (Int, Int) throws -> String) rethrows -> String {
        try Self.sizes.map { "\($0.0)x\($0.1)\n" + (try picture($0.0, $0.1)) }.joined(separator: "\n")
    }

    @Test(arguments: sizes) func aRecordedClaim(_ size: (Int, Int)) throws {
        try expectGolden(try Fixture.bench(size.0, size.1).screen, "claim-\(size.0)x\(size.1)")
    }

    @Test(arguments: sizes) func inTheMiddleOfAReplay(_ size: (Int, Int)) throws {
        var bench = try Fixture.bench(size.0, size.1)
        bench.replay?.seek(to: 0.8)
        try expectGolden(bench.screen, "replay-\(size.0)x\(size.1)")
    }

    /// A size stands whole at the end of its line where there is room, and takes none from names where there is not.
    @Test func sizesOfSessions() throws {
        let listed = Fixture.listed[0]
        for (width, height) in Self.sizes {
            var bench = try Fixture.bench(width, height)
            bench.listed = [
                Workbench.Listed(
                    listed.key, listed.record, statuses: [.finished], finding: Fixture.listed[0].finding,
                    size: 23 << 20, isRecorded: false),
                Workbench.Listed(
                    listed.key, listed.record, statuses: [.finished], finding: nil, size: 1500,
                    isRecorded: false),
            ]
            bench.focus(.sessions)
            let lines = bench.picture(of: .sessions).split(separator: "\n").map {
                $0.dropLast().trimmingCharacters(in: .whitespaces)
            }
            try #require(lines.count > 2)
            #expect(lines[1].hasSuffix(" 23 MB") == (width >= 120), "\(lines[1])")
            #expect(lines[2].hasSuffix(" 1.5 kB") == (width >= 120), "\(lines[2])")
            #expect(lines[1].contains("dune claim  holds"))
        }
    }

    /// What the seeds say of each condition and control, with the charts' place for itself.
    @Test func aClaimAlone() throws {
        let text = try atAllSizes { width, height in
            var bench = try Fixture.bench(width, height)
            bench.type("4", "down", "enter")
            return bench.picture(of: .charts)
        }
        try expectGolden(text, "claim-alone")
    }

    @Test(arguments: PaneSet().ids) func aPane(_ pane: PaneID) throws {
        let text = try atAllSizes { width, height in
            var bench = try Fixture.bench(width, height)
            bench.focus(pane)
            return bench.picture(of: pane)
        }
        try expectGolden(text, "pane-\(pane.rawValue)")
    }

    @Test(arguments: ["words"] + Recorded.artifacts.map(\.name)) func anArtifact(_ name: String) throws {
        let text = try atAllSizes { width, height in
            var bench = try Fixture.bench(width, height)
            bench.show(name)
            return bench.picture(of: .artifact)
        }
        try expectGolden(text, "artifact-\(name.replacing(" ", with: "-"))")
    }

    /// Bars of what is measured once.
    @Test func bars() throws {
        let text = try atAllSizes { try Fixture.bench($0, $1, of: "reef").picture(of: .charts) }
        try expectGolden(text, "bars")
    }

    @Test(arguments: sheets.indices) func aSheet(_ place: Int) throws {
        let sheet = Self.sheets[place]
        let text = try atAllSizes { width, height in
            var bench = try Fixture.bench(width, height)
            for key in sheet.keys { bench.type(key) }
            bench.write(sheet.text)
            if sheet.name == "prompt" { bench.type("enter") }
            return bench.screen
        }
        try expectGolden(text, "sheet-\(sheet.name)")
    }

    @Test(arguments: sizes) func sevenBits(_ size: (Int, Int)) throws {
        let bench = try Fixture.bench(size.0, size.1, look: Look(glyphs: .ascii, colors: .mono))
        try expectGolden(bench.screen, "ascii-\(size.0)x\(size.1)")
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
        for pane in bench.panes.ids {
            bench.focus(pane)
            for height in stride(from: 1, through: 40, by: 3) {
                for width in stride(from: 1, through: 200, by: 13) {
                    bench.resize(width: width, height: height)
                    let screen = bench.draw()
                    #expect(screen.width == width && screen.height == height)
                    #expect(bench.layout.places.isEmpty || bench.layout.rect(of: pane) != nil)
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
