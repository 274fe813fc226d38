import Foundation
import MethodKit
import Methods
import SessionControl
import SessionViews
import Store
import Terminal
import Testing

@testable import Panes

/// README shows the keys as they are and the screens as they look.
@Suite struct ReadmeTests {
    /// The recorded claim of the first method, among those of all, as a first start shows it.
    private func recordedClaim(_ width: Int, _ height: Int) throws -> Workbench {
        let catalogue = Methods.catalogue.map { MethodInfo($0) }
        var bench = Workbench(catalogue: catalogue, look: Look(theme: try Fixture.theme("slate")))
        bench.resize(width: width, height: height)
        for method in catalogue {
            let path = Fixture.root.appending(path: "Sessions/\(method.card.id).sqlite").path
            let store = try SessionStore(path: path, mode: .readOnly), session = try store.find("last")
            let report = try ClaimReport(method.claims[0], in: session, store: store)
            let key = SessionKey(store: "\(method.card.id).sqlite", id: session.id)
            bench.listed.append(
                Workbench.Listed(
                    key, session, statuses: [.finished], finding: report.finding, isRecorded: true))
            guard bench.replay == nil else { continue }
            let total: StepCount = { (try? method.steps(of: $0, in: session)) ?? 0 }
            bench.show(
                Replay(try Recording(session, store, path: key.store, total: total), atEnd: true))
        }
        return bench
    }

    private static let file = Fixture.root.appending(path: "README.md")

    /// The part between two marks equals a text, or is written.
    private func expect(_ mark: String, _ text: String) throws {
        let (begin, end) = ("<!-- \(mark) -->\n", "<!-- end of \(mark) -->")
        var readme = try String(contentsOf: Self.file, encoding: .utf8)
        let from = try #require(readme.range(of: begin)?.upperBound),
            to = try #require(readme.range(of: end)?.lowerBound)
        if isRecording {
            readme.replaceSubrange(from..<to, with: text)
            try readme.write(to: Self.file, atomically: true, encoding: .utf8)
        } else {
            #expect(
                String(readme[from..<to]) == text, "README's \(mark) differ; BENCHTOP_RECORD=1 writes them")
        }
    }

    @Test func keysAndScreens() throws {
        var table = ""
        for (place, command) in Keymap().commands.enumerated() {
            let before = place > 0 ? Keymap().commands[place - 1].scope : nil
            if command.scope != before {
                table += "\n**\(command.scope.title)**\n\n| key | command | |\n|---|---|---|\n"
            }
            let keys = command.keys.map { "`\($0.name == "|" ? "\\|" : $0.name)`" }.joined(separator: " ")
            table += "| \(keys) | \(command.id) | \(command.help) |\n"
        }
        try expect("keys", table + "\n")
        for (width, height) in GoldenScreens.sizes {
            let screen = try recordedClaim(width, height).screen
            try expect("screen \(width)x\(height)", "```text\n\(screen)```\n")
        }
    }
}
