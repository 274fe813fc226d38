import Foundation
import Testing

/// README's sample of `show` is what the program prints.
@Suite struct ReadmeSampleTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

    @Test func theShownClaimIsWhatShowPrints() throws {
        let session = "Sessions/deepmesh.sqlite"
        let text = try Program().run("show", Self.root.appending(path: session).path).text
        let lines = text.components(separatedBy: "\n")
        let first = try #require(lines.firstIndex { $0.hasPrefix("Condition: ") })
        let last = try #require(lines[first...].firstIndex { $0.hasPrefix("Verdict: ") })
        let shown = ["$ benchtop show \(session)", "..."] + lines[first...last]
        let sample = shown.map { $0.isEmpty ? "\n" : "    \($0)\n" }.joined()
        let file = Self.root.appending(path: "README.md"), marks = ("<!-- show -->\n", "<!-- end of show -->")
        var readme = try String(contentsOf: file, encoding: .utf8)
        let from = try #require(readme.range(of: marks.0)?.upperBound)
        let to = try #require(readme.range(of: marks.1)?.lowerBound)
        if ProcessInfo.processInfo.environment["BENCHTOP_RECORD"] != nil {
            readme.replaceSubrange(from..<to, with: sample)
            try readme.write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(String(readme[from..<to]) == sample, "README differs; BENCHTOP_RECORD=1 writes it")
        }
    }
}
