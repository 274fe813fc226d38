/// Colours by role. A theme is a TOML file; see ``ThemeFile``.
public struct Theme: Hashable, Sendable {
    /// What the user types to choose it.
    public var name: String
    /// Whether it is meant for a light terminal.
    public var isLight: Bool
    /// Whether nothing may be told by colour alone.
    public var isMono: Bool
    /// The ground of the whole screen.
    public var background: Color
    /// Ordinary text, and text that is less and more important.
    public var text, faint, strong: Color
    /// What keys and links are shown in.
    public var accent: Color
    /// A success, a failure, something to look at.
    public var good, bad, warning: Color
    /// Frames of panes, of the pane that has the focus, and the titles of the others.
    public var border, focus, title: Color
    /// The ground of the chosen row, and the text on it.
    public var selection, selected: Color
    /// One a curve, in order.
    public var series: [Color]
    /// The three free meanings of marked text.
    public var spans: [Color]
    /// From the smallest to the largest value of a heat map.
    public var heat: [Color]

    /// The theme when no file can be read: the terminal's own colours.
    public static let plain = Theme(
        name: "plain", isLight: false, isMono: true, background: .none, text: .none, faint: .none,
        strong: .none, accent: .none, good: .none, bad: .none, warning: .none, border: .none, focus: .none,
        title: .none, selection: .none, selected: .none, series: [.none], spans: [.none],
        heat: [.rgb(0, 0, 0), .rgb(255, 255, 255)])

    /// The colour of the curve at a place, going round.
    public func series(_ index: Int) -> Color { series.isEmpty ? text : series[index % series.count] }

    /// The colour of a heat map at a share 0…1.
    public func heat(_ share: Double) -> Color {
        guard let first = heat.first, share.isFinite else { return faint }
        let place = max(0, min(1, share)) * Double(heat.count - 1)
        let low = min(Int(place), heat.count - 1)
        guard low + 1 < heat.count else { return heat.last ?? first }
        return heat[low].mixed(with: heat[low + 1], place - Double(low))
    }
}
