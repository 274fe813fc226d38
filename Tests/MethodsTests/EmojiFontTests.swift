import Foundation
import Testing

@testable import Datasets

/// Fonts from anywhere: a small one made here, and what becomes of it when bytes change.
@Suite struct EmojiFontTests {
    /// A font with the characters U+1F600 (glyph 7), U+1F601 (8) and U+200D (9), and a ligature of all three (10);
    /// 7 and 10 have a picture, of these bytes.
    static func font(picture: [UInt8]) -> Data {
        func u16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
        func u32(_ value: Int) -> [UInt8] { u16(value >> 16) + u16(value & 0xFFFF) }
        let cmap =
            u16(0) + u16(1) + u16(3) + u16(10) + u32(12)
            + u16(12) + u16(0) + u32(40) + u32(0) + u32(2) + u32(0x1F600) + u32(0x1F601) + u32(7)
            + u32(0x200D) + u32(0x200D) + u32(9)
        let image: [UInt8] = [0, 0, 0, 0, 0] + u32(picture.count) + picture
        let cbdt = u32(0x30000) + image + image
        let size = u32(56) + u32(0) + u32(1) + u32(0) + Array(repeating: UInt8(0), count: 32)
        let cblc =
            u32(0x30000) + u32(1) + size + u16(7) + u16(10) + u32(8)
            + u16(1) + u16(17) + u32(4) + [0, 1, 1, 1, 2].flatMap { u32($0 * image.count) }
        // The list of lookups, one lookup, one subtable, the first glyph, its set, and the ligature.
        let gsub =
            u32(0x10000) + u16(0) + u16(0) + u16(10) + u16(1) + u16(4) + u16(4) + u16(0) + u16(1) + u16(8)
            + u16(1) + u16(8) + u16(1) + u16(14) + u16(1) + u16(1) + u16(7)
            + u16(1) + u16(4) + u16(10) + u16(3) + u16(9) + u16(8)
        let tables = [("CBDT", cbdt), ("CBLC", cblc), ("GSUB", gsub), ("cmap", cmap)]
        var font = u32(0x10000) + u16(tables.count) + Array(repeating: UInt8(0), count: 6)
        var place = 12 + tables.count * 16
        for (tag, table) in tables {
            font += Array(tag.utf8) + u32(0) + u32(place) + u32(table.count)
            place += table.count
        }
        return Data(font + tables.flatMap(\.1))
    }

    @Test(
        arguments: [
            ([0x1F600], true), ([0x1F600, 0xFE0F], true), ([0x1F600, 0x200D, 0x1F601], true),
            ([0x1F601], false),
            ([0x1F600, 0x1F601], false), ([0x1F600, 0x41], false), ([], false),
        ] as [([UInt32], Bool)])
    func picturesAreFoundByTheirCharacters(_ characters: [UInt32], _ hasPicture: Bool) throws {
        let font = try EmojiFont(Self.font(picture: [1, 2, 3]), named: "small.ttf")
        #expect(try font.picture(of: characters) == (hasPicture ? Data([1, 2, 3]) : nil))
    }

    @Test func aFontWithoutPicturesIsRefused() {
        let error = #expect(throws: FileError.self) {
            try EmojiFont(Data([0, 1, 0, 0, 0, 0, 0, 0]), named: "plain.ttf")
        }
        #expect(error?.description.contains("cmap") == true)
    }

    @Test func anyFontIsReadOrRefused() throws {
        try Fuzz.check([UInt8](Self.font(picture: Array(0..<100))), seed: 11) { bytes in
            let font = try EmojiFont(Data(bytes), named: "font.ttf")
            _ = try font.picture(of: [0x1F600, 0x200D, 0x1F601])
        }
    }
}
