import ArgumentParser
import Foundation
import SessionViews
import Store
import TextLayout

/// `benchtop sessions prune`: many old sessions go at once.
struct SessionPruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Delete old sessions: all but the newest, those of some age, or both.",
        discussion: """
            Sessions that are being run stay, and those that a session which stays was begun from. With --keep and \
            --older-than only sessions go that neither keeps.
            """)

    @Option(help: "How many of the newest stay; of the newest of --method, when it is said.") var keep: Int?
    @Option(
        help: "Only sessions that began longer ago than this: 45m, 12h, 30d or 8w.",
        transform: Self.age)
    var olderThan: TimeInterval?
    @Option(help: "Only sessions of this method.") var method: String?
    @OptionGroup var store: StoreOption
    @Flag(help: "Say what would go, and delete nothing.") var dryRun = false
    @Flag(help: "One JSON object a line.") var json = false

    private struct Row: Encodable {
        let kind: String, session: String, method: String
        let began: Date
        /// Bytes that no other session refers to.
        let size: Int
    }

    private struct Total: Encodable {
        let kind = "pruned"
        let dryRun: Bool
        let sessions: Int
        /// Bytes by which the file is smaller; in a dry run, what only these sessions take.
        let freed: Int
        /// Bytes of the file.
        let size: Int
    }

    /// Seconds of "30d".
    private static func age(_ text: String) throws -> TimeInterval {
        let units = ["m": 60.0, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[String($0)] }), let count = Int(text.dropLast()),
            count >= 0
        else { throw ValidationError("It takes a whole number and m, h, d or w, as in 30d.") }
        return Double(count) * unit
    }

    func validate() throws {
        if let keep, keep < 0 { throw ValidationError("--keep is \(keep); it must be 0 or more.") }
        if keep == nil, olderThan == nil {
            throw ValidationError("Say what goes: --keep N, --older-than 30d, or both.")
        }
    }

    func run() throws {
        if let method { _ = try Catalogue.method(method) }
        let store = try store.open()
        let going = try store.prunable(
            keepingNewest: keep, olderThan: olderThan.map { Date().addingTimeInterval(-$0) }, of: method)
        let before = try store.sizes(of: going.map(\.id))
        if !dryRun { try store.delete(going.map(\.id)) }
        let sizes = Dictionary(before.sessions.map { ($0.session, $0.own) }) { $1 }
        for session in going { try say(session, size: sizes[session.id] ?? 0) }
        let after = try store.sizes(of: [])
        let freed = dryRun ? sizes.values.reduce(0, +) : max(0, before.file - after.file)
        try say(Total(dryRun: dryRun, sessions: going.count, freed: freed, size: after.file))
        if !json, !dryRun { Self.tellFree(after) }
    }

    private func say(_ session: SessionRecord, size: Int) throws {
        if json {
            let row = Row(
                kind: dryRun ? "prunable" : "deleted", session: session.shortID, method: session.method,
                began: session.began, size: size)
            return _ = try Output.json(row)
        }
        let name = session.name.isEmpty ? "" : " '\(session.name)'"
        Output.line(
            "Session \(session.shortID)\(name), \(session.method) of \(Dates.text(session.began)), \(size.asBytes)"
        )
    }

    private func say(_ total: Total) throws {
        if json { return _ = try Output.json(total) }
        let count = "\(total.sessions) \(total.sessions == 1 ? "session" : "sessions")"
        if total.sessions == 0 {
            Output.line("No session goes; the store has \(total.size.asBytes).")
        } else if dryRun {
            Output.line("\(count) would be deleted, which frees \(total.freed.asBytes) or more.")
        } else {
            Output.line(
                "\(count) deleted; the store is \(total.freed.asBytes) smaller: \(total.size.asBytes).")
        }
    }

    /// A store that an earlier Benchtop made cannot shrink before it is written anew.
    private static func tellFree(_ sizes: StoreSizes) {
        guard sizes.free > 0 else { return }
        Output.line("\(sizes.free.asBytes) of it are free; 'benchtop sessions compact' gives them back.")
    }
}
