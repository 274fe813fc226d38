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
        let store = try SessionStore(path: path, mode: .readOnly), session = try store.find("last")
        let method = try #require(Self.catalogue.first { $0.card.id == id })
        // What eight arms may take, and as much for each one more.
        #expect(size <= 50_000 * max(8, method.arms.count))
        #expect(session.methodVersion == method.version && session.name == "\(id), the recorded claim")
        let trials = try store.trials(of: session.id)
        #expect(trials.allSatisfy { $0.status == .finished })
        let wanted = method.arms.flatMap { arm in method.claims[0].seeds.map { "\(arm.name) \($0)" } }
        #expect(trials.map { "\($0.arm) \($0.seed)" }.sorted() == wanted.sorted())
    }
}
