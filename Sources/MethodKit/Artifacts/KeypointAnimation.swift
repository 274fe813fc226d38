import Foundation

/// Points that move, joined by bones.
public struct KeypointAnimation: Sendable, Codable, Equatable {
    /// The points of each frame, always equally many; x to the right, y up, both in -1…1.
    public var frames: [[SIMD2<Float>]]
    /// Pairs of point indices to join.
    public var bones: [[Int]]
    /// Frames a second.
    public var rate: Double
    /// What the points are called; nil numbers them.
    public var names: [String]?

    private enum CodingKeys: String, CodingKey {
        case frames = "frames"
        case bones = "bones"
        case rate = "rate"
        case names = "names"
    }

    /// An animation from its parts.
    public init(frames: [[SIMD2<Float>]], bones: [[Int]], rate: Double, names: [String]? = nil) {
        self.frames = frames
        self.bones = bones
        self.rate = rate
        self.names = names
    }

    /// - Throws: `DecodingError` when a bone joins a point that there is not, or there is not a name for each point:
    ///   what draws and exports relies on it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        frames = try container.decode([[SIMD2<Float>]].self, forKey: .frames)
        bones = try container.decode([[Int]].self, forKey: .bones)
        rate = try container.decode(Double.self, forKey: .rate)
        let points = frames.map(\.count).min() ?? Int.max
        try container.require(bones.joined().allSatisfy { 0..<points ~= $0 }, .bones, "indices of points")
        names = try container.decodeIfPresent([String].self, forKey: .names)
        let count = names?.count
        try container.require(
            frames.allSatisfy { $0.count == count ?? $0.count }, .names, "one name for each point")
    }
}

extension KeypointAnimation: ArtifactKind {
    static let storedType = "animation"
    var artifact: Artifact { .animation(self) }

    /// A row a frame: its time in seconds, then x and y of each point; and beside it which points bones join.
    func files(named name: String) -> [(name: String, contents: Data)] {
        let points = (0..<(frames.first?.count ?? 0)).map { names?[$0] ?? "\($0)" }
        let head = ["time [s]"] + points.flatMap { ["\($0) x", "\($0) y"] }
        let rows = frames.enumerated().map { index, frame in
            ["\(Double(index) / rate)"] + frame.flatMap { ["\($0.x)", "\($0.y)"] }
        }
        let pairs = bones.filter { $0.count == 2 }.map { $0.map { points[$0] } }
        return [
            ("\(name).csv", CSV.encode([head] + rows)),
            ("\(name)-bones.csv", CSV.encode([["from", "to"]] + pairs)),
        ]
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
