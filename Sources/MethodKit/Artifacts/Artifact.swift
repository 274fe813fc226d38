import Foundation

/// Something a trial made that is not a number over steps. A pane draws it; ``files(named:)`` exports it.
///
/// This is the list of kinds; what a kind holds, how it is stored and how it is exported stands in the kind's own
/// file. A new kind is one such file, and here a case, a line in ``kind`` and one in ``kinds``.
public enum Artifact: Sendable, Equatable {
    /// Text in which parts can be marked.
    case text([Span])
    /// Rows of texts under headings.
    case table(Table)
    /// A matrix of numbers: attention, confusion, similarity.
    case heatMap(HeatMap)
    /// A gray or colour picture.
    case image(Picture)
    /// Pictures that play.
    case frames(Frames)
    /// A surface of polygons.
    case mesh(Mesh)
    /// Surfaces side by side, seen from the same direction.
    case meshes([NamedMesh])
    /// Points that move, joined by bones.
    case animation(KeypointAnimation)
    /// Lanes along a time: stretches with names, and levels.
    case timeline(Timeline)
    /// Several artifacts beside each other, which play by one clock.
    case panels(Panels)
    /// A search, a decomposition.
    case tree(Tree)
    /// Nodes and named edges.
    case graph(Graph)
    /// How often predictions of a given confidence are right.
    case reliability(Reliability)
    /// Lines, points, bars, histograms and whiskers.
    case plot(Plot)
    /// Numbers of any shape.
    case tensor(NumberArray)
    /// A kind that only a newer version knows, as that version stored it.
    case unknown(UnknownArtifact)

    /// The contents as a value of their kind.
    private var kind: any ArtifactKind {
        switch self {
        case .text(let spans): StyledText(spans)
        case .table(let table): table
        case .heatMap(let map): map
        case .image(let picture): picture
        case .frames(let frames): frames
        case .mesh(let mesh): mesh
        case .meshes(let meshes): NamedMeshes(meshes)
        case .animation(let animation): animation
        case .timeline(let timeline): timeline
        case .panels(let panels): panels
        case .tree(let tree): tree
        case .graph(let graph): graph
        case .reliability(let diagram): diagram
        case .plot(let plot): plot
        case .tensor(let array): array
        case .unknown(let artifact): artifact
        }
    }

    private static let kinds: [any ArtifactKind.Type] = [
        StyledText.self, Table.self, HeatMap.self, Picture.self, Frames.self, Mesh.self, NamedMeshes.self,
        KeypointAnimation.self, Timeline.self, Panels.self, Tree.self, Graph.self, Reliability.self,
        Plot.self, NumberArray.self,
    ]

    /// The names under which this version stores kinds, for the test that holds their bytes.
    package static var storedTypes: [String] { kinds.map { $0.storedType } }

    /// The kind's name, as records, lists and stored events have it.
    public var type: String {
        if case .unknown(let artifact) = self { artifact.type } else { Swift.type(of: kind).storedType }
    }

    /// The artifact as ordinary files: PNG, OBJ, CSV, JSON, DOT, text or safetensors.
    ///
    /// - Parameter text: what the files' names are made of.
    /// - Returns: names with endings, and contents; several for frames.
    /// - Throws: ``PictureError`` when a picture cannot be written as PNG.
    public func files(named text: String) throws -> [(name: String, contents: Data)] {
        try kind.files(named: Names.file(text))
    }
}

/// One kind of artifact: its data, its stored form, which is its `Codable` conformance with named keys, and its
/// export.
///
/// What is stored once is read for ever: keys are never renamed, and a key that is added later is optional.
protocol ArtifactKind: Codable, Sendable, Equatable {
    /// The name under which the kind is stored and shown; never changed.
    static var storedType: String { get }
    /// The case that holds it.
    var artifact: Artifact { get }
    /// The contents as ordinary files, whose names begin with `name`.
    func files(named name: String) throws -> [(name: String, contents: Data)]
}

extension Artifact: Codable {
    private enum CodingKeys: String, CodingKey {
        case type = "type"
        case content = "content"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try kind.encode(to: container.superEncoder(forKey: .content))
    }

    /// - Throws: `DecodingError` for a kind that this version does not know, too: only who has the whole bytes can
    ///   keep them, see `TrialEvent.init(stored:blobs:)`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(String.self, forKey: .type)
        guard let kind = Self.kinds.first(where: { $0.storedType == type }) else {
            self = .unknown(
                UnknownArtifact(type: type, json: try container.decode(Data.self, forKey: .content)))
            return
        }
        self = try kind.init(from: container.superDecoder(forKey: .content)).artifact
    }
}
