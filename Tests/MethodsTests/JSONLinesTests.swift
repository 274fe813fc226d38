import Datasets
import Foundation
import Testing

/// Files of JSON lines: sound, cut off, hostile and huge.
@Suite struct JSONLinesTests {
    struct Record: Decodable, Equatable { let a: Int }

    /// Reads a file with these bytes.
    func read(_ bytes: some Sequence<UInt8>, most: Int = 1_000_000) throws -> [(line: Int, value: Record)] {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try JSONLines.read(file.path, as: Record.self, most: most)
    }

    func sentence(_ bytes: some Sequence<UInt8>, most: Int = 1_000_000) -> String {
        let error = #expect(throws: FileError.self) { try read(bytes, most: most) }
        return error.map { "\($0)" } ?? ""
    }

    @Test func linesMayEndAsOnWindowsBeEmptyAndLackTheLastEnd() throws {
        let values = try read("\u{FEFF}{\"a\": 1}\r\n\r\n  \n{\"a\": 2}".utf8)
        #expect(values.map(\.line) == [1, 4])
        #expect(values.map(\.value.a) == [1, 2])
    }

    /// Longer than a piece that is read at once, so that lines lie across pieces.
    @Test func linesMayLieAcrossPieces() throws {
        let lines = (0..<20_000).map {
            "{\"a\": \($0), \"b\": \"\(String(repeating: "x", count: $0 % 97))\"}\n"
        }
        let values = try read(lines.joined().utf8)
        #expect(values.map(\.value.a) == Array(0..<20_000))
        let long = "{\"b\": \"" + String(repeating: "y", count: 500_000) + "\", \"a\": 7}\n{\"a\": 8}"
        #expect(try read(long.utf8).map(\.value.a) == [7, 8])
    }

    @Test func aLineThatNeverEndsIsRefused() {
        let text = sentence("{\"a\": 1}\n".utf8 + Array(repeating: 0x20, count: 3 << 20))
        #expect(text.hasSuffix("line 2: the line is too long; allowed is at most 1048576 bytes a line."))
    }

    @Test func moreRecordsThanAreReadAreRefused() {
        #expect(sentence("{\"a\": 1}\n{\"a\": 2}".utf8, most: 1).contains("there are more than 1 objects"))
    }

    @Test(arguments: [
        ("{\"a\": 1}\n{\"a\": ", "line 2: it is not JSON"),
        ("{\"a\": 1.5}", "line 1: a number does not fit its field"),
        ("{\"a\": null}", "allowed is a whole number."),
        ("[1, 2]", "line 1: 'the line' has the wrong type; allowed is an object."),
        ("{\"a\": 99999999999999999999999}", "line 1: a number does not fit its field"),
        (String(repeating: "[", count: 100_000), "line 1: it is not JSON"),
    ])
    func whatIsWrongIsSaidWithItsLine(_ text: String, _ wanted: String) {
        #expect(sentence(text.utf8).contains(wanted), "\(sentence(text.utf8))")
    }

    @Test func bytesThatAreNoTextAreRefused() {
        #expect(sentence([0x7B, 0xFF, 0xFE, 0x00, 0x0A]).contains("line 1: it is not JSON"))
    }

    @Test func aFolderIsRefused() {
        let error = #expect(throws: FileError.self) {
            try JSONLines.read(FileManager.default.temporaryDirectory.path, as: Record.self)
        }
        #expect(error.map { "\($0)" }?.contains("it cannot be read") == true)
    }
}
