import MethodKit
import Methods

/// The methods by name.
enum Catalogue {
    /// All methods, in the catalogue's order.
    static let all = catalogue.map { MethodInfo($0) }

    /// The method that the user named.
    ///
    /// - Throws: ``Failure`` with the nearest name.
    static func method(_ id: String) throws -> MethodInfo {
        if let method = all.first(where: { $0.card.id == id }) { return method }
        let ids = all.map(\.card.id)
        throw Failure(
            "No method is called '\(id)'\(Names.suggestion(for: id, among: ids)); "
                + "there are \(ids.joined(separator: ", ")).", Status.unknown)
    }
}
