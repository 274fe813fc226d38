import CKernels
import Foundation

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019, Alg. 2), as PyTorch's `AdamW`; without decay it is Adam
/// (Kingma & Ba 2015, Alg. 1).
public struct AdamW: Codable {
    /// Learning rate.
    public var rate: Double
    /// Decay of the first and of the second moment, and what keeps the root from zero.
    public var beta1, beta2, eps: Double
    /// Share of the rate by which parameters shrink.
    public var decay: Double
    /// Steps taken.
    public private(set) var steps = 0
    private var first: [Tensor] = []
    private var second: [Tensor] = []

    /// - Parameters:
    ///   - rate: learning rate.
    ///   - beta1: decay of the first moment.
    ///   - beta2: decay of the second moment.
    ///   - eps: added to the root of the second moment.
    ///   - decay: weight decay; 0 for Adam.
    public init(
        rate: Double, beta1: Double = 0.9, beta2: Double = 0.999, eps: Double = 1e-8, decay: Double = 0
    ) {
        self.rate = rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.decay = decay
    }

    /// Moves the parameters against their gradients, and forgets these. Those without one stay as they are; all share
    /// one count of steps.
    ///
    /// - Parameters:
    ///   - parameters: always the same ones in the same order.
    ///   - factors: of the learning rate, one for each parameter, for groups of their own rate; nil for 1.
    public mutating func step(_ parameters: [Tensor], factors: [Double]? = nil) {
        if first.isEmpty {
            first = parameters.map { .zeros($0.shape) }
            second = parameters.map { .zeros($0.shape) }
        }
        demand(
            first.count == parameters.count, "AdamW knows \(first.count) parameters, not \(parameters.count)")
        steps += 1
        let c1 = Float(1 - pow(beta1, Double(steps))), c2 = Float(1 - pow(beta2, Double(steps)))
        for (index, parameter) in parameters.enumerated() {
            guard let gradient = parameter.gradient else { continue }
            bt_adam(
                parameter.count, parameter.pointer, gradient.pointer, first[index].pointer,
                second[index].pointer,
                Float(rate * (factors?[index] ?? 1)), Float(beta1), Float(beta2), Float(eps), Float(decay),
                c1, c2)
            parameter.clearGradient()
        }
    }
}

/// Stochastic gradient descent with momentum, as PyTorch's `SGD`.
public struct SGD: Codable {
    /// Learning rate.
    public var rate: Double
    /// How much of the last step's direction stays.
    public var momentum: Double
    /// Added to the gradient times the parameter.
    public var decay: Double
    private var velocity: [Tensor] = []

    /// - Parameters:
    ///   - rate: learning rate.
    ///   - momentum: 0 for none.
    ///   - decay: weight decay.
    public init(rate: Double, momentum: Double = 0, decay: Double = 0) {
        self.rate = rate
        self.momentum = momentum
        self.decay = decay
    }

    /// Moves the parameters against their gradients, and forgets these.
    public mutating func step(_ parameters: [Tensor]) {
        if velocity.isEmpty { velocity = parameters.map { .zeros($0.shape) } }
        for (parameter, velocity) in zip(parameters, velocity) {
            guard let gradient = parameter.gradient else { continue }
            bt_sgd(
                parameter.count, parameter.pointer, gradient.pointer, velocity.pointer, Float(rate),
                Float(momentum), Float(decay))
            parameter.clearGradient()
        }
    }
}

/// Scales all gradients down so that their common Euclidean norm is at most `limit`.
///
/// - Returns: the norm before.
@discardableResult
public func clipGradients(_ parameters: [Tensor], to limit: Double) -> Double {
    let squares = parameters.compactMap(\.gradient).map { bt_dot($0.count, $0.pointer, $0.pointer) }
    let norm = squares.reduce(0, +).squareRoot()
    guard norm > limit else { return norm }
    for gradient in parameters.compactMap(\.gradient) {
        bt_scale(gradient.count, Float(limit / (norm + 1e-6)), 0, gradient.pointer, gradient.pointer)
    }
    return norm
}

/// Learning rates over time, as factors of the highest one.
public enum Schedule: String, Codable, Sendable, CaseIterable {
    case constant, linear, cosine

    /// The factor at a step, counted from 1, after a linear warm-up.
    ///
    /// - Parameters:
    ///   - step: 1...total.
    ///   - total: steps in all.
    ///   - warmUp: steps until the factor is 1.
    ///   - floor: the last factor.
    /// - Returns: 0...1.
    public func factor(at step: Int, of total: Int, warmUp: Int = 0, floor: Double = 0) -> Double {
        if step < warmUp { return Double(step) / Double(warmUp) }
        let progress = min(1, Double(step - warmUp) / Double(max(1, total - warmUp)))
        switch self {
        case .constant: return 1
        case .linear: return 1 - (1 - floor) * progress
        case .cosine: return floor + (1 - floor) * (1 + cos(.pi * progress)) / 2
        }
    }
}
