import Foundation
import Terminal
import Testing

/// What charts look like, kept as text files in the folder Golden; with BENCHTOP_RECORD=1 they are written anew.
enum Screens {
    /// A theme with colours, so that tests can tell curves apart.
    static let colored: Theme = {
        var theme = Theme.plain
        (theme.name, theme.isMono) = ("colored", false)
        theme.background = .rgb(0, 0, 0)
        theme.text = .rgb(220, 220, 220)
        theme.series = [.rgb(255, 0, 0), .rgb(0, 255, 0), .rgb(0, 0, 255), .rgb(255, 255, 0)]
        theme.heat = [.rgb(0, 0, 0), .rgb(255, 255, 255)]
        return theme
    }()

    /// Every kind of terminal that a chart can meet.
    static let looks: [(name: String, look: Look)] = [
        ("colour", Look(theme: colored)), ("mono", Look(colors: .mono)),
        ("ascii", Look(theme: colored, glyphs: .ascii, colors: .sixteen)),
        ("bare", Look(glyphs: .ascii, colors: .mono)),
    ]

    /// Compares a canvas with the file of its name, line by line.
    static func expect(
        _ canvas: Canvas, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let shown = canvas.rows.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["BENCHTOP_RECORD"] == "1" {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            try shown.write(
                to: folder.appendingPathComponent("Golden/\(name).txt"), atomically: true, encoding: .utf8)
            return
        }
        let file = Bundle.module.bundleURL.appendingPathComponent("Golden/\(name).txt")
        let kept = try String(contentsOf: file, encoding: .utf8)
        guard shown != kept else { return }
        let lines = zip(
            shown.split(separator: "\n", omittingEmptySubsequences: false),
            kept.split(separator: "\n", omittingEmptySubsequences: false))
        let first = lines.enumerated().first { $1.0 != $1.1 }
        Issue.record(
            "\(name) differs from line \(first.map { $0.offset + 1 } ?? 0) on:\n\(shown)",
            sourceLocation: sourceLocation)
    }
}
