/// The operations that write themselves on the tape; everything else is composed of them.
///
/// The raw value is what error messages call the operation. The gradient test goes through all cases.
enum Primitive: String, CaseIterable {
    case plus = "+"
    case minus = "-"
    case times = "*"
    case over = "/"
    case affine, scaledRows, clamped
    case exp, log, squareRoot, square, abs, relu, gelu, silu, tanh, sigmoid, softplus, sine, cosine
    case matmul, linear, feedForward
    case sum, sumOverAxis = "sum over an axis", sumOfRows, maxOfRows, softmax, logSoftmax, logProbabilities,
        loss
    case reshaped, permuted, slice, concatenated, gathered, filled
    case replaced = "replacing(where:with:)"
    case layerNorm, modulatedLayerNorm, rmsNorm, groupNorm
    case attention, selfAttention, rotated
    case convolved, convolvedDepthwise, upsampled, averagePooled, addedPerEntry, scaledPerEntry, gru
}

/// Stops the program over a mistake in the program, and says which one.
///
/// Unlike `precondition`, whose text optimised code leaves out: a shape that does not fit has to be named.
@inline(__always)
func demand(
    _ holds: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
    if !holds { fatalError(message(), file: file, line: line) }
}
