import Foundation
import Methods
import Testing

/// One check a golden topic: it computes a case with the very functions that the engine's loop calls, and gives each
/// number beside the expected one.
typealias GoldenCheck =
    @Sendable (GoldenFile.Case) throws -> [(what: String, found: [Double], wanted: [Double])]

/// The checks of all engines, by the file's name. A new engine adds its table to the list.
let goldenChecks: [String: GoldenCheck] = [steveChecks, tulipChecks, deepMeshChecks].reduce(into: [:]) {
    all, table in
    all.merge(table) { _, _ in preconditionFailure("two checks for one golden file") }
}

/// `swift test --filter Golden`; the folder is `BENCHTOP_GOLDEN` or the copy beside this file.
@Suite struct GoldenTests {
    @Test func everyFileOfAnEngineIsRead() {
        #expect(!GoldenFile.all.isEmpty, "no golden files in \(GoldenFile.folder.path)")
        for name in GoldenFile.unreadable {
            Issue.record("\(name) is no JSON object")
        }
        for file in GoldenFile.all where catalogue.contains(where: { file.belongs(to: $0.card.id) }) {
            #expect(file.check != nil, "no check reads \(file.name)")
        }
    }

    @Test(arguments: GoldenFile.all.filter { $0.check != nil })
    func agrees(_ file: GoldenFile) throws {
        let check = try #require(file.check)
        #expect(!file.cases.isEmpty)
        for one in file.cases {
            let results = try check(one)
            #expect(!results.isEmpty, "\(file), \(one.name): nothing is compared")
            for (what, found, wanted) in results {
                let distance = Golden.distance(found, wanted)
                #expect(distance <= file.tolerance, "\(file), \(one.name), \(what): off by \(distance)")
            }
        }
        print("Golden \(file.name): \(file.cases.count) cases ran.")
    }
}
