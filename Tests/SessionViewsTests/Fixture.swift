import Base
import Foundation
import MethodKit
import Methods
import SessionControl
import Store
import Testing

/// A store of its own, and a controller whose events are kept.
final class Fixture {
    let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-\(UUID())")
    let store: SessionStore
    let controller: SessionController
    private let said = Locked([ControllerEvent]())

    static let methods = catalogue.map { MethodInfo($0) }
    static let ids = methods.map(\.card.id)

    static func method(_ id: String) throws -> MethodInfo {
        try #require(methods.first { $0.card.id == id })
    }

    init(checkpointEvery: Double = 5) throws {
        store = try SessionStore(path: folder.appending(path: "store.sqlite").path)
        let said = said
        controller = SessionController(
            store: store,
            options: .init(checkpointEvery: checkpointEvery, version: "test", machine: [:])
        ) { event in said.withLock { $0.append(event) } }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// What the controller has told so far.
    var events: [ControllerEvent] { said.withLock { $0 } }

    /// What the controller has told since the last call.
    func takeEvents() -> [ControllerEvent] {
        said.withLock { events in
            defer { events = [] }
            return events
        }
    }

    /// Waits until something is so.
    func waitFor(_ condition: () throws -> Bool) throws {
        for _ in 0..<15_000 {
            if try condition() { return }
            usleep(2_000)
        }
        Issue.record("waited too long")
    }
}
