import ArgumentParser
import Store
import TextLayout

/// `benchtop sessions compact`: the store's file becomes as small as what it holds.
struct SessionCompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Give the store's free space back, and checkpoints that nothing needs. No session is lost.")

    @OptionGroup var store: StoreOption
    @Flag(help: "Say what was done as one JSON object.") var json = false

    private struct Record: Encodable {
        let kind: String
        /// Bytes by which the file is smaller.
        let freed: Int
        /// Bytes of the file.
        let size: Int
    }

    func run() throws {
        let store = try store.open()
        let freed = try store.compact(), size = try store.sizes(of: []).file
        if json { return _ = try Output.json(Record(kind: "compacted", freed: freed, size: size)) }
        Output.line("The store is \(freed.asBytes) smaller: \(size.asBytes).")
    }
}
