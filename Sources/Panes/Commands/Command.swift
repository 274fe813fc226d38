import Terminal

/// Something that a key does. From these come dispatch, the footer, the help, the palette and the README's table.
public struct Command: Sendable {
    /// Where it is understood.
    public enum Scope: Sendable, Equatable, Hashable {
        /// Everywhere, unless the focused pane has the same key.
        case everywhere
        /// While a replay is shown.
        case replay
        /// While the pane has the focus.
        case pane(PaneID)

        /// A heading for it.
        public var title: String {
            switch self {
            case .everywhere: "Everywhere"
            case .replay: "In a replay"
            case .pane(let pane): "In the pane \(pane.rawValue)"
            }
        }
    }

    /// What a configuration file calls it, for example "run.arm".
    public let id: String
    /// One or two words for the footer.
    public let title: String
    /// A sentence.
    public let help: String
    /// Where it is understood.
    public let scope: Scope
    /// The keys that do it.
    public var keys: [Key]
    /// Whether the footer shows it.
    public let isHinted: Bool
    /// Why it cannot be done now; nil when it can.
    public let reason: @Sendable (Workbench) -> String?
    let action: @Sendable (inout Workbench) -> Void

    init(
        _ id: String, _ title: String, _ help: String, in scope: Scope = .everywhere, keys: [Key],
        hinted: Bool = false, unless reason: @escaping @Sendable (Workbench) -> String? = { _ in nil },
        _ action: @escaping @Sendable (inout Workbench) -> Void
    ) {
        self.id = id
        self.title = title
        self.help = help
        self.scope = scope
        self.keys = keys
        isHinted = hinted
        self.reason = reason
        self.action = action
    }
}

/// All commands with the keys that the user gave them.
public struct Keymap: Sendable {
    /// In the order of the help.
    public private(set) var commands: [Command]
    /// Ids of the commands whose keys the user chose; they win over others.
    private var chosen: Set<String> = []

    /// The usual keys.
    public init() { self.init(PaneSet.all) }

    init(_ panes: [any Pane.Type]) { commands = Command.all(panes) }

    /// Gives commands other keys.
    ///
    /// - Parameter keys: lists of key names by command id.
    /// - Throws: ``KeymapError``.
    public mutating func remap(_ keys: [String: [String]]) throws {
        for (id, names) in keys.sorted(by: { $0.key < $1.key }) {
            guard let place = commands.firstIndex(where: { $0.id == id }) else {
                throw KeymapError.noCommand(id, commands.map(\.id))
            }
            chosen.insert(id)
            commands[place].keys = try names.map { name in
                guard let key = Key(name: name) else { throw KeymapError.noKey(name, id) }
                return key
            }
        }
    }

    /// The command that a key means: one whose keys the user chose, then the focused pane's, then the replay's, then the
    /// general one.
    func command(for key: Key, pane: PaneID, isReplay: Bool) -> Command? {
        let meant = understood(pane: pane, isReplay: isReplay).filter { $0.keys.contains(key) }
        return meant.first { chosen.contains($0.id) } ?? meant.first
    }

    /// The commands that are understood, the nearest first.
    func understood(pane: PaneID, isReplay: Bool) -> [Command] {
        let scopes: [Command.Scope] = [.pane(pane)] + (isReplay ? [.replay] : []) + [.everywhere]
        return scopes.flatMap { scope in commands.filter { $0.scope == scope } }
    }
}

/// A configuration of keys that cannot be used.
public enum KeymapError: Error, CustomStringConvertible, Equatable {
    /// The id, and those that there are.
    case noCommand(String, [String])
    /// The key's name, and the command.
    case noKey(String, String)

    public var description: String {
        switch self {
        case .noCommand(let id, let known):
            "No command is called '\(id)'; there are \(known.joined(separator: ", "))."
        case .noKey(let name, let id):
            "'\(name)', given to \(id), is no key; keys are single characters, enter, esc, tab, space, up, pgdn, "
                + "f1, ctrl+p, alt+x and the like."
        }
    }
}
