import ArgumentParser
import SessionViews
import Store

/// What the commands that change a session have in common.
struct SessionChange: ParsableArguments {
    @Argument(help: "A session: short id, name, or 'last'.") var session: String
    @OptionGroup var store: StoreOption
    @Flag(help: "Say what was done as one JSON object.") var json = false

    /// Does the change and says so.
    ///
    /// - Throws: `StoreError`.
    func apply(_ verb: String, _ change: (SessionStore, SessionRecord) throws -> Void) throws {
        let store = try store.open()
        let session = try store.find(session)
        try change(store, session)
        try Self.say(verb, session, json: json)
    }

    /// Says what was done to a session.
    static func say(_ verb: String, _ session: SessionRecord, json: Bool) throws {
        if json { return _ = try Output.json(["kind": verb, "session": session.shortID]) }
        Output.line("Session \(session.shortID) \(verb).")
    }
}
