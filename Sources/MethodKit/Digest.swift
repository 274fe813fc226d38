import CCrypto
import Foundation

/// A SHA-256 digest: what the hash chain of a trial's metrics and the identity of users' files are made of.
public struct Digest: Sendable, Hashable {
    /// The 32 bytes.
    public let bytes: Data

    /// A digest that was computed before.
    package init(bytes: Data) { self.bytes = bytes }

    /// The digest of `data`.
    public init(of data: Data) {
        var hash = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        data.withUnsafeBytes { input in
            _ = SHA256(input.bindMemory(to: UInt8.self).baseAddress, input.count, &hash)
        }
        bytes = Data(hash)
    }

    /// The digest of a file, or of the names and contents of all files right in a folder.
    ///
    /// - Throws: what reading throws.
    public init(ofFile file: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), isFolder.boolValue
        else {
            self.init(of: try Data(contentsOf: file))
            return
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: file.path).sorted()
        let lines = names.compactMap { name -> String? in
            guard let contents = try? Data(contentsOf: file.appending(path: name)) else { return nil }
            return "\(Digest(of: contents).hex) \(name)\n"
        }
        self.init(of: Data(lines.joined().utf8))
    }

    /// The 64 hexadecimal digits.
    public var hex: String { bytes.map { String(format: "%02x", $0) }.joined() }
}
