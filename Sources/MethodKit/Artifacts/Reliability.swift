import Foundation

/// How often predictions of a given confidence are right.
public struct Reliability: Sendable, Codable, Equatable {
    /// For each bin of confidence, from 0 to 1 in equal steps: mean confidence, share that was right, and how many.
    public var confidence, accuracy: [Double], counts: [Int]

    private enum CodingKeys: String, CodingKey {
        case confidence = "confidence"
        case accuracy = "accuracy"
        case counts = "counts"
    }

    /// A diagram from its bins.
    public init(confidence: [Double], accuracy: [Double], counts: [Int]) {
        self.confidence = confidence
        self.accuracy = accuracy
        self.counts = counts
    }

    /// - Throws: `DecodingError` when the three lists are not equally long: what draws relies on it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        confidence = try container.decode([Double].self, forKey: .confidence)
        accuracy = try container.decode([Double].self, forKey: .accuracy)
        counts = try container.decode([Int].self, forKey: .counts)
        try container.require(
            confidence.count == counts.count && accuracy.count == counts.count, .counts,
            "a number for each bin")
    }
}

extension Reliability: ArtifactKind {
    static let storedType = "reliability"
    var artifact: Artifact { .reliability(self) }

    func files(named name: String) -> [(name: String, contents: Data)] {
        let lines = counts.indices.map { ["\(confidence[$0])", "\(accuracy[$0])", "\(counts[$0])"] }
        return [("\(name).csv", CSV.encode([["confidence", "accuracy", "count"]] + lines))]
    }
}
