import Checkpoints

/// A part of a network: a value whose parameters are tensors. Saving it saves them.
///
/// A tensor that two parts share would be two after reading: share it by passing it to an operation, as
/// `x.linear(tokens.table)` does for tied embeddings.
public protocol Module: Codable {
    /// All parameters, always in the same order.
    var parameters: [Tensor] { get }
}

extension Module {
    /// Forgets all gradients.
    public func clearGradients() { for parameter in parameters { parameter.clearGradient() } }

    /// How many numbers the parameters hold.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// A second network with equal parameters in memory of their own.
    ///
    /// - Throws: what saving and reading a state throws.
    public func copied() throws -> Self {
        try StateCoding.decode(Self.self, from: try StateCoding.encode(self))
    }
}

extension Array: Module where Element: Module {
    public var parameters: [Tensor] { flatMap(\.parameters) }
}

extension Optional: Module where Wrapped: Module {
    public var parameters: [Tensor] { map(\.parameters) ?? [] }
}
