import Base
import Foundation
import Testing

@testable import MethodKit

@Suite struct TableTests {
    static let table = Table(
        columns: ["task", .number("time", unit: "s"), .number("score")],
        rows: [["sort, fast", .number(0.1 + 0.2), .number(3)], ["none", .number(.nan), .number(-1e300)]])

    @Test func numbersComeBackBitForBit() throws {
        let stored = try JSONEncoder.exact.encode(Self.table)
        #expect(try JSONDecoder.exact.decode(Table.self, from: stored) == Self.table)
    }

    @Test func tablesOfTextsAreStoredAsEver() throws {
        let old = Data(#"{"columns":["a","b"],"rows":[["1","2"]]}"#.utf8)
        let table = try JSONDecoder.exact.decode(Table.self, from: old)
        #expect(table == Table(columns: ["a", "b"], rows: [["1", "2"]]))
        let encoder = JSONEncoder.exact
        encoder.outputFormatting = .sortedKeys
        #expect(try encoder.encode(table) == old)
    }

    @Test func theFileHasAllDigits() throws {
        let file = try #require(try Artifact.table(Self.table).files(named: "t").first)
        #expect(
            String(decoding: file.contents, as: UTF8.self)
                == "task,time [s],score\n\"sort, fast\",0.30000000000000004,3\nnone,,-1e+300\n")
    }

    @Test func aRowThatDoesNotFitIsAMistake() async {
        await #expect(processExitsWith: .failure) { _ = Table(columns: [.number("a")], rows: [["one"]]) }
    }
}
