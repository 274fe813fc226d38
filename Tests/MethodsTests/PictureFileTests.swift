import Foundation
import Testing

@testable import Datasets
@testable import Methods

/// Pictures and captions from anywhere: whole ones are read, others are one sentence, nothing crashes.
@Suite struct PictureFileTests {
    private static let pictures: [Data] = {
        let folder = ShippedFolder.pictures.path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".png") }.sorted().prefix(6).compactMap {
            FileManager.default.contents(atPath: "\(folder)/\($0)")
        }
    }()

    @Test func anyPictureIsReadOrRefused() throws {
        #expect(Self.pictures.count == 6)
        for (index, picture) in Self.pictures.enumerated() {
            try Fuzz.check([UInt8](picture), seed: index) { bytes in
                let image = try PNGImage(Data(bytes), named: "picture.png")
                #expect(image.pixels.count == image.width * image.height * 4)
            }
        }
    }

    /// A header that promises more pixels than memory has is refused before any is decoded.
    @Test func aHugePictureIsRefused() throws {
        var bytes = [UInt8](try #require(Self.pictures.first))
        // IHDR: width and height at bytes 16 and 20, their checksum at 29.
        bytes.replaceSubrange(16..<24, with: [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60])
        let checksum = Self.crc(bytes[12..<29])
        bytes.replaceSubrange(29..<33, with: (0..<4).map { UInt8(checksum >> (24 - 8 * UInt32($0)) & 0xFF) })
        let error = #expect(throws: FileError.self) { try PNGImage(Data(bytes), named: "huge.png") }
        #expect(error?.description.contains("60000x60000") == true)
    }

    private static func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 {
                let isOdd = crc & 1 == 1
                crc >>= 1
                if isOdd { crc ^= 0xEDB8_8320 }
            }
        }
        return ~crc
    }

    @Test(arguments: [0, 1, 8]) func anEmptyOrCutPictureIsRefused(length: Int) throws {
        let data = try #require(Self.pictures.first).prefix(length)
        #expect(throws: FileError.self) { try PNGImage(Data(data), named: "cut.png") }
    }

    @Test func anyCaptionsAreReadOrRefused() throws {
        let whole = "a.png\ta red cat\tthe cat is red\ta blue cat\nb.png\ttwo dogs\n# note\n\nc.png\tbird\n"
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).tsv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Fuzz.check(Array(whole.utf8), seed: 10) { bytes in
            try Data(bytes).write(to: URL(filePath: path))
            let lines = try PictureFolder.readCaptions(path)
            #expect(lines.allSatisfy { !$0.file.contains("/") && !$0.caption.isEmpty })
        }
    }

    @Test func aParaphraseMayBeLeftOut() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).tsv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("a.png\tcat\t\tdog\n".utf8).write(to: URL(filePath: path))
        let line = try #require(try PictureFolder.readCaptions(path).first)
        #expect(line.caption == "cat" && line.paraphrase == nil && line.negative == "dog")
    }

    /// Opening a pipe would wait for a writer.
    @Test func aPipeIsRefused() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).tsv").path
        #expect(mkfifo(path, 0o600) == 0)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: FileError.self) { try PictureFolder.readCaptions(path) }
    }

    @Test func aLineSaysWhatIsAllowed() throws {
        let path = FileManager.default.temporaryDirectory.appending(
            path: "captions-\(UInt64.random(in: 0..<1 << 60)).tsv"
        ).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        for (text, wanted) in [
            ("a.png\tcat\n../b.png\tdog\n", "line 2"), ("a.png\n", "1 fields"), ("a.png\t\n", "empty"),
        ] {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: FileError.self) { try PictureFolder.readCaptions(path) }
            #expect(error?.description.contains(wanted) == true, "\(error.map { "\($0)" } ?? "")")
        }
    }
}
