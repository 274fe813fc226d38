import MethodKit
import Terminal

/// What lies over the panes and takes all keys.
public enum Sheet: Sendable {
    /// All keys, searched by what is typed.
    case help(LineEditor, ListCursor)
    /// All commands, searched by what is typed.
    case palette(LineEditor, ListCursor)
    /// A question that takes a line of text.
    case prompt(Prompt)
    /// A question that is answered by one key.
    case question(Question)
}

/// A question that takes a line of text.
public struct Prompt: Sendable {
    /// What is asked.
    let title: String
    /// What is allowed, or what was wrong.
    var hint: String
    /// Whether the hint says what was wrong.
    var isWrong = false
    /// What was typed.
    var line: LineEditor
    /// Called with every change, for filters.
    var onChange: (@Sendable (inout Workbench, String) -> Void)?
    /// Takes the answer; what it throws is shown, and the line stays.
    let onEnter: @Sendable (inout Workbench, String) throws -> Void
    /// Undoes what changes did.
    var onEscape: (@Sendable (inout Workbench) -> Void)?
}

/// A question that is answered by one key.
public struct Question: Sendable {
    /// What is asked.
    let text: String
    /// Keys, what each does, in words, and what is done.
    let answers: [Answer]

    /// A key, what it means, and what it does.
    typealias Answer = (key: Key, title: String, action: @Sendable (inout Workbench) -> Void)
}

extension Workbench {
    /// Takes a key while something lies over the panes.
    mutating func take(_ key: Key, in open: Sheet) {
        switch open {
        case .help(let line, let cursor): takeInHelp(key, line, cursor)
        case .palette(let line, let cursor): takeInPalette(key, line, cursor)
        case .prompt(let prompt): take(key, in: prompt)
        case .question(let question): take(key, in: question)
        }
    }

    private mutating func takeInHelp(_ key: Key, _ line: LineEditor, _ cursor: ListCursor) {
        var (line, cursor) = (line, cursor)
        if key == .escape || key == .character("?") || key == .enter {
            return sheet = nil
        } else if let move = Self.listMove(key) {
            cursor.move(move, count: HelpSheet.rows(self, line.text).count)
        } else if line.take(key) {
            cursor = ListCursor()
        }
        sheet = .help(line, cursor)
    }

    private mutating func takeInPalette(_ key: Key, _ line: LineEditor, _ cursor: ListCursor) {
        var (line, cursor) = (line, cursor)
        let found = PaletteSheet.matches(self, line.text)
        if key == .escape { return sheet = nil }
        if key == .enter {
            sheet = nil
            if found.indices.contains(cursor.row) { perform(found[cursor.row]) }
            return
        }
        if let move = Self.listMove(key) {
            cursor.move(move, count: found.count)
        } else if line.take(key) {
            cursor = ListCursor()
        }
        sheet = .palette(line, cursor)
    }

    private mutating func take(_ key: Key, in prompt: Prompt) {
        var prompt = prompt
        switch key {
        case .escape:
            sheet = nil
            prompt.onEscape?(&self)
        case .enter:
            sheet = nil
            do { try prompt.onEnter(&self, prompt.line.text) } catch {
                (prompt.hint, prompt.isWrong) = ("\(error)", true)
                sheet = .prompt(prompt)
            }
        default:
            guard prompt.line.take(key) else { return }
            sheet = .prompt(prompt)
            prompt.onChange?(&self, prompt.line.text)
        }
    }

    private mutating func take(_ key: Key, in question: Question) {
        if let answer = question.answers.first(where: { $0.key == key }) {
            sheet = nil
            answer.action(&self)
        } else if key == .escape {
            sheet = nil
        }
    }

    private static func listMove(_ key: Key) -> Move? {
        switch key {
        case .up, .control("p"): .up
        case .down, .control("n"): .down
        case .pageUp: .pageUp
        case .pageDown: .pageDown
        default: nil
        }
    }

    /// Asks for a line of text.
    mutating func prompt(
        _ title: String, _ hint: String = "", text: String = "",
        onChange: (@Sendable (inout Workbench, String) -> Void)? = nil,
        onEscape: (@Sendable (inout Workbench) -> Void)? = nil,
        onEnter: @escaping @Sendable (inout Workbench, String) throws -> Void
    ) {
        sheet = .prompt(
            Prompt(
                title: title, hint: hint, line: LineEditor(text), onChange: onChange, onEnter: onEnter,
                onEscape: onEscape))
    }
}
