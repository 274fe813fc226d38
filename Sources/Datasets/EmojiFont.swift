import Foundation

/// The pictures of a colour font that keeps them as PNG files: tables cmap (format 12), CBLC and CBDT of OpenType.
public struct EmojiFont: Sendable {
    private let bytes: [UInt8]
    private let tables: [String: Range<Int>]
    private let name: String

    /// Reads the font's table of tables.
    ///
    /// - Parameters:
    ///   - data: of the font's file.
    ///   - name: stands in errors.
    /// - Throws: ``FileError`` when it is no such font.
    public init(_ data: Data, named name: String) throws {
        bytes = [UInt8](data)
        self.name = name
        let reader = Reader(bytes: bytes, name: name)
        var tables: [String: Range<Int>] = [:]
        for index in 0..<(try reader.u16(4)) {
            let entry = 12 + 16 * index
            let tag = String(decoding: try reader.part(entry, 4), as: UTF8.self)
            let begin = try reader.u32(entry + 8), length = try reader.u32(entry + 12)
            guard begin + length <= bytes.count else { throw reader.failure(entry) }
            tables[tag] = begin..<begin + length
        }
        self.tables = tables
        for tag in ["cmap", "CBLC", "CBDT"] where tables[tag] == nil {
            throw FileError(
                name, line: nil, "it has no table \(tag)", allowed: "a font whose pictures are PNG files")
        }
    }

    /// The PNG files of all characters that have one, of the first size in the font.
    ///
    /// - Throws: ``FileError`` where a table does not hold together.
    public func pictures() throws -> [UInt32: Data] {
        let glyphs = try glyphsOfCharacters(), places = try placesOfGlyphs()
        let reader = Reader(bytes: bytes, name: name)
        var pictures: [UInt32: Data] = [:]
        for (character, glyph) in glyphs {
            guard let place = places[glyph] else { continue }
            // Image formats 17, 18 and 19: small, big or no metrics, then a length and the file.
            let head = place.format == 17 ? 5 : place.format == 18 ? 8 : 0
            let length = try reader.u32(place.begin + head)
            pictures[character] = Data(try reader.part(place.begin + head + 4, length))
        }
        return pictures
    }

    private func table(_ tag: String) -> Int { tables[tag]?.lowerBound ?? 0 }

    /// cmap's format 12: ranges of characters with glyphs in a row.
    private func glyphsOfCharacters() throws -> [UInt32: Int] {
        let reader = Reader(bytes: bytes, name: name), cmap = table("cmap")
        var glyphs: [UInt32: Int] = [:], count = 0
        for index in 0..<(try reader.u16(cmap + 2)) {
            let subtable = cmap + (try reader.u32(cmap + 8 + 8 * index))
            guard try reader.u16(subtable) == 12 else { continue }
            for group in 0..<(try reader.u32(subtable + 12)) {
                let entry = subtable + 16 + 12 * group
                let first = try reader.u32(entry), last = try reader.u32(entry + 4)
                let glyph = try reader.u32(entry + 8)
                count += last - first + 1
                // No font has more characters than there are, so a wrong file costs no more time than a whole one.
                guard first <= last, last <= 0x10FFFF, count <= 0x110000 else { throw reader.failure(entry) }
                for character in first...last { glyphs[UInt32(character)] = glyph + character - first }
            }
        }
        return glyphs
    }

    /// CBLC's index subtables of format 1: where each glyph's picture lies in CBDT, and in which format.
    private func placesOfGlyphs() throws -> [Int: (begin: Int, format: Int)] {
        let reader = Reader(bytes: bytes, name: name), cblc = table("CBLC"), cbdt = table("CBDT")
        guard try reader.u32(cblc + 4) > 0 else { return [:] }
        let list = cblc + (try reader.u32(cblc + 8))
        var places: [Int: (begin: Int, format: Int)] = [:]
        for index in 0..<(try reader.u32(cblc + 16)) {
            let entry = list + 8 * index
            let first = try reader.u16(entry), last = try reader.u16(entry + 2)
            let header = list + (try reader.u32(entry + 4))
            let format = try reader.u16(header + 2), begin = cbdt + (try reader.u32(header + 4))
            guard try reader.u16(header) == 1, (17...19).contains(format), first <= last else { continue }
            for glyph in first...last {
                let offset = header + 8 + 4 * (glyph - first)
                let from = try reader.u32(offset), to = try reader.u32(offset + 4)
                if to > from { places[glyph] = (begin + from, format) }
            }
        }
        return places
    }

    /// Big-endian numbers, never read beyond the end.
    private struct Reader {
        let bytes: [UInt8]
        let name: String

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
}
