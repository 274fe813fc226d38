import Base
import CKernels
import Checkpoints

/// A float32 array with a shape, row-major, that remembers how it was computed.
///
/// Operations run at once and note on the result how its gradient reaches their operands; ``backward()`` walks
/// those notes. A tensor belongs to one thread.
public final class Tensor {
    typealias Pointer = UnsafeMutablePointer<Float>

    /// The extent of each axis; empty for a single number.
    public let shape: [Int]
    /// How many elements there are.
    public let count: Int
    let storage: Storage
    /// Whether a gradient is wanted: of parameters, and of everything computed from them.
    public let trains: Bool
    /// The gradient of the last ``backward()``, summed over calls, for parameters; nil before.
    public internal(set) var gradient: Tensor?
    var node: Node?
    /// Whether a backward pass went through it, which uses up how it was computed.
    var isSpent = false

    init(_ shape: [Int], _ storage: Storage, trains: Bool = false) {
        self.shape = shape
        self.storage = storage
        self.trains = trains
        count = storage.count
    }

    deinit { if node != nil { LettingGo.take(&node) } }

    // MARK: Making one

    /// A tensor from its values.
    ///
    /// - Parameters:
    ///   - values: as many as the shape has, row by row.
    ///   - shape: nil for a vector.
    ///   - trains: whether it is a parameter.
    public convenience init(_ values: [Float], _ shape: [Int]? = nil, trains: Bool = false) {
        let shape = shape ?? [values.count]
        demand(
            shape.reduce(1, *) == values.count, "\(values.count) values do not fill the shape \(shape)")
        let storage = Storage(values.count)
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { storage.pointer.update(from: base, count: source.count) }
        }
        self.init(shape, storage, trains: trains)
    }

    /// A tensor whose elements are all `value`.
    public static func full(_ shape: [Int], _ value: Float, trains: Bool = false) -> Tensor {
        let storage = Storage(shape.reduce(1, *))
        storage.pointer.update(repeating: value, count: storage.count)
        return Tensor(shape, storage, trains: trains)
    }

    /// A tensor of zeros.
    public static func zeros(_ shape: [Int], trains: Bool = false) -> Tensor {
        full(shape, 0, trains: trains)
    }

    /// Independent normal numbers with mean 0.
    public static func gaussian(
        _ shape: [Int], deviation: Double = 1, trains: Bool = false, using random: inout RandomStream
    ) -> Tensor {
        let tensor = Tensor(shape, Storage(shape.reduce(1, *)), trains: trains)
        for i in 0..<tensor.count { tensor.storage.pointer[i] = Float(deviation * random.gaussian()) }
        return tensor
    }

    /// Independent standard normal numbers by vectors: other ones than ``gaussian(_:deviation:trains:using:)`` draws from
    /// the same stream, of which they take half a word each. At most 6.8 away from 0; equal bits for one kernel set.
    public static func noise(_ shape: [Int], using random: inout RandomStream) -> Tensor {
        let tensor = Tensor(shape, Storage(shape.reduce(1, *)))
        let words = (0..<(tensor.count + 1) / 2).map { _ in random.next() }
        bt_gaussian(tensor.count, words, tensor.storage.pointer)
        return tensor
    }

    /// Independent uniform numbers in `-bound..<bound`.
    public static func uniform(
        _ shape: [Int], bound: Double, trains: Bool = false, using random: inout RandomStream
    ) -> Tensor {
        let tensor = Tensor(shape, Storage(shape.reduce(1, *)), trains: trains)
        for i in 0..<tensor.count { tensor.storage.pointer[i] = Float(bound * (2 * random.uniform() - 1)) }
        return tensor
    }

    // MARK: Reading

    /// The elements, row by row.
    public var values: [Float] { Array(UnsafeBufferPointer(start: storage.pointer, count: count)) }

    /// The elements in Double, row by row: what the formula of a loss takes.
    public var doubles: [Double] { withValues { $0.map(Double.init) } }

    /// The only element of a tensor of one.
    public var item: Float {
        demand(count == 1, "only a tensor of one element is a number, not one of shape \(shape)")
        return storage.pointer[0]
    }

    /// Calls `body` with the elements, without a copy.
    public func withValues<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try body(UnsafeBufferPointer(start: storage.pointer, count: count))
    }

    /// Index of the first element that is not finite; nil when all are.
    public var firstNotFinite: Int? {
        let index = bt_first_not_finite(count, storage.pointer)
        return index < 0 ? nil : index
    }

    /// The same values, cut off from how they were computed.
    public var detached: Tensor { Tensor(shape, storage) }

    /// The same values in memory of their own, as a parameter or not.
    public func copy(trains: Bool = false) -> Tensor { Tensor(values, shape, trains: trains) }

    var pointer: Pointer { storage.pointer }
    /// The last axis, and how many rows of that length there are.
    var columns: Int { shape.last ?? 1 }
    var rows: Int { count / max(1, columns) }
}

extension Tensor: Codable {
    private enum CodingKeys: String, CodingKey { case tensor, trains }

    /// Hands the values to the array sink under the coding path, and writes their reference.
    public func encode(to encoder: any Encoder) throws {
        guard let sink = encoder.userInfo[.arraySink] as? any ArraySink else {
            throw EncodingError.invalidValue(
                self,
                EncodingError.Context(
                    codingPath: encoder.codingPath, debugDescription: "tensors are saved by StateCoding"))
        }
        let name = encoder.codingPath.map(\.stringValue).joined(separator: ".")
        let reference = withValues { sink.put(name, shape: shape, floats: $0) }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(reference, forKey: .tensor)
        try container.encode(trains, forKey: .trains)
    }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let source = decoder.userInfo[.arraySource] as? any ArraySource else {
            throw DecodingError.dataCorruptedError(
                forKey: .tensor, in: container, debugDescription: "tensors are read by StateCoding")
        }
        let (shape, values) = try source.floats(container.decode(String.self, forKey: .tensor))
        let trains = try container.decode(Bool.self, forKey: .trains)
        self.init(values, shape, trains: trains && decoder.userInfo[.trainsNothing] == nil)
    }
}
