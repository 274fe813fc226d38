import Base
import CKernels

/// Convolution with a bias; "same" padding for odd kernels unless said otherwise.
public struct Conv2D: Module {
    /// [kernel, kernel, inputs, outputs]
    public var weight: Tensor
    /// [outputs]
    public var bias: Tensor
    private let stride, padding: Int

    /// Uniform in ±1/sqrt(inputs * kernel²), as PyTorch starts it.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int = 3, stride: Int = 1, padding: Int? = nil,
        using random: inout RandomStream
    ) {
        let bound = 1 / Double(inputs * kernel * kernel).squareRoot()
        weight = .uniform([kernel, kernel, inputs, outputs], bound: bound, trains: true, using: &random)
        bias = .uniform([outputs], bound: bound, trains: true, using: &random)
        self.stride = stride
        self.padding = padding ?? kernel / 2
    }

    /// x: [batch, height, width, inputs] -> [batch, height', width', outputs]
    public func callAsFunction(_ x: Tensor) -> Tensor {
        if weight.shape[0] == 1, stride == 1, padding == 0 {
            return x.matmul(weight.reshaped([weight.shape[2], weight.shape[3]])) + bias
        }
        return x.convolved(weight, stride: stride, padding: (padding, padding)) + bias
    }
}

/// Convolution over the one axis of [batch, length, inputs].
public struct Conv1D: Module {
    /// [1, kernel, inputs, outputs]
    public var weight: Tensor
    /// [outputs]
    public var bias: Tensor
    private let stride, padding: Int

    /// Uniform in ±1/sqrt(inputs * kernel), as PyTorch starts it.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int = 3, stride: Int = 1, padding: Int? = nil,
        using random: inout RandomStream
    ) {
        let bound = 1 / Double(inputs * kernel).squareRoot()
        weight = .uniform([1, kernel, inputs, outputs], bound: bound, trains: true, using: &random)
        bias = .uniform([outputs], bound: bound, trains: true, using: &random)
        self.stride = stride
        self.padding = padding ?? kernel / 2
    }

    /// x: [batch, length, inputs] -> [batch, length', outputs]
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let row = x.reshaped([x.shape[0], 1, x.shape[1], x.shape[2]])
        let y = row.convolved(weight, stride: stride, padding: (0, padding)) + bias
        return y.reshaped([y.shape[0], y.shape[2], y.shape[3]])
    }
}

/// Convolution of each channel with its own kernel.
public struct DepthwiseConv: Module {
    /// [kernel, kernel, channels]
    public var weight: Tensor
    /// [channels]
    public var bias: Tensor
    private let stride: Int

    /// Uniform in ±1/kernel, as PyTorch starts it.
    public init(_ channels: Int, kernel: Int = 3, stride: Int = 1, using random: inout RandomStream) {
        weight = .uniform(
            [kernel, kernel, channels], bound: 1 / Double(kernel), trains: true, using: &random)
        bias = .uniform([channels], bound: 1 / Double(kernel), trains: true, using: &random)
        self.stride = stride
    }

    /// x: [batch, height, width, channels] -> [batch, height', width', channels]
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let padding = weight.shape[0] / 2
        return x.convolvedDepthwise(weight, stride: stride, padding: (padding, padding)) + bias
    }
}

/// A U-Net's residual block (Ho et al. 2020): norm, SiLU, convolution, plus the time embedding, twice, plus the input.
public struct UNetBlock: Module {
    private var firstNorm: GroupNorm
    private var first: Conv2D
    private var time: Linear?
    private var secondNorm: GroupNorm
    private var second: Conv2D
    private var skip: Conv2D?

    /// - Parameters:
    ///   - inputs: channels that come in.
    ///   - outputs: channels that go out.
    ///   - time: width of the time embedding; nil for none.
    ///   - groups: of both norms.
    ///   - random: for the first weights.
    public init(
        _ inputs: Int, _ outputs: Int, time: Int? = nil, groups: Int = 8, using random: inout RandomStream
    ) {
        firstNorm = GroupNorm(inputs, groups: groups)
        first = Conv2D(inputs, outputs, using: &random)
        self.time = time.map { Linear($0, outputs, using: &random) }
        secondNorm = GroupNorm(outputs, groups: groups)
        second = Conv2D(outputs, outputs, using: &random)
        skip = inputs == outputs ? nil : Conv2D(inputs, outputs, kernel: 1, using: &random)
    }

    /// x: [batch, height, width, inputs], embedding: [batch, time] -> [batch, height, width, outputs]
    public func callAsFunction(_ x: Tensor, _ embedding: Tensor? = nil) -> Tensor {
        var h = first(firstNorm(x).silu())
        if let time, let embedding { h = h.addedPerEntry(time(embedding.silu())) }
        return second(secondNorm(h).silu()) + (skip?(x) ?? x)
    }
}
