import Checkpoints
import Foundation
import Tensors

/// What a saved state says of training: which of its tensors train, and which its optimisers move.
struct TrainedParts {
    /// The tensors that train, by their names in the state.
    private(set) var training: Set<String> = []
    /// What each optimiser moves: its names, each with the tensor of a moment, which is 0 until the first gradient.
    private(set) var optimisers: [[(name: String, moment: String)]] = []
    private let file: Safetensors

    init(_ state: Data) throws {
        file = try Safetensors(state)
        let json = try JSONSerialization.jsonObject(with: Data((file.metadata["state"] ?? "[]").utf8))
        collect(json)
    }

    private mutating func collect(_ json: Any) {
        if let list = json as? [Any] { return list.forEach { collect($0) } }
        guard let object = json as? [String: Any] else { return }
        if let name = object["tensor"] as? String {
            if object["trains"] as? Bool == true { training.insert(name) }
        } else if let names = object["names"] as? [String],
            let moments = (object["second"] ?? object["velocity"]) as? [[String: Any]]
        {
            let all = zip(names, moments).map { ($0, $1["tensor"] as? String ?? "") }
            if !all.isEmpty { optimisers.append(all) }
        } else {
            object.values.forEach { collect($0) }
        }
    }

    /// What trains and no optimiser moves. Of two parts that one may move, as a model and a copy that trains too, it is
    /// the second.
    var forgotten: [String] {
        if optimisers.isEmpty { return [] }
        return training.subtracting(optimisers.flatMap(moved)).sorted()
    }

    /// The tensors of the first part whose names and shapes an optimiser has.
    private func moved(by optimiser: [(name: String, moment: String)]) -> [String] {
        let parts = training.filter { $0.hasSuffix(optimiser[0].name) }.sorted().map {
            String($0.dropLast(optimiser[0].name.count))
        }
        let found = parts.first { part in
            optimiser.allSatisfy { name, moment in
                training.contains(part + name)
                    && file.tensors[part + name]?.shape == file.tensors[moment]?.shape
            }
        }
        return found.map { part in optimiser.map { part + $0.name } } ?? []
    }

    /// Names of what an optimiser has.
    var moving: Set<String> { Set(optimisers.joined().map(\.name)) }

    /// Of these, those that no gradient ever reached.
    var unmoved: Set<String> {
        let still = optimisers.joined().filter {
            file.tensors[$0.moment]?.floats?.allSatisfy { $0 == 0 } ?? true
        }
        return Set(still.map(\.name))
    }
}
