import Foundation

/// Pictures of one size that play.
public struct Frames: Sendable, Codable, Equatable {
    /// In their order.
    public var pictures: [Picture]
    /// Pictures a second.
    public var rate: Double

    private enum CodingKeys: String, CodingKey {
        case pictures = "pictures"
        case rate = "rate"
    }

    /// Pictures at a rate.
    public init(_ pictures: [Picture], rate: Double) {
        self.pictures = pictures
        self.rate = rate
    }
}

extension Frames: ArtifactKind {
    static let storedType = "frames"
    var artifact: Artifact { .frames(self) }

    func files(named name: String) throws -> [(name: String, contents: Data)] {
        try pictures.enumerated().map { index, picture in
            (String(format: "%@-%04d.png", name, index), try picture.png())
        }
    }
}
