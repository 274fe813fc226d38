import Foundation

/// Points that move, joined by bones.
public struct KeypointAnimation: Sendable, Codable, Equatable {
    /// The points of each frame, always equally many; x to the right, y up, both in -1…1.
    public var frames: [[SIMD2<Float>]]
    /// Pairs of point indices to join.
    public var bones: [[Int]]
    /// Frames a second.
    public var rate: Double

    private enum CodingKeys: String, CodingKey {
        case frames = "frames"
        case bones = "bones"
        case rate = "rate"
    }

    /// An animation from its parts.
    public init(frames: [[SIMD2<Float>]], bones: [[Int]], rate: Double) {
        self.frames = frames
        self.bones = bones
        self.rate = rate
    }

    /// - Throws: `DecodingError` when a bone joins a point that there is not: what draws relies on it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        frames = try container.decode([[SIMD2<Float>]].self, forKey: .frames)
        bones = try container.decode([[Int]].self, forKey: .bones)
        rate = try container.decode(Double.self, forKey: .rate)
        let points = frames.map(\.count).min() ?? Int.max
        try container.require(bones.joined().allSatisfy { 0..<points ~= $0 }, .bones, "indices of points")
    }
}

extension KeypointAnimation: ArtifactKind {
    static let storedType = "animation"
    var artifact: Artifact { .animation(self) }

    func files(named name: String) throws -> [(name: String, contents: Data)] {
        [("\(name).json", try PlainJSON.encode(self))]
    }
}

/// Kinds that have no other format of their own are exported as the JSON in which they are stored, indented.
enum PlainJSON {
    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return try encoder.encode(value)
    }
}
