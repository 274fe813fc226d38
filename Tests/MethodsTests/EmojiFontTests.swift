import Checkpoints
import Foundation
import Testing

@testable import Datasets

/// Fonts from anywhere: a small one made here, and what becomes of it when bytes change.
@Suite struct EmojiFontTests {
    /// A font with one character, U+1F600, whose picture is these bytes.
    static func font(picture: [UInt8]) -> Data {
        func u16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
        func u32(_ value: Int) -> [UInt8] { u16(value >> 16) + u16(value & 0xFFFF) }
        let cmap =
            u16(0) + u16(1) + u16(3) + u16(10) + u32(12)
            + u16(12) + u16(0) + u32(28) + u32(0) + u32(1) + u32(0x1F600) + u32(0x1F600) + u32(7)
        let image: [UInt8] = [0, 0, 0, 0, 0] + u32(picture.count) + picture
        let cbdt = u32(0x30000) + image
        let size = u32(56) + u32(0) + u32(1) + u32(0) + Array(repeating: UInt8(0), count: 32)
        let cblc =
            u32(0x30000) + u32(1) + size + u16(7) + u16(7) + u32(8)
            + u16(1) + u16(17) + u32(4) + u32(0) + u32(image.count)
        var font = u32(0x10000) + u16(3) + Array(repeating: UInt8(0), count: 6), place = 12 + 3 * 16
        for (tag, table) in [("CBDT", cbdt), ("CBLC", cblc), ("cmap", cmap)] {
            font += Array(tag.utf8) + u32(0) + u32(place) + u32(table.count)
            place += table.count
        }
        return Data(font + cbdt + cblc + cmap)
    }

    @Test func aPictureIsFoundByItsCharacter() throws {
        let pictures = try EmojiFont(Self.font(picture: [1, 2, 3]), named: "small.ttf").pictures()
        #expect(pictures == [0x1F600: Data([1, 2, 3])])
    }

    @Test func aFontWithoutPicturesIsRefused() {
        let error = #expect(throws: FileError.self) {
            try EmojiFont(Data([0, 1, 0, 0, 0, 0, 0, 0]), named: "plain.ttf")
        }
        #expect(error?.description.contains("cmap") == true)
    }

    @Test func anyFontIsReadOrRefused() throws {
        let rounds = ProcessInfo.processInfo.environment["BENCHTOP_SOAK"] == "1" ? 100_000 : 2_000
        let whole = [UInt8](Self.font(picture: Array(0..<100)))
        var random = RandomStream(seed: 1), read = 0, refused = 0
        for _ in 0..<rounds {
            var bytes = whole
            for _ in 0...random.below(3) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            if random.chance(0.2) { bytes.removeLast(random.below(bytes.count)) }
            do {
                _ = try EmojiFont(Data(bytes), named: "font.ttf").pictures()
                read += 1
            } catch is FileError { refused += 1 }
        }
        #expect(read > 0 && refused > 0 && read + refused == rounds)
    }
}
