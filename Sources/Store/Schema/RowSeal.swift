import Foundation
import GRDB

/// The checksum of a row's values: a flipped bit in a text or a number is noticed like one in a blob.
enum RowSeal {
    static func of(_ values: [any DatabaseValueConvertible]) -> Int64 {
        var text = Data()
        for value in values {
            text += Data("\(value.databaseValue)".utf8)
            text.append(0)
        }
        return Int64(CRC.of(text))
    }
}

/// Values that are kept as JSON text.
enum JSONText {
    static func of(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
