import ArgumentParser
import MethodKit
import SessionControl
import SessionViews
import Store
import TextLayout

/// `benchtop compare ID ID…`: sessions side by side.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare sessions: which inputs differ, what each metric came to, who is better.")

    @Argument(help: "Two or more sessions.") var sessions: [String]
    @OptionGroup var store: StoreOption
    @Flag(help: "One JSON object a line.") var json = false

    func validate() throws {
        if sessions.count < 2 { throw ValidationError("Name at least two sessions.") }
    }

    func run() throws {
        let store = try store.open()
        let comparison = try Comparison(try sessions.map { try store.find($0) }, store: store)
        let table = ComparisonTable(comparison, headline: headline(comparison))
        if json { try table.showJSON() } else { table.show() }
    }

    /// The metric that says who is better: the methods' own, where all sessions report it.
    private func headline(_ comparison: Comparison) -> Metric? {
        let method = Catalogue.all.first { $0.card.id == comparison.sessions[0].method }
        guard let metric = method?.headline else { return nil }
        let isShared = comparison.sessions.allSatisfy { $0.metrics.contains { $0.name == metric.name } }
        return isShared ? metric : nil
    }
}
