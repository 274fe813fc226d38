import Foundation

/// A folder of data that comes with the program; the raw value is its name, here and nowhere else.
enum ShippedFolder: String, CaseIterable {
    /// Emoji and clip art with captions.
    case pictures = "ImageText"
    /// Meshes to try the tokeniser on.
    case meshes = "Meshes"
    /// Judged steps of an agent, made up, in the form of a user's own.
    case steps = "Steps"
    /// Predictions with references, made up, in the form of a user's own.
    case extractions = "Extractions"
    /// Squares to complete.
    case squares = "Squares"
    /// Questions in words, made up, in the form of a user's own.
    case problems = "Problems"
    /// Candidate steps of a language model with their foresights, made up, in the form of a user's own.
    case candidates = "Candidates"
    /// A few seconds of drums, made here.
    case sounds = "Sounds"

    /// Where it is: installed beside the program, else in the package.
    var path: String {
        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let installed = program.appending(path: "../share/benchtop/\(rawValue)").standardized.path
        guard !FileManager.default.fileExists(atPath: installed) else { return installed }
        return Self.packaged.appending(path: rawValue).path
    }

    /// The folder of the package that holds all of them.
    static let packaged = Bundle.module.bundleURL.appending(path: "Resources")
}
