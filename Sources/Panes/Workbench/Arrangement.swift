/// What the user chose about the places of panes; kept between starts.
public struct Arrangement: Sendable, Equatable {
    /// Where keys go.
    public internal(set) var focus = PaneID.charts
    /// Whether the focused pane has the whole screen.
    public var isZoomed = false
    /// The panes of the left column, of the upper and of the lower place that were used last.
    var left = PaneID.inputs, upper = PaneID.charts, lower = PaneID.logs
    /// Columns of the left column beyond the usual, and rows of the upper place.
    var wider = 0, taller = 0
    /// The theme's name; empty for the one that suits the terminal.
    public var theme = ""

    /// The usual places.
    public init() {}

    /// Gives the focus to a pane.
    mutating func focus(_ pane: any Pane.Type) {
        focus = pane.id
        switch pane.place {
        case .left: left = pane.id
        case .upper: upper = pane.id
        case .lower: lower = pane.id
        }
    }
}

extension Arrangement: Codable {
    private enum CodingKeys: String, CodingKey {
        case focus, isZoomed, left, upper, lower, wider, taller, theme
    }

    /// What an older or a newer version has kept: a value that is missing is the usual one.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func keep<Value: Decodable>(_ key: CodingKeys, _ place: WritableKeyPath<Self, Value>) {
            if let value = try? values.decodeIfPresent(Value.self, forKey: key) {
                self[keyPath: place] = value
            }
        }
        keep(.focus, \.focus)
        keep(.isZoomed, \.isZoomed)
        keep(.left, \.left)
        keep(.upper, \.upper)
        keep(.lower, \.lower)
        keep(.wider, \.wider)
        keep(.taller, \.taller)
        keep(.theme, \.theme)
    }
}
