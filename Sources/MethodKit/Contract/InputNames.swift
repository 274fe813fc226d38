import Base
import Foundation

/// Which input a key path leads to.
///
/// A key path does not tell its name. But of inputs that differ from the defaults in one value, it sees the change in
/// just one of them.
extension MethodInputs {
    /// The names of the inputs that key paths lead to, in the order of the paths.
    ///
    /// A path that leads to no input, or to what is computed of several, is a programmer's error.
    static func names(of paths: [PartialKeyPath<Self> & Sendable]) -> [String] {
        let fresh = Self(), changed = changedOneByOne
        return paths.map { path in
            let seen = changed.filter { text(at: path, in: $0.inputs) != text(at: path, in: fresh) }
            guard seen.count == 1 else { fatalError("\(path) leads to \(seen.count) inputs of \(Self.self)") }
            return seen[0].name
        }
    }

    private static func text(at path: PartialKeyPath<Self>, in inputs: Self) -> String? {
        (inputs[keyPath: path] as? any InputValue)?.text
    }

    /// The defaults with one input changed, for each input; made once for each type.
    private static var changedOneByOne: [(name: String, inputs: Self)] {
        kept.withLock { kept in
            let key = ObjectIdentifier(Self.self)
            if let found = kept[key] as? [(name: String, inputs: Self)] { return found }
            let made = specs.compactMap { spec in
                (try? Self().replacing([spec.name: spec.otherJSON])).map { (name: spec.name, inputs: $0) }
            }
            kept[key] = made
            return made
        }
    }
}

/// Inputs with one of them changed, by their type.
private let kept = Locked<[ObjectIdentifier: any Sendable]>([:])

extension InputSpec {
    /// A value other than the default, as JSON; whether it is allowed does not matter here.
    fileprivate var otherJSON: Data {
        switch kind {
        case .wholeNumber, .number: Data("\((Double(initial) ?? 0) == 1 ? 0 : 1)".utf8)
        case .choice(let names):
            (names.first { $0 != initial }.flatMap { try? json($0) }) ?? Data("null".utf8)
        case .file, .folder, .choices, .text, .model: Data("\"\(initial.isEmpty ? "other" : "")\"".utf8)
        }
    }
}
