import Foundation
import MethodKit
import SessionViews
import Store

/// What is known of claims: from the user's store, and from the sessions that come with the program.
struct Standings {
    private let own: SessionStore?

    /// Opens the user's store, if there is one.
    ///
    /// - Throws: `StoreError`, ``Failure``.
    init(_ option: StoreOption) throws {
        let path = try option.file()
        own =
            FileManager.default.fileExists(atPath: path)
            ? try SessionStore(path: path, mode: .readOnly) : nil
    }

    /// The standing of each claim of a method, in their order.
    ///
    /// - Throws: `StoreError`.
    func of(_ method: MethodInfo) throws -> [ClaimStanding] {
        var stores: [(store: SessionStore, origin: ClaimStanding.Origin)] = []
        if let own { stores.append((own, .own)) }
        if let file = SharedFiles.recorded(method.card.id) {
            stores.append((try SessionStore(path: file.path, mode: .readOnly), .recorded))
        }
        return try method.claims.map { try ClaimStanding($0, of: method, in: stores) }
    }

    /// The paper's signs, beside what the recorded session of the method's version says of them.
    ///
    /// - Throws: `StoreError`.
    static func signs(of method: MethodInfo) throws -> [SignReading] {
        let store = try SharedFiles.recorded(method.card.id).map {
            try SessionStore(path: $0.path, mode: .readOnly)
        }
        let session = try store?.sessions().last {
            $0.method == method.card.id && $0.methodVersion == method.version && $0.isClaim
        }
        return try SignReading.all(of: method, in: session, store)
    }
}
