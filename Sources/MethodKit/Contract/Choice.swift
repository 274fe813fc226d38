/// What a person says of two things that a trial shows side by side: one line of a file that the method reads.
public struct Choice: Codable, Sendable, Equatable {
    /// The left or the right one.
    public enum Side: String, Codable, Sendable { case a, b }

    /// The name that the method gives the two: a word that stands for these two alone.
    public let pair: String
    /// The better one.
    public let chosen: Side

    /// A choice from its parts.
    public init(pair: String, chosen: Side) {
        self.pair = pair
        self.chosen = chosen
    }

    /// How the name of a file of choices ends, without the dot; each line of it is one choice.
    public static let endings = ["jsonl", "ndjson"]
}
