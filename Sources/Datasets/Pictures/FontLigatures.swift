/// Which rows of glyphs an OpenType font draws as one: ligature substitutions (lookup type 4) of its table GSUB.
enum FontLigatures {
    /// No font has more ligatures than glyphs, so a wrong file costs no more time than a whole one.
    private static let most = 1 << 16, longest = 32

    /// Reads all ligatures; none when the font has no such table.
    ///
    /// - Returns: the glyph that stands for a row of glyphs.
    /// - Throws: ``FileError`` where the table does not hold together.
    static func read(_ font: FontReader) throws -> [[Int]: Int] {
        guard let table = font.tables["GSUB"] else { return [:] }
        let list = table.lowerBound + (try font.u16(table.lowerBound + 8))
        var ligatures: [(row: [Int], glyph: Int)] = []
        for lookup in try offsets(font, list, countAt: list) where try font.u16(lookup) == 4 {
            for subtable in try offsets(font, lookup, countAt: lookup + 4) {
                try add(subtable, font, &ligatures)
            }
        }
        // The first of two that are equal is the one that a text is drawn with.
        return Dictionary(ligatures.map { ($0.row, $0.glyph) }) { first, _ in first }
    }

    /// A subtable: the first glyphs, and for each the ligatures that begin with it.
    private static func add(
        _ subtable: Int, _ font: FontReader, _ ligatures: inout [(row: [Int], glyph: Int)]
    ) throws {
        let firsts = try covered(subtable + (try font.u16(subtable + 2)), font)
        for (first, set) in zip(firsts, try offsets(font, subtable, countAt: subtable + 4)) {
            for ligature in try offsets(font, set, countAt: set) {
                let count = try font.u16(ligature + 2)
                guard (1...longest).contains(count), ligatures.count < most else {
                    throw font.failure(ligature)
                }
                let others = try (1..<count).map { try font.u16(ligature + 2 + 2 * $0) }
                ligatures.append((row: [first] + others, glyph: try font.u16(ligature)))
            }
        }
    }

    /// A coverage table: glyphs one by one (format 1), or ranges of them.
    private static func covered(_ table: Int, _ font: FontReader) throws -> [Int] {
        let count = try font.u16(table + 2)
        guard try font.u16(table) == 2 else {
            return try (0..<count).map { try font.u16(table + 4 + 2 * $0) }
        }
        var glyphs: [Int] = []
        for index in 0..<count {
            let entry = table + 4 + 6 * index
            let first = try font.u16(entry), last = try font.u16(entry + 2)
            guard first <= last, glyphs.count + last - first < most else { throw font.failure(entry) }
            glyphs += first...last
        }
        return glyphs
    }

    /// A count and that many places, which the file gives as distances from `base`.
    private static func offsets(_ font: FontReader, _ base: Int, countAt place: Int) throws -> [Int] {
        try (0..<(try font.u16(place))).map { base + (try font.u16(place + 2 + 2 * $0)) }
    }
}
