/// What the user did.
public enum Key: Hashable, Sendable {
    /// A character, as typed: upper case when shift was held.
    case character(Character)
    /// A character with the control key.
    case control(Character)
    /// A character with the alt key.
    case alt(Character)
    /// F1 to F12.
    case function(Int)
    case up, down, left, right, pageUp, pageDown, home, end
    case enter, escape, tab, backTab, backspace, delete, insert
    /// Text that was pasted, whole; control characters and all.
    case paste(String)
    /// The mouse.
    case mouse(Mouse)

    /// The name that key tables, remappings and help use: "ctrl+p", "space", "enter", "q".
    public var name: String {
        switch self {
        case .character(" "): "space"
        case .character(let character): String(character)
        case .control(let character): "ctrl+\(character)"
        case .alt(let character): "alt+\(character)"
        case .function(let number): "f\(number)"
        case .pageUp: "pgup"
        case .pageDown: "pgdn"
        case .escape: "esc"
        case .backTab: "shift+tab"
        case .paste: "paste"
        case .mouse: "mouse"
        default: "\(self)"
        }
    }

    /// The key of a name, or nil.
    public init?(name: String) {
        let plain: [Key] = [
            .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .enter, .escape, .tab, .backTab,
            .backspace, .delete, .insert, .character(" "),
        ]
        if let key = plain.first(where: { $0.name == name }) {
            self = key
        } else if name.count == 1, let character = name.first {
            self = .character(character)
        } else if name.hasPrefix("ctrl+"), name.count == 6, let character = name.last {
            self = .control(character)
        } else if name.hasPrefix("alt+"), name.count == 5, let character = name.last {
            self = .alt(character)
        } else if name.hasPrefix("f"), let number = Int(name.dropFirst()), (1...12).contains(number) {
            self = .function(number)
        } else {
            return nil
        }
    }
}

/// Something that the mouse did.
public struct Mouse: Hashable, Sendable {
    /// What happened.
    public enum Action: Hashable, Sendable { case press, release, drag, wheelUp, wheelDown }
    /// What happened.
    public var action: Action
    /// Column and row, from 0.
    public var x, y: Int
    /// 0 left, 1 middle, 2 right.
    public var button: Int

    /// An event from its parts.
    public init(_ action: Action, x: Int, y: Int, button: Int = 0) {
        self.action = action
        self.x = x
        self.y = y
        self.button = button
    }
}

/// What a terminal said: a key, or an answer to a question.
enum Incoming: Equatable {
    case key(Key)
    /// Its background, in answer to OSC 11.
    case background(Color)
    /// It can hold back drawing until a frame is whole (mode 2026).
    case canSynchronise
    /// Nothing that matters.
    case nothing
}
