import Foundation

/// What an input takes, with what is allowed; a form draws each kind in its own way.
public enum InputKind: Sendable, Equatable {
    /// A whole number in a range, both ends included.
    case wholeNumber(ClosedRange<Int>)
    /// A number in a range, both ends included.
    case number(ClosedRange<Double>)
    /// One of some texts.
    case choice([String])
    /// A file whose name has one of some endings, without the dot; an empty path for none.
    case file(endings: [String])
    /// A folder; an empty path for none.
    case folder
    /// The file of the user's choices between pairs, which the workbench writes and the method reads; an empty path
    /// for none.
    case choices
    /// Any text in one line.
    case text
    /// A language model: the built-in one, the name of a pulled one, or an endpoint's URL.
    case model

    /// What it is, for a sentence: "a whole number".
    public var name: String {
        switch self {
        case .wholeNumber: "a whole number"
        case .number: "a number"
        case .choice: "one of a list"
        case .file, .folder, .choices: "a path"
        case .text: "a text"
        case .model: "a model"
        }
    }

    /// What is allowed, for people: "1…16", "on, off", "a file that ends in .obj".
    public var range: String {
        switch self {
        case .wholeNumber(let range): "\(range.lowerBound.text)…\(range.upperBound.text)"
        case .number(let range): "\(range.lowerBound.text)…\(range.upperBound.text)"
        case .choice(let names): names.joined(separator: ", ")
        case .file(let endings): "a file that ends in " + endings.map { ".\($0)" }.joined(separator: ", ")
        case .folder: "a folder"
        case .choices: Self.file(endings: Choice.endings).range
        case .text: "one line"
        case .model: "\(InputModel.builtInName), the name of a pulled model, or the URL of an endpoint"
        }
    }

    /// Whether the text is the path of a file or folder of the user's.
    public var isPath: Bool {
        switch self {
        case .file, .folder, .choices: true
        case .wholeNumber, .number, .choice, .text, .model: false
        }
    }

    /// Whether a path may be given, as far as its name tells; of a folder, whether it is one.
    func takes(path: String) -> Bool {
        switch self {
        case .file(let endings): return endings.contains { path.lowercased().hasSuffix(".\($0)") }
        case .choices: return Self.file(endings: Choice.endings).takes(path: path)
        case .folder:
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
        case .wholeNumber, .number, .choice, .text, .model: return false
        }
    }
}
