import Checkpoints
import Foundation

/// Numbers of any shape.
public struct NumberArray: Sendable, Codable, Equatable {
    /// The length of each axis.
    public var shape: [Int]
    /// Row-major.
    public var values: [Float]

    private enum CodingKeys: String, CodingKey {
        case shape = "shape"
        case values = "values"
    }

    /// Numbers of a shape.
    public init(shape: [Int], values: [Float]) {
        precondition(shape.reduce(1, *) == values.count, "\(values.count) values for shape \(shape)")
        self.shape = shape
        self.values = values
    }

    /// Values are stored as little-endian float32.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(shape, forKey: .shape)
        try container.encode(aside: values.withUnsafeBytes { Data($0) }, forKey: .values, encoder)
    }

    /// - Throws: `DecodingError` when shape and values do not fit together: what exports relies on it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        shape = try container.decode([Int].self, forKey: .shape)
        let bytes = try container.decode(asideForKey: .values, decoder)
        values = [Float](unsafeUninitializedCapacity: bytes.count / 4) { buffer, count in
            count = bytes.prefix(bytes.count / 4 * 4).copyBytes(to: buffer) / 4
        }
        let wanted = shape.reduce(Optional(1)) { product, length in
            guard let product, length >= 0 else { return nil }
            let (next, isTooLarge) = product.multipliedReportingOverflow(by: length)
            return isTooLarge ? nil : next
        }
        try container.require(
            wanted == values.count && bytes.count % 4 == 0, .values, "one value for each place")
    }
}

extension NumberArray: ArtifactKind {
    static let storedType = "tensor"
    var artifact: Artifact { .tensor(self) }

    func files(named name: String) throws -> [(name: String, contents: Data)] {
        var file = Safetensors()
        file.tensors[name] = values.withUnsafeBufferPointer { Safetensors.Entry(shape: shape, floats: $0) }
        return [("\(name).safetensors", try file.encoded())]
    }
}
