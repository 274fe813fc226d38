import CKernels
import Foundation

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019, Alg. 2), as PyTorch's `AdamW`; without decay it is Adam
/// (Kingma & Ba 2015, Alg. 1).
public struct AdamW: Codable {
    /// Decay of the first and of the second moment, and what keeps the root from zero.
    public var beta1, beta2, eps: Double
    /// Share of the rate by which parameters shrink.
    public var decay: Double
    /// Steps taken.
    public private(set) var steps = 0
    /// What it moves, as ``Module/namedTensors`` has it: a saved state says which of its tensors are trained.
    private var names: [String] = []
    private var first: [Tensor] = []
    private var second: [Tensor] = []

    /// - Parameters:
    ///   - beta1: decay of the first moment.
    ///   - beta2: decay of the second moment.
    ///   - eps: added to the root of the second moment.
    ///   - decay: weight decay; 0 for Adam.
    public init(beta1: Double = 0.9, beta2: Double = 0.999, eps: Double = 1e-8, decay: Double = 0) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.decay = decay
    }

    /// Moves all that trains in a model against its gradients, and forgets these. Parameters without one stay as they
    /// are; all share one count of steps.
    ///
    /// - Parameters:
    ///   - model: always the same one.
    ///   - rate: learning rate of this step.
    ///   - limit: largest Euclidean norm of all gradients together; longer ones are scaled down to it.
    ///   - groups: for parameters whose steps differ; nil where none do.
    public mutating func step(
        _ model: some Module, rate: Double, clip limit: Double = .infinity, groups: ParameterGroups? = nil
    ) {
        let parameters = model.parameters
        if first.isEmpty {
            names = model.parameterNames
            first = parameters.map { .zeros($0.shape) }
            second = parameters.map { .zeros($0.shape) }
        }
        demandSame("AdamW", first, parameters)
        clipGradients(parameters, to: limit)
        steps += 1
        for (index, parameter) in parameters.enumerated() {
            move(index, parameter, rate, groups?(names[index], parameter) ?? ParameterGroup())
            parameter.clearGradient()
        }
    }

    private func move(_ index: Int, _ parameter: Tensor, _ rate: Double, _ group: ParameterGroup) {
        guard let gradient = parameter.gradient else { return }
        let c1 = Float(1 - pow(beta1, Double(steps))), c2 = Float(1 - pow(beta2, Double(steps)))
        bt_adam(
            parameter.count, parameter.pointer, gradient.pointer, first[index].pointer, second[index].pointer,
            Float(rate * group.rate), Float(beta1), Float(beta2), Float(eps), group.decays ? Float(decay) : 0,
            c1, c2)
    }
}

/// How the step of some parameters differs from that of the others.
public struct ParameterGroup: Sendable {
    /// Factor of the learning rate.
    public var rate: Double
    /// Whether weight decay shrinks them.
    public var decays: Bool

    /// The group of all parameters, where nothing else is said.
    public init(rate: Double = 1, decays: Bool = true) {
        self.rate = rate
        self.decays = decays
    }
}

/// The group of each parameter, by its name in ``Module/namedTensors`` and by itself: LoRA+ gives the matrices B, whose
/// names end in "b", another rate (Hayou et al. 2024).
public typealias ParameterGroups = (_ name: String, _ parameter: Tensor) -> ParameterGroup

/// Stochastic gradient descent with momentum, as PyTorch's `SGD`.
public struct SGD: Codable {
    /// How much of the last step's direction stays.
    public var momentum: Double
    /// Added to the gradient times the parameter.
    public var decay: Double
    /// What it moves, as ``Module/namedTensors`` has it.
    private var names: [String] = []
    private var velocity: [Tensor] = []

    /// - Parameters:
    ///   - momentum: 0 for none.
    ///   - decay: weight decay.
    public init(momentum: Double = 0, decay: Double = 0) {
        self.momentum = momentum
        self.decay = decay
    }

    /// Moves all that trains in a model against its gradients, and forgets these.
    ///
    /// - Parameters:
    ///   - model: always the same one.
    ///   - rate: learning rate of this step.
    ///   - limit: largest Euclidean norm of all gradients together; longer ones are scaled down to it.
    public mutating func step(_ model: some Module, rate: Double, clip limit: Double = .infinity) {
        let parameters = model.parameters
        if velocity.isEmpty {
            names = model.parameterNames
            velocity = parameters.map { .zeros($0.shape) }
        }
        demandSame("SGD", velocity, parameters)
        clipGradients(parameters, to: limit)
        for (parameter, velocity) in zip(parameters, velocity) {
            guard let gradient = parameter.gradient else { continue }
            bt_sgd(
                parameter.count, parameter.pointer, gradient.pointer, velocity.pointer, Float(rate),
                Float(momentum), Float(decay))
            parameter.clearGradient()
        }
    }
}

extension Module {
    fileprivate var parameterNames: [String] { namedTensors.filter(\.tensor.trains).map(\.name) }
}

/// A model that changed its shape under an optimiser would be moved by another one's moments.
private func demandSame(_ optimiser: String, _ known: [Tensor], _ parameters: [Tensor]) {
    demand(
        known.count == parameters.count,
        "\(optimiser) knows \(known.count) parameters, not \(parameters.count)")
    for (index, (one, other)) in zip(known, parameters).enumerated() {
        demand(
            one.shape == other.shape,
            "\(optimiser) knows parameter \(index) with shape \(one.shape), not \(other.shape)")
    }
}

/// Scales all gradients down so that their common Euclidean norm is at most `limit`.
private func clipGradients(_ parameters: [Tensor], to limit: Double) {
    guard limit < .infinity else { return }
    let gradients = parameters.compactMap(\.gradient)
    let norm = gradients.reduce(0) { $0 + bt_dot($1.count, $1.pointer, $1.pointer) }.squareRoot()
    guard norm > limit else { return }
    for gradient in gradients {
        bt_scale(gradient.count, Float(limit / (norm + 1e-6)), 0, gradient.pointer, gradient.pointer)
    }
}
