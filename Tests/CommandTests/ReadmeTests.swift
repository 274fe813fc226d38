import Foundation
import Testing

/// What the README says of recorded claims is what the recorded sessions hold; `BENCHTOP_RECORD=1` writes it there.
@Suite struct ReadmeTests {
    @Test func theTableOfClaimsIsThatOfTheSessions() throws {
        let table = try Program().run("methods", "--markdown")
        #expect(table.status == 0, "\(table.complaint)")
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = repository.appending(path: "README.md")
        let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
        let begin = try #require(lines.firstIndex(of: "<!-- claims -->"))
        let end = try #require(lines.firstIndex(of: "<!-- end of claims -->"))
        guard ProcessInfo.processInfo.environment["BENCHTOP_RECORD"] != nil else {
            #expect(Array(lines[begin + 1..<end]) == table.lines)
            return
        }
        let text = lines[...begin] + table.lines + lines[end...]
        try text.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
    }
}
