import Foundation

/// An artifact whose kind, or something in it, only a newer version of the program knows: shown as such, exported
/// as the JSON that it is stored as, and never changed.
public struct UnknownArtifact: Sendable, Equatable {
    /// The kind's name in that version.
    public let type: String
    /// The whole stored event, byte for byte.
    public let json: Data

    init(type: String, json: Data) {
        self.type = type
        self.json = json
    }

    /// What is shown in its place.
    public var notice: String {
        "'\(type)' is of a newer version of Benchtop; exporting writes it as it is stored."
    }
}

extension UnknownArtifact: ArtifactKind {
    static let storedType = "unknown"
    var artifact: Artifact { .unknown(self) }

    func files(named name: String) -> [(name: String, contents: Data)] { [("\(name).json", json)] }

    /// Inside another value, the record of a shared stage, the bytes stand as they are.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(json)
    }

    public init(from decoder: any Decoder) throws {
        self.init(type: Self.storedType, json: try decoder.singleValueContainer().decode(Data.self))
    }
}
