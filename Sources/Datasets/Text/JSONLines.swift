import Foundation

/// A user's file with one JSON object a line.
public enum JSONLines {
    /// The longest line that is read, in bytes: memory stays bounded whatever the file is.
    public static let longestLine = 1 << 20

    /// Reads a file piece by piece; empty lines are skipped.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - type: what each line must be.
    ///   - most: how many objects are read at most.
    /// - Returns: the objects with their line numbers, counted from 1.
    /// - Throws: ``FileError`` with the first line that is wrong, what is wrong with it, and what is allowed.
    public static func read<Value: Decodable>(
        _ path: String, as type: Value.Type, most: Int = 1_000_000
    ) throws -> [(line: Int, value: Value)] {
        try read(path, as: type, most: most) { throw $0 }
    }

    /// Reads what can be used of a file, and collects what cannot.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - type: what each line should be.
    ///   - most: how many objects are read at most.
    /// - Returns: the objects with their line numbers, and an error for each line that is none, both in their order.
    /// - Throws: ``FileError`` when no line can be used, with the reason of the first; and for what is wrong with the
    ///   whole file: it cannot be read, or a line has no end.
    public static func readUsable<Value: Decodable>(
        _ path: String, as type: Value.Type, most: Int = 1_000_000
    ) throws -> (values: [(line: Int, value: Value)], bad: [FileError]) {
        var bad: [FileError] = []
        do {
            let values = try read(path, as: type, most: most) { bad.append($0) }
            return (values, bad)
        } catch let error as FileError {
            throw error.line == nil ? bad.first ?? error : error
        }
    }

    private static func read<Value: Decodable>(
        _ path: String, as type: Value.Type, most: Int, refusing refuse: (FileError) throws -> Void
    ) throws -> [(line: Int, value: Value)] {
        let reader = try LineReader(path, longest: longestLine)
        let decoder = JSONDecoder()
        var values: [(line: Int, value: Value)] = []
        while let (number, line) = try reader.next() {
            guard line.contains(where: { !" \t\r".utf8.contains($0) }) else { continue }
            guard values.count < most else {
                throw FileError(
                    path, line: number, "there are more than \(most) objects", allowed: "at most \(most)")
            }
            do { values.append((number, try decoder.decode(type, from: line))) } catch {
                let (what, allowed) = sentence(error, of: line)
                try refuse(FileError(path, line: number, what, allowed: allowed))
            }
        }
        if values.isEmpty {
            throw FileError(path, line: nil, "it holds no object", allowed: "one JSON object a line")
        }
        return values
    }

    /// What a decoder found wrong, and what is allowed, for people.
    private static func sentence(_ error: any Error, of line: Data) -> (what: String, allowed: String) {
        switch error {
        case let refusal as Refusal: (refusal.what, refusal.allowed)
        case DecodingError.keyNotFound(let key, _):
            ("'\(key.stringValue)' is missing", "one JSON object a line with that field")
        case DecodingError.typeMismatch(let type, let context),
            DecodingError.valueNotFound(let type, let context):
            ("'\(name(context))' has the wrong type", word(for: type))
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            ("'\(name(context))' cannot be read", "a value of that field's kind")
        // The decoder says alike of bad syntax and of a number that its field cannot hold.
        case _ where (try? JSONSerialization.jsonObject(with: line)) != nil:
            ("a number does not fit its field", "a number of the field's kind")
        default: ("it is not JSON", "one JSON object a line")
        }
    }

    private static func word(for type: any Any.Type) -> String {
        switch type {
        case is Double.Type, is Float.Type: "a number"
        case is Int.Type: "a whole number"
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        default: "an object"
        }
    }

    private static func name(_ context: DecodingError.Context) -> String {
        context.codingPath.isEmpty ? "the line" : context.codingPath.map(\.stringValue).joined(separator: ".")
    }
}

/// What a record throws while it is decoded, when it is well formed and says something that is not allowed.
public struct Refusal: Error {
    /// What is wrong.
    public let what: String
    /// What is allowed.
    public let allowed: String

    /// A refusal from its parts.
    public init(_ what: String, allowed: String) {
        self.what = what
        self.allowed = allowed
    }
}
