import Foundation
import MethodKit
import Methods
import Store
import Testing

@testable import Panes

/// The claims that come with the program.
@Suite struct RecordedTests {
    private static let catalogue = Methods.catalogue.map { MethodInfo($0) }

    @Test(arguments: catalogue.map(\.card.id))
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
