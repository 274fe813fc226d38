import Terminal

/// The panes of a workbench, each as it is now.
struct PaneSet: Sendable {
    /// All panes, in the order of their numbers: a new one is a file and a line here.
    static let all: [any Pane.Type] = [
        MethodsPane.self, InputsPane.self, SessionsPane.self, ChartsPane.self, LogsPane.self,
        ArtifactPane.self, CardPane.self,
    ]

    /// In the order of their numbers.
    let types: [any Pane.Type]
    private var states: [any Pane]

    init(_ types: [any Pane.Type] = all) {
        self.types = types
        states = types.map { $0.init() }
    }

    /// Their names, in order.
    var ids: [PaneID] { types.map { $0.id } }

    /// The key that gives a pane the focus; there are nine, and panes beyond have none.
    static func key(of id: PaneID, among types: [any Pane.Type]) -> Key? {
        guard let place = types.firstIndex(where: { $0.id == id }), place < 9 else { return nil }
        return .character(Character("\(place + 1)"))
    }

    /// A pane by its name.
    subscript(id: PaneID) -> (any Pane)? {
        get { types.firstIndex { $0.id == id }.map { states[$0] } }
        set {
            guard let newValue, let place = types.firstIndex(where: { $0.id == id }) else { return }
            states[place] = newValue
        }
    }

    /// A pane by its type; as it is at the start where there is none.
    subscript<P: Pane>(type: P.Type) -> P {
        get { self[P.id] as? P ?? P() }
        set { self[P.id] = newValue }
    }

    /// Does something to every pane.
    mutating func each(_ action: (inout any Pane) -> Void) {
        for place in states.indices { action(&states[place]) }
    }

    /// Whether any changes with time.
    var isMoving: Bool { states.contains { $0.isMoving } }

    /// What they say of themselves to each other.
    func tell(_ context: inout PaneContext) { for pane in states { pane.tell(&context) } }
}
