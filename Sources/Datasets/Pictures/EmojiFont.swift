import Foundation

/// The pictures of a colour font that keeps them as PNG files: OpenType's tables cmap (format 12), CBLC and CBDT, and
/// GSUB for emoji of several characters.
public struct EmojiFont: Sendable {
    private let font: FontReader
    private let glyphs: [UInt32: Int]
    private let ligatures: [[Int]: Int]
    private let places: [Int: Place]

    /// Where a glyph's picture lies, and how (CBDT's image format).
    private struct Place { let begin, format: Int }

    /// Reads the font's tables.
    ///
    /// - Parameters:
    ///   - data: of the font's file.
    ///   - name: stands in errors.
    /// - Throws: ``FileError`` when it is no such font, or its tables do not hold together.
    public init(_ data: Data, named name: String) throws {
        font = try FontReader(data, named: name)
        glyphs = try Self.glyphsOfCharacters(font)
        places = try Self.placesOfGlyphs(font)
        ligatures = try FontLigatures.read(font)
    }

    /// The PNG file of an emoji, of the first size in the font.
    ///
    /// - Parameter characters: one, or the sequence that makes the emoji; U+FE0F, which only asks for colour, is
    ///   passed over.
    /// - Returns: nil when the font has no picture of it.
    /// - Throws: ``FileError`` when the picture lies beyond the font's end.
    public func picture(of characters: [UInt32]) throws -> Data? {
        let shown = characters.filter { $0 != 0xFE0F }, row = shown.compactMap { glyphs[$0] }
        guard row.count == shown.count, let glyph = row.count == 1 ? row[0] : ligatures[row],
            let place = places[glyph]
        else { return nil }
        // Image formats 17, 18 and 19: small, big or no metrics, then a length and the file.
        let head = place.format == 17 ? 5 : place.format == 18 ? 8 : 0
        let length = try font.u32(place.begin + head)
        return Data(try font.part(place.begin + head + 4, length))
    }

    /// cmap's format 12: ranges of characters with glyphs in a row.
    private static func glyphsOfCharacters(_ font: FontReader) throws -> [UInt32: Int] {
        let cmap = try font.begin("cmap")
        var glyphs: [UInt32: Int] = [:], count = 0
        for index in 0..<(try font.u16(cmap + 2)) {
            let subtable = cmap + (try font.u32(cmap + 8 + 8 * index))
            guard try font.u16(subtable) == 12 else { continue }
            for group in 0..<(try font.u32(subtable + 12)) {
                let entry = subtable + 16 + 12 * group
                let first = try font.u32(entry), last = try font.u32(entry + 4)
                let glyph = try font.u32(entry + 8)
                count += last - first + 1
                // No font has more characters than there are, so a wrong file costs no more time than a whole one.
                guard first <= last, last <= 0x10FFFF, count <= 0x110000 else { throw font.failure(entry) }
                for character in first...last { glyphs[UInt32(character)] = glyph + character - first }
            }
        }
        return glyphs
    }

    /// CBLC's index subtables of format 1: where each glyph's picture lies in CBDT, and in which format.
    private static func placesOfGlyphs(_ font: FontReader) throws -> [Int: Place] {
        let cblc = try font.begin("CBLC"), cbdt = try font.begin("CBDT")
        guard try font.u32(cblc + 4) > 0 else { return [:] }
        let list = cblc + (try font.u32(cblc + 8))
        var places: [Int: Place] = [:], count = 0
        for index in 0..<(try font.u32(cblc + 16)) {
            let entry = list + 8 * index
            let first = try font.u16(entry), last = try font.u16(entry + 2)
            let header = list + (try font.u32(entry + 4))
            let format = try font.u16(header + 2), begin = cbdt + (try font.u32(header + 4))
            guard try font.u16(header) == 1, (17...19).contains(format), first <= last else { continue }
            count += last - first + 1
            guard count <= 1 << 16 else { throw font.failure(entry) }
            for glyph in first...last {
                let offset = header + 8 + 4 * (glyph - first)
                let from = try font.u32(offset), to = try font.u32(offset + 4)
                if to > from { places[glyph] = Place(begin: begin + from, format: format) }
            }
        }
        return places
    }
}
