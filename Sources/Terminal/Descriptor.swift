import Foundation

/// Whole texts to a file descriptor.
public enum Descriptor {
    /// Writes the whole text; a full pipe is waited for.
    ///
    /// - Returns: false when nobody reads it any more.
    @discardableResult
    public static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
