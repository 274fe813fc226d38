import Foundation
import SessionViews
import Terminal
import Testing

@testable import Panes

/// Panes beyond those that there are, for tests of what a new pane needs: a file and a line.
private protocol Extra: Pane {}
extension Extra {
    static var commands: [Command] { [] }
    func title(_ context: PaneContext) -> String { Self.id.rawValue }
    func draw(on canvas: inout Canvas, in rect: Rect, _ context: PaneContext, isFocused: Bool) {
        canvas.write("I am \(Self.id.rawValue)", x: rect.x, y: rect.y, width: rect.width)
    }
    mutating func move(_ move: Move, _ context: PaneContext) {}
}
private struct Eighth: Extra { static let id = PaneID(rawValue: "eighth"), place = PanePlace.left(parts: 10) }
private struct Ninth: Extra { static let id = PaneID(rawValue: "ninth"), place = PanePlace.upper }
private struct Tenth: Extra { static let id = PaneID(rawValue: "tenth"), place = PanePlace.lower(parts: 20) }
private struct Eleventh: Extra {
    static let id = PaneID(rawValue: "eleventh"), place = PanePlace.left(parts: 5)
}

@Suite struct LayoutTests {
    private static let many: [any Pane.Type] =
        PaneSet.all + [Eighth.self, Ninth.self, Tenth.self, Eleventh.self]

    @Test func panesFillTheScreenAndDoNotOverlap() {
        for panes in [PaneSet.all, Self.many] {
            for height in stride(from: 5, through: 90, by: 5) {
                for width in stride(from: 20, through: 250, by: 7) {
                    for wider in [-20, 0, 40] {
                        var arrangement = Arrangement()
                        (arrangement.wider, arrangement.taller) = (wider, wider / 2)
                        expectCovered(width, height, Layout(width: width, height: height, arrangement, panes))
                    }
                }
            }
        }
    }

    private func expectCovered(_ width: Int, _ height: Int, _ layout: Layout) {
        var covered = Canvas(width: width, height: height)
        for rect in layout.places.map(\.rect) + [layout.status, layout.footer] {
            for y in rect.y..<rect.y + rect.height {
                for x in rect.x..<rect.x + rect.width {
                    #expect(covered.bounds.contains(x: x, y: y))
                    #expect(covered[x, y].character == " ", "two panes at \(x),\(y) of \(width)x\(height)")
                    covered[x, y] = Cell("x")
                }
            }
        }
        #expect(covered.cells.allSatisfy { $0.character == "x" }, "a gap at \(width)x\(height)")
    }

    /// The tenth pane has no number, and everything else: focus, palette, mouse, drawing at every size.
    @Test func panesBeyondNine() throws {
        var bench = Workbench(catalogue: Fixture.catalogue, look: Look(), panes: Self.many)
        bench.show(Replay(try Fixture.recording(), atEnd: true))
        for (width, height) in GoldenScreens.sizes + [(20, 5), (60, 15), (110, 34), (300, 90)] {
            bench.resize(width: width, height: height)
            for pane in bench.panes.ids {
                bench.focus(pane)
                #expect(bench.arrangement.focus == pane)
                #expect(bench.layout.rect(of: pane) != nil, "\(pane.rawValue) at \(width)x\(height)")
                _ = bench.draw()
            }
        }
        bench.type(":")
        bench.write("tenth")
        bench.type("enter")
        #expect(bench.arrangement.focus == Tenth.id && bench.screen.contains("I am tenth"))
        bench.type("tab", "tab")
        #expect(bench.arrangement.focus == .methods)
        bench.type("9")
        #expect(bench.arrangement.focus == Ninth.id)
        let keyed = bench.keymap.commands.filter { $0.id.hasPrefix("focus.") && !$0.keys.isEmpty }
        #expect(keyed.count == 9 + 2)
    }

    @Test func anArrangementOfAnotherVersionIsUsed() throws {
        let kept = Data(#"{"focus":"gone","left":"sessions","wider":4,"lower":7}"#.utf8)
        let arrangement = try JSONDecoder().decode(Arrangement.self, from: kept)
        var bench = try Fixture.bench()
        bench.arrangement = arrangement
        #expect(bench.arrangement.focus == .charts && bench.arrangement.wider == 4)
        #expect(bench.layout.rect(of: .sessions)?.height ?? 0 > 3)
    }
}
