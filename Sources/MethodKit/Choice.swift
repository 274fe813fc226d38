/// What a person says of two things that a trial shows side by side: one line of a file that the method reads.
public struct Choice: Codable, Sendable, Equatable {
    /// The left or the right one.
    public enum Side: String, Codable, Sendable { case a, b }

    /// The number that the method gives the two.
    public let pair: Int
    /// The better one.
    public let chosen: Side

    /// A choice from its parts.
    public init(pair: Int, chosen: Side) {
        self.pair = pair
        self.chosen = chosen
    }

    /// The input that takes the file.
    public static let input = "choices"

    private static let word = "choose "

    /// The name of an artifact that shows both.
    public static func artifact(_ pair: Int) -> String { word + "\(pair)" }

    /// The pair that an artifact of this name asks about; nil when it asks for no choice.
    public static func pair(inArtifact name: String) -> Int? {
        name.hasPrefix(word) ? Int(name.dropFirst(word.count)) : nil
    }
}
