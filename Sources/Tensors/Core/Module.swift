import Checkpoints

/// A part of a network: a value whose stored properties are tensors, modules, and arrays, optionals or enums of them.
///
/// Its tensors are found by walking through it as saving does, in the order of declaration: what is saved is what is
/// found, and no list can forget a layer. Parts that must not train (a teacher, a reference, the base under adapters)
/// are tensors that do not, as ``Module/frozen()`` makes them, or stand behind `@Frozen`, where nothing is found.
///
/// A tensor that two parts share would be two after reading: share it by passing it to an operation, as
/// `x.linear(tokens.table)` does for tied embeddings.
public protocol Module: Codable {}

extension Module {
    /// The tensors that train, in the order of declaration: what an optimiser moves.
    public var parameters: [Tensor] { tensors.filter(\.trains) }

    /// All tensors, in the order of declaration.
    public var tensors: [Tensor] { TensorWalk.tensors(of: self) }

    /// All tensors with their names in a saved state, as "blocks.Index 0.output.weight".
    public var namedTensors: [(name: String, tensor: Tensor)] { TensorWalk.namedTensors(of: self) }

    /// Forgets all gradients.
    public func clearGradients() { for parameter in parameters { parameter.clearGradient() } }

    /// How many numbers the parameters hold.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// A second network with equal tensors in memory of their own.
    ///
    /// - Throws: what saving and reading a state throws.
    public func copied() throws -> Self {
        try StateCoding.decode(Self.self, from: try StateCoding.encode(self))
    }

    /// The same as a copy that does not train: a teacher, a reference, the best so far.
    ///
    /// - Throws: what saving and reading a state throws.
    public func frozen() throws -> Self {
        try StateCoding.decode(
            Self.self, from: try StateCoding.encode(self), userInfo: [.trainsNothing: true])
    }
}

/// The token vector of textual inversion, a mask: a tensor by itself can be what is trained.
extension Tensor: Module {}

extension Array: Module where Element: Module {}

extension Optional: Module where Wrapped: Module {}

extension CodingUserInfoKey {
    /// Whether the tensors that a decoder reads become ones that do not train.
    static let trainsNothing = CodingUserInfoKey(rawValue: "benchtop.trainsNothing")!
}
