import Foundation
import MethodKit
import Methods
import Store
import Testing

@testable import Panes

/// The claims that come with the program.
@Suite struct RecordedTests {
    private static let catalogue = Methods.catalogue.map { MethodInfo($0) }
    /// Those whose claim is not recorded yet, which the table of methods says.
    private static let unrecorded = ["musicinfuser"]

    @Test func whatIsNotRecordedHasNoSession() {
        for id in Self.unrecorded {
            let path = Fixture.root.appending(path: "Sessions/\(id).sqlite").path
            #expect(!FileManager.default.fileExists(atPath: path), "\(id) is recorded: take it off the list")
        }
    }

    @Test(arguments: catalogue.map(\.card.id).filter { !unrecorded.contains($0) })
    func everyMethodHasASmallRecordedClaim(_ id: String) throws {
        let path = Fixture.root.appending(path: "Sessions/\(id).sqlite").path
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? .max
        #expect(size <= 400_000)
        let store = try SessionStore(path: path, mode: .readOnly), session = try store.find("last")
        let method = try #require(Self.catalogue.first { $0.card.id == id })
        #expect(session.methodVersion == method.version && session.name == "\(id), the recorded claim")
        let trials = try store.trials(of: session.id)
        #expect(trials.allSatisfy { $0.status == .finished })
        let wanted = method.arms.flatMap { arm in (11...15).map { "\(arm.name) \($0)" } }
        #expect(trials.map { "\($0.arm) \($0.seed)" }.sorted() == wanted.sorted())
    }
}
