import Datasets
import Foundation
import Testing

/// Tables and sequences in users' files: sound, cut off and hostile.
@Suite struct TextFileTests {
    /// A file that is there while `body` runs.
    func with<Result>(
        _ bytes: some Sequence<UInt8>, _ ending: String, _ body: (String) throws -> Result
    ) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).\(ending)")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }

    func sentence(_ text: String, _ ending: String, _ body: (String) throws -> Void) -> String {
        let error = #expect(throws: FileError.self) { try with(text.utf8, ending, body) }
        return error.map { "\($0)" } ?? ""
    }

    // MARK: Bad lines of JSON

    struct Record: Decodable, Equatable { let a: Int }

    @Test func usableLinesAreReadAndBadOnesListed() throws {
        let text = "{\"a\": 1}\nno\n\n{\"a\": \"x\"}\n{\"a\": 2}\n{}"
        let found = try with(text.utf8, "jsonl") { try JSONLines.readUsable($0, as: Record.self) }
        #expect(found.values.map(\.line) == [1, 5] && found.values.map(\.value.a) == [1, 2])
        #expect(found.bad.map(\.line) == [2, 4, 6])
        #expect(
            found.bad.map(\.what) == ["it is not JSON", "'a' has the wrong type", "'a' is missing"])
    }

    @Test func withoutAUsableLineTheFirstOnesReasonIsSaid() {
        let text = sentence("no\n{}", "jsonl") { _ = try JSONLines.readUsable($0, as: Record.self) }
        #expect(text.contains("line 1: it is not JSON"))
        let none = sentence("\n", "jsonl") { _ = try JSONLines.readUsable($0, as: Record.self) }
        #expect(none.contains("it holds no object"))
    }

    // MARK: Any value

    @Test(arguments: [
        (
            "{\"b\": [1, 2.5, null], \"a\": \"x \\\"y\\\" \\\\ é\"}",
            "{\"a\": \"x \\\"y\\\" \\\\ é\", \"b\": [1, 2.5, null]}"
        ),
        ("{a: 'x', b: true,}", "{\"a\": \"x\", \"b\": true}"), ("\"line\\nend\"", "\"line\\nend\""),
    ])
    func valuesAreWrittenInOneOrder(_ text: String, _ json: String) throws {
        let value = try #require(JSONValue(json5: text))
        #expect(value.json == json)
        #expect(JSONValue(json5: json) == value)
    }

    @Test func textsAreReadAsTheyAreAndNoValueIsNone() {
        #expect(JSONValue.text("x, \"y\"").plain == "x, \"y\"" && JSONValue.number(300).plain == "300")
        #expect(
            JSONValue.nothing.plain.isEmpty && JSONValue(json5: "{") == nil && JSONValue(json5: "") == nil)
    }

    // MARK: Tables

    @Test func quotesProtectCommasLinesAndQuotes() throws {
        let text = "\u{FEFF}a,\"b,\"\"c\"\"\"\r\n\n\"two\nlines\",\n"
        let rows = try with(text.utf8, "csv") { try DelimitedText($0).rows }
        #expect(rows.map(\.fields) == [["a", "b,\"c\""], ["two\nlines", ""]])
        #expect(rows.map(\.line) == [1, 3])
    }

    @Test func tabsPartAndQuotesStay() throws {
        let rows = try with("a\t\"b\n1,2\t".utf8, "tsv") { try DelimitedText($0).rows }
        #expect(rows.map(\.fields) == [["a", "\"b"], ["1,2", ""]])
    }

    @Test(arguments: [
        ("", "it holds no row"), ("a,b\nc\n", "line 2: the row has 1 fields; allowed is 2 a row."),
        ("a,b\n\"c,d\n", "line 2: a quote is not closed"),
        ("a,\"b\"c\n", "line 1: something follows a closing quote"),
    ])
    func aWrongTableGivesOneSentence(_ text: String, _ wanted: String) {
        let found = sentence(text, "csv") { _ = try DelimitedText($0) }
        #expect(found.contains(wanted), "\(found)")
    }

    @Test func rowsMayBeUnevenWhereThatIsAskedFor() throws {
        let rows = try with("a,b,c\nd\n".utf8, "csv") { try DelimitedText($0, isEven: false).rows }
        #expect(rows.map(\.fields) == [["a", "b", "c"], ["d"]])
    }

    @Test func anyTableIsReadOrRefused() throws {
        let sound = "name,alias\nIndium Nitride,\"InN, \"\"pure\"\"\"\n\"two\nlines\",x\n"
        try Fuzz.check(Array(sound.utf8), seed: 41) { bytes in
            try with(bytes, "csv") { _ = try DelimitedText($0) }
        }
    }

    // MARK: Sequences

    @Test func sequencesGoOverLines() throws {
        let text = "; old\n>one first\r\nMKT ay\r\nIAK*\n\n>\nACGT-\n"
        let records = try with(text.utf8, "fasta") { try FASTA.read($0) }
        #expect(records.map(\.name) == ["one first", ""])
        #expect(records.map(\.sequence) == ["MKTAYIAK*", "ACGT-"])
        #expect(records.map(\.line) == [2, 6])
    }

    @Test(arguments: [
        ("", "it holds no sequence"), ("MKT\n", "line 1: no name precedes it"),
        (">a\n>b\nMKT\n", "line 1: no sequence follows the name"),
        (">a\nMK7\n", "line 2: it is no sequence; allowed is letters, '*' and '-'."),
    ])
    func wrongSequencesGiveOneSentence(_ text: String, _ wanted: String) {
        let found = sentence(text, "fasta") { _ = try FASTA.read($0) }
        #expect(found.contains(wanted), "\(found)")
    }

    @Test func anySequencesAreReadOrRefused() throws {
        let sound = ">one first\nMKTAYIAKQR\nQISFVKSHFS\n>two\nACGT\n"
        try Fuzz.check(Array(sound.utf8), seed: 42) { bytes in
            try with(bytes, "fasta") { _ = try FASTA.read($0) }
        }
    }
}
