import Foundation

/// An OpenType file's tables, and its big-endian numbers, never read beyond the end.
struct FontReader: Sendable {
    private let bytes: [UInt8]
    private let name: String
    /// Where each table lies, by its tag.
    private(set) var tables: [String: Range<Int>] = [:]

    /// Reads the table of tables.
    ///
    /// - Throws: ``FileError`` when a table lies beyond the file's end; `name` stands in it.
    init(_ data: Data, named name: String) throws {
        (bytes, self.name) = ([UInt8](data), name)
        for index in 0..<(try u16(4)) {
            let entry = 12 + 16 * index
            let tag = String(decoding: try part(entry, 4), as: UTF8.self)
            let begin = try u32(entry + 8), length = try u32(entry + 12)
            guard begin + length <= bytes.count else { throw failure(entry) }
            tables[tag] = begin..<begin + length
        }
    }

    /// Where a table begins.
    ///
    /// - Throws: ``FileError`` when the font has none of this tag.
    func begin(_ tag: String) throws -> Int {
        guard let table = tables[tag] else {
            throw FileError(
                name, line: nil, "it has no table \(tag)", allowed: "a font whose pictures are PNG files")
        }
        return table.lowerBound
    }

    func u16(_ place: Int) throws -> Int { try part(place, 2).reduce(0) { $0 << 8 | Int($1) } }
    func u32(_ place: Int) throws -> Int { try part(place, 4).reduce(0) { $0 << 8 | Int($1) } }

    func part(_ place: Int, _ length: Int) throws -> ArraySlice<UInt8> {
        guard place >= 0, length >= 0, place <= bytes.count - length else { throw failure(place) }
        return bytes[place..<place + length]
    }

    func failure(_ place: Int) -> FileError {
        FileError(
            name, line: nil, "its tables do not hold together at byte \(place)",
            allowed: "a whole OpenType font")
    }
}
