import Foundation
import Terminal
import Testing

@testable import Panes

@Suite struct ThemeTests {
    static let folder = Fixture.root.appending(path: "Themes")
    static let names =
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?
        .filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }.sorted() ?? []

    @Test func thereAreEnough() throws {
        let themes = try Self.names.map { try Fixture.theme($0) }
        #expect(themes.count >= 5)
        #expect(themes.contains { $0.isLight } && themes.contains { $0.isMono })
        #expect(Self.names.contains("beacon") && Self.names.contains("harbour"))
    }

    /// WCAG 2.1: text at 4.5 to 1 or more, lines at 3 to 1; the high contrast theme's text at 7 to 1.
    @Test(arguments: names) func textsAreReadable(_ name: String) throws {
        let theme = try Fixture.theme(name)
        #expect(theme.name == name)
        guard theme.background != .none else { return #expect(theme.isMono) }
        let least = name == "beacon" ? 7.0 : 4.5
        let texts =
            [
                theme.text, theme.faint, theme.strong, theme.accent, theme.good, theme.bad, theme.warning,
                theme.title, theme.focus,
            ]
            + theme.series + theme.spans
        for color in texts {
            #expect((color.contrast(with: theme.background) ?? 0) >= least, "\(color) in \(name)")
        }
        #expect((theme.selected.contrast(with: theme.selection) ?? 0) >= least)
        #expect((theme.border.contrast(with: theme.background) ?? 0) >= 3)
        #expect(theme.isLight == ((theme.background.luminance ?? 0) > 0.4))
    }

    @Test(arguments: names) func everyKeyIsCommented(_ name: String) throws {
        let lines = try String(contentsOf: Self.folder.appending(path: "\(name).toml"), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        for (place, line) in lines.enumerated() where line.contains(" = ") && !line.hasPrefix("#") {
            #expect(place > 0 && lines[place - 1].hasPrefix("# "), "\(line) of \(name)")
        }
    }

    /// The first curves of the themes for colour-blind eyes stay apart for all three kinds of them.
    @Test(arguments: ["harbour", "quay"]) func curvesStayApartForColourBlindEyes(_ name: String) throws {
        let series = try Fixture.theme(name).series.prefix(4)
        for kind in Blindness.allCases {
            for a in series.indices {
                for b in series.indices where b > a {
                    #expect(kind.distance(series[a], series[b]) > 10, "\(a) and \(b) of \(name) for \(kind)")
                }
            }
        }
    }

    @Test func whatIsWrongIsSaidInASentence() throws {
        let good = try String(contentsOf: Self.folder.appending(path: "slate.toml"), encoding: .utf8)
        func sentence(_ text: String) -> String {
            do {
                _ = try ThemeFile.read(text, path: "my.toml")
                return ""
            } catch { return "\(error)" }
        }
        #expect(sentence(good).isEmpty)
        #expect(
            sentence(good.replacing("light = false", with: "light = 3"))
                == "In the theme 'my.toml', light must be true or false.")
        #expect(
            sentence(good.replacing("accent = \"#", with: "accent = \"")).contains(
                "text.accent must be a colour"))
        #expect(
            sentence(good.replacing("focus =", with: "focsu =")).contains("'frame.focsu' that means nothing"))
        #expect(sentence("name = ").contains("line 1"))
        #expect(
            sentence(good.replacing("ramp = [", with: "ramp = [\"red\", ")).contains(
                "heat.ramp must be a list"))
        #expect(throws: ThemeError.unreadable("/nowhere")) { try ThemeFile.read(path: "/nowhere") }
    }
}

/// How colours look to eyes without one kind of cone: Viénot, Brettel and Mollon 1999 (Machado's for the third kind),
/// on linear RGB.
enum Blindness: CaseIterable {
    case protanopia, deuteranopia, tritanopia

    private var matrix: [[Double]] {
        switch self {
        case .protanopia: [[0.1121, 0.8853, -0.0005], [0.1127, 0.8897, -0.0001], [0.0045, 0.0001, 1.0019]]
        case .deuteranopia: [[0.2920, 0.7054, -0.0003], [0.2934, 0.7089, 0], [-0.0210, 0.0256, 1.0002]]
        case .tritanopia:
            [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]]
        }
    }

    /// CIE76 difference of two colours as these eyes see them.
    func distance(_ a: Color, _ b: Color) -> Double {
        let (x, y) = (lab(a), lab(b))
        return zip(x, y).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
    }

    private func lab(_ color: Color) -> [Double] {
        guard case .rgb(let r, let g, let b) = color else { return [0, 0, 0] }
        let linear = [r, g, b].map { byte -> Double in
            let share = Double(byte) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        let seen = matrix.map { row in max(0, min(1, zip(row, linear).map(*).reduce(0, +))) }
        let toXYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
        let xyz = toXYZ.map { row in zip(row, seen).map(*).reduce(0, +) }
        let f = zip(xyz, [0.9505, 1, 1.089]).map { value, white -> Double in
            let share = value / white
            return share > 0.008856 ? cbrt(share) : 7.787 * share + 16 / 116
        }
        return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
    }
}
