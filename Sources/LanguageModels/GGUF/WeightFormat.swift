import CKernels

/// How a GGUF file holds the weights of a tensor.
///
/// Blocks of 32 or 256 weights share a scale; the names are llama.cpp's.
public enum WeightFormat: UInt32, CaseIterable, Sendable {
    case f32 = 0
    case f16 = 1
    case q4_0 = 2
    case q4_1 = 3
    case q8_0 = 8
    case q4_K = 12
    case q6_K = 14

    /// As files and tables call it.
    public var name: String {
        switch self {
        case .f32: "F32"
        case .f16: "F16"
        case .q4_0: "Q4_0"
        case .q4_1: "Q4_1"
        case .q8_0: "Q8_0"
        case .q4_K: "Q4_K"
        case .q6_K: "Q6_K"
        }
    }

    /// Weights in a block, and bytes that it takes.
    var block: (weights: Int, bytes: Int) {
        switch self {
        case .f32: (1, 4)
        case .f16: (1, 2)
        case .q4_0: (32, 18)
        case .q4_1: (32, 20)
        case .q8_0: (32, 34)
        case .q4_K: (256, 144)
        case .q6_K: (256, 210)
        }
    }

    var kernel: bt_format {
        switch self {
        case .f32: BT_F32
        case .f16: BT_F16
        case .q4_0: BT_Q4_0
        case .q4_1: BT_Q4_1
        case .q8_0: BT_Q8_0
        case .q4_K: BT_Q4_K
        case .q6_K: BT_Q6_K
        }
    }
}
