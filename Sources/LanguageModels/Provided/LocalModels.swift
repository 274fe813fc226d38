import Datasets
import MethodKit

/// The language models that run here: those that were fetched, and the user's own GGUF files.
public enum LocalModels {
    /// The file of a model, opened.
    ///
    /// - Parameter name: of a model that was fetched, or a path that ends in .gguf.
    /// - Returns: the file, which is read as it is needed.
    /// - Throws: ``LocalModelError``, `FileError`.
    public static func file(named name: String) throws -> GGUFFile {
        try GGUFFile(place(of: name))
    }

    static func place(of name: String) throws -> String {
        if name.hasSuffix(".gguf") { return name }
        guard let known = PulledModel.all.first(where: { $0.name == name && $0.use == .language }) else {
            throw LocalModelError.unknown(name)
        }
        guard known.isHere else { throw LocalModelError.notFetched(name) }
        return known.weights.path
    }
}

extension GGUFFile {
    /// The model that is in it.
    ///
    /// - Throws: `FileError`.
    public func model() throws -> LlamaModel { try LlamaModel(self) }
}

/// A model that is not here.
public enum LocalModelError: InputRefusal, CustomStringConvertible, Equatable {
    /// Nothing of this name is known.
    case unknown(String)
    /// It has to be fetched first.
    case notFetched(String)

    public var description: String {
        switch self {
        case .unknown(let name):
            "There is no language model '\(name)'; there are "
                + PulledModel.all.filter { $0.use == .language }.map(\.name).joined(separator: ", ")
                + ", any GGUF file by its path, and any endpoint by its URL."
        case .notFetched(let name):
            "The model '\(name)' is not fetched yet: 'benchtop models pull \(name)' does that."
        }
    }
}
