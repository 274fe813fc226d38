import MethodKit
import TextLayout

/// The named parts of a paper as text for people.
public enum PartsText {
    /// A few lines a part: what it is, where it runs, what shows it, what tests it.
    ///
    /// - Parameters:
    ///   - method: whose parts.
    ///   - width: in cells.
    /// - Returns: the lines, the counts first.
    public static func lines(of method: MethodInfo, width: Int) -> [String] {
        let parts = method.card.parts
        var lines = Columns.wrap(
            "\(method.card.title): of \(parts.count) named parts \(PartCounts(parts).text).", width: width)
        for part in parts {
            lines += ["", "\(part.name) (\(part.source.rawValue))"]
            lines += details(part).flatMap { Columns.wrap($0, width: width - 2, breakingWords: true) }
                .map { "  " + $0 }
        }
        return lines
    }

    private static func details(_ part: Part) -> [String] {
        switch part.presence {
        case .absent(let reason): return ["absent: \(reason)"]
        case .standIn(let place, let real): return ["stand-in for \(real)"] + details(place)
        case .runs(let place): return details(place)
        }
    }

    private static func details(_ place: Part.Place) -> [String] {
        [
            "in \(place.function), \(place.reach.text), shown by \(place.sight.text)",
            place.test.map { "tested by \($0)" } ?? "without a test of its own",
        ]
    }
}

extension Part.Reach {
    /// "by arm kto".
    public var text: String {
        switch self {
        case .always: "in every trial"
        case .arm(let name): "by arm \(name)"
        case .input(let name): "by input \(name)"
        case .tool(let name): "by tool \(name)"
        }
    }
}

extension Part.Sight {
    /// "metric success".
    public var text: String {
        switch self {
        case .metric(let name): "metric \(name)"
        case .artifact(let name): "artifact \(name)"
        }
    }
}
