import Foundation

/// Several artifacts beside and below each other, which play by one clock: a dancer over the music.
public struct Panels: Sendable, Codable, Equatable {
    /// One of the artifacts.
    public struct Panel: Sendable, Codable, Equatable {
        /// Stands above it and in the name of its file; each panel's is its own.
        public var name: String
        /// What it shows.
        public var artifact: Artifact

        private enum CodingKeys: String, CodingKey {
            case name = "name"
            case artifact = "artifact"
        }

        /// A panel from its parts.
        public init(_ name: String, _ artifact: Artifact) {
            (self.name, self.artifact) = (name, artifact)
        }
    }

    /// Panels beside each other.
    public struct Row: Sendable, Codable, Equatable {
        /// From the left, equally wide.
        public var panels: [Panel]
        /// Its share of the height, beside the other rows'.
        public var parts: Int

        private enum CodingKeys: String, CodingKey {
            case panels = "panels"
            case parts = "parts"
        }

        /// A row from its parts.
        public init(_ panels: [Panel], parts: Int = 1) {
            (self.panels, self.parts) = (panels, parts)
        }
    }

    /// From the top.
    public var rows: [Row]

    private enum CodingKeys: String, CodingKey { case rows = "rows" }

    /// Rows of panels; two panels of one name are a programmer's error.
    public init(_ rows: [Row]) {
        precondition(Self.fits(rows), "panels need names of their own, and rows a height")
        self.rows = rows
    }

    /// - Throws: `DecodingError` when two panels would be one file, or a row has no height: what draws and exports
    ///   relies on it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        rows = try container.decode([Row].self, forKey: .rows)
        try container.require(Self.fits(rows), .rows, "panels with names of their own in rows with a height")
    }

    private static func fits(_ rows: [Row]) -> Bool {
        let names = rows.flatMap(\.panels).map { Names.file($0.name) }
        return Set(names).count == names.count && rows.allSatisfy { (1...1_000).contains($0.parts) }
    }
}

extension Panels: ArtifactKind {
    static let storedType = "panels"
    var artifact: Artifact { .panels(self) }

    func files(named name: String) throws -> [(name: String, contents: Data)] {
        try rows.flatMap(\.panels).flatMap { try $0.artifact.files(named: "\(name)-\($0.name)") }
    }
}
