import Base
import Foundation

/// Bytes that a stored value refers to by their digests, because JSON would make them a third larger and each copy
/// would be kept again: pixels, large arrays.
///
/// While ``TrialEvent/stored()`` writes JSON, they are put aside here. A coder without such a place, as that of a
/// shared stage's record, keeps them inside the value.
final class BytesAside: Sendable {
    private let kept = Locked([Digest: Data]())

    init(_ blobs: [Digest: Data] = [:]) { kept.withLock { $0 = blobs } }

    var blobs: [Digest: Data] { kept.withLock { $0 } }

    fileprivate func put(_ bytes: Data) -> Digest {
        let digest = Digest(of: bytes)
        kept.withLock { $0[digest] = bytes }
        return digest
    }

    fileprivate func bytes(_ hex: String) throws -> Data {
        guard let digest = Digest(hex: hex), let bytes = kept.withLock({ $0[digest] }) else {
            throw BytesMissing(digest: hex)
        }
        return bytes
    }
}

/// Bytes that a stored value refers to are not there: the value is damaged, not of a newer version.
package struct BytesMissing: Error {
    package let digest: String
}

extension CodingUserInfoKey {
    static let bytesAside = CodingUserInfoKey(rawValue: "benchtop.bytesAside")!
}

extension KeyedEncodingContainer {
    /// Puts bytes aside and writes their digest; where there is no such place, the bytes themselves.
    mutating func encode(aside bytes: Data, forKey key: Key, _ encoder: any Encoder) throws {
        if let aside = encoder.userInfo[.bytesAside] as? BytesAside {
            try encode(aside.put(bytes).hex, forKey: key)
        } else {
            try encode(bytes, forKey: key)
        }
    }
}

extension KeyedDecodingContainer {
    /// Reads what ``Swift/KeyedEncodingContainer/encode(aside:forKey:_:)`` wrote.
    func decode(asideForKey key: Key, _ decoder: any Decoder) throws -> Data {
        guard let aside = decoder.userInfo[.bytesAside] as? BytesAside else {
            return try decode(Data.self, forKey: key)
        }
        return try aside.bytes(decode(String.self, forKey: key))
    }

    /// - Throws: `DecodingError` when a value breaks what its readers rely on.
    func require(_ holds: Bool, _ key: Key, _ what: String) throws {
        if !holds { throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: what) }
    }
}
