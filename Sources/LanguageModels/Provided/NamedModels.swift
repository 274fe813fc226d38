import MethodKit

/// Provides every language model that a user can name: one that was fetched, a GGUF file, or a server by its URL.
public struct NamedModels: ModelProvider {
    /// The only value.
    public init() {}

    public func model(
        _ model: InputModel, isStopped: @escaping @Sendable () -> Bool
    ) throws -> any LanguageModel {
        if let url = model.endpoint { return EndpointLanguageModel(url, isStopped: isStopped) }
        return LlamaLanguageModel(try LocalModels.file(named: model.text).model(), isStopped: isStopped)
    }

    public func file(of model: InputModel) -> String? {
        model.endpoint == nil ? try? LocalModels.place(of: model.text) : nil
    }

    /// A server has to answer, and a file to be a model.
    public func check(_ model: InputModel) throws {
        if let url = model.endpoint { return try EndpointLanguageModel(url).connect() }
        _ = try self.model(model) { false }
    }
}
