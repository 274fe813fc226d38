import Base
import Foundation
import MethodKit

/// Results of shared stages, kept as files, or in memory when there is no folder.
///
/// A file's name is the hash of all that determines its contents, the machine's kernels among them. Its contents
/// carry their own digest: a file that does not match is computed again. Two trials that ask for one result at
/// once compute it once: the first has a claim on it until it is done, or until its trial has crashed.
public final class StageFiles: Sendable {
    private struct State {
        /// Who computes what.
        var claims: [StageKey: ObjectIdentifier] = [:]
        var memory: [StageKey: StageResult] = [:]
    }

    private let folder: URL?
    private let machine: String
    private let state = Locked(State())
    /// Bytes that the folder may hold; the files that were longest unused go first.
    private static let mostBytes = 2 << 30

    /// Keeps results in `folder`; nil keeps them in memory.
    ///
    /// - Parameters:
    ///   - folder: created when the first result is written.
    ///   - machine: what can change a result's bits on this machine: CPU, kernels, library, threads.
    public init(folder: URL? = nil, machine: String = "") {
        self.folder = folder
        self.machine = machine
    }

    /// The folder that belongs to the user: `$XDG_CACHE_HOME/benchtop/stages`.
    public static var userFolder: URL { UserFolders.cache.appending(path: "stages") }

    /// The result under `key`, kept or computed now; see ``StageCache/result(for:isStopped:_:)``, and `claimant` is the
    /// trial's own view of the cache, which holds the claim meanwhile.
    func result(
        for key: StageKey, claimant: TrialStages, isStopped: () -> Bool, _ compute: () throws -> StageResult
    ) throws -> StageResult {
        while !claim(key, claimant) {
            if isStopped() { throw Stopped() }
            usleep(10_000)
        }
        // A crash in `compute` never comes here: then whoever sees the crash gives the claim back.
        defer { release(key, of: claimant) }
        if let kept = kept(key) { return kept }
        let result = try compute()
        keep(result, for: key)
        return result
    }

    /// Whether this trial is now the one who may compute `key`.
    private func claim(_ key: StageKey, _ claimant: TrialStages) -> Bool {
        state.withLock { state in
            guard state.claims[key] == nil else { return false }
            state.claims[key] = ObjectIdentifier(claimant)
            return true
        }
    }

    private func release(_ key: StageKey, of claimant: TrialStages) {
        state.withLock { state in
            if state.claims[key] == ObjectIdentifier(claimant) { state.claims[key] = nil }
        }
    }

    /// Gives back whatever this trial has a claim on; a sibling that waits for it computes it itself.
    func release(all claimant: TrialStages) {
        state.withLock { state in
            state.claims = state.claims.filter { $0.value != ObjectIdentifier(claimant) }
        }
    }

    private func kept(_ key: StageKey) -> StageResult? {
        guard let file = file(for: key) else { return state.withLock { $0.memory[key] } }
        guard let data = try? Data(contentsOf: file) else { return nil }
        return try? Self.read(data) { try Data(contentsOf: Self.file(for: $0, beside: file)) }
    }

    /// A result that cannot be kept is computed again next time; nothing else follows from it.
    private func keep(_ result: StageResult, for key: StageKey) {
        guard let file = file(for: key), let folder else {
            return state.withLock { $0.memory[key] = result }
        }
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Frozen parts are files of their own: stages of different seeds and inputs share them.
        for (digest, bytes) in result.frozen {
            let part = Self.file(for: digest, beside: file)
            if !FileManager.default.fileExists(atPath: part.path) {
                try? bytes.write(to: part, options: .atomic)
            }
        }
        try? Self.bytes(of: result).write(to: file, options: .atomic)
        prune(folder)
    }

    private static func file(for frozen: Digest, beside file: URL) -> URL {
        file.deletingLastPathComponent().appending(path: "\(frozen.hex).frozen")
    }

    private func file(for key: StageKey) -> URL? {
        folder?.appending(path: Digest(of: Data("\(machine)\n\(key.text)".utf8)).hex + ".stage")
    }

    private func prune(_ folder: URL) {
        let keys: [URLResourceKey] = [.fileSizeKey, .contentAccessDateKey]
        let files =
            (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: keys)) ?? []
        let known = files.compactMap { file -> (URL, Int, Date)? in
            guard let values = try? file.resourceValues(forKeys: Set(keys)) else { return nil }
            return (file, values.fileSize ?? 0, values.contentAccessDate ?? .distantPast)
        }
        var excess = known.reduce(0) { $0 + $1.1 } - Self.mostBytes
        for (file, size, _) in known.sorted(by: { $0.2 < $1.2 }) where excess > 0 {
            try? FileManager.default.removeItem(at: file)
            excess -= size
        }
    }

    // MARK: The file: digest; length and bytes of the state and of the record; digests of frozen parts

    private static func bytes(of result: StageResult) throws -> Data {
        var body = Data()
        for part in [result.state, try result.record.encoded()] {
            withUnsafeBytes(of: UInt64(part.count).littleEndian) { body.append(contentsOf: $0) }
            body += part
        }
        for digest in result.frozen.keys { body += digest.bytes }
        return Data(Digest(of: body).hex.utf8) + body
    }

    private static func read(_ data: Data, frozen: (Digest) throws -> Data) throws -> StageResult {
        let (seal, body) = (data.prefix(64), Data(data.dropFirst(64)))
        guard body.count >= 8, Data(Digest(of: body).hex.utf8) == seal else {
            throw CocoaError(.fileReadCorruptFile)
        }
        var rest = body[...]
        func next() -> Data {
            let length = Int(clamping: rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
            defer { rest = rest.dropFirst(8).dropFirst(length) }
            return Data(rest.dropFirst(8).prefix(length))
        }
        let (state, record) = (next(), try StageRecord(encoded: next()))
        var parts: [Digest: Data] = [:]
        while rest.count >= 32 {
            let digest = Digest(bytes: Data(rest.prefix(32))), bytes = try frozen(digest)
            guard Digest(of: bytes) == digest else { throw CocoaError(.fileReadCorruptFile) }
            (parts[digest], rest) = (bytes, rest.dropFirst(32))
        }
        return StageResult(state: state, record: record, frozen: parts)
    }
}
