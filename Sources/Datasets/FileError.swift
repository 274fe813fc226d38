/// What is wrong with a user's file: where, what, and what is allowed.
public struct FileError: Error, CustomStringConvertible, Equatable {
    /// The file.
    public let path: String
    /// The line, counted from 1; nil when it is about the whole file.
    public let line: Int?
    /// What is wrong.
    public let what: String
    /// What is allowed.
    public let allowed: String

    /// An error from its parts.
    public init(_ path: String, line: Int?, _ what: String, allowed: String) {
        self.path = path
        self.line = line
        self.what = what
        self.allowed = allowed
    }

    /// One sentence. What it quotes of the file or its name is shown, never obeyed: control characters are replaced.
    public var description: String {
        let place = line.map { ", line \($0)" } ?? ""
        let sentence = "'\(path)'\(place): \(what); allowed is \(allowed)."
        let shown = sentence.unicodeScalars.map { scalar -> Unicode.Scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar
        }
        return String(String.UnicodeScalarView(shown))
    }
}
