import CCrypto
import Foundation

/// A SHA-256 digest: what the hash chain of a trial's metrics and the identity of files and stored bytes are made of.
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
            try self.init(ofContents: file)
            return
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: file.path).sorted()
        let lines = names.compactMap { name -> String? in
            guard let digest = try? Digest(ofContents: file.appending(path: name)) else { return nil }
            return "\(digest.hex) \(name)\n"
        }
        self.init(of: Data(lines.joined().utf8))
    }

    /// The digest of one file, of which only a part is held at a time.
    private init(ofContents file: URL) throws {
        let target = file.resolvingSymlinksInPath()
        // A pipe would wait for a writer, and a device might never end.
        let type = try FileManager.default.attributesOfItem(atPath: target.path)[.type] as? FileAttributeType
        guard type == .typeRegular else { throw CocoaError(.fileReadUnknown) }
        let handle = try FileHandle(forReadingFrom: target), context = EVP_MD_CTX_new()
        defer {
            try? handle.close()
            EVP_MD_CTX_free(context)
        }
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
        while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty {
            part.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        }
        var hash = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        EVP_DigestFinal_ex(context, &hash, nil)
        bytes = Data(hash)
    }

    /// A digest from its 64 hexadecimal digits; nil when they are not that.
    package init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return nil }
        var bytes = Data(capacity: 32)
        for place in stride(from: 0, to: 64, by: 2) {
            guard let byte = UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16)
            else {
                return nil
            }
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    /// The 64 hexadecimal digits.
    public var hex: String { bytes.map { String(format: "%02x", $0) }.joined() }
}
