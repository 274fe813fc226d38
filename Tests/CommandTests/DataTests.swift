import Datasets
import Foundation
import MethodKit
import Testing

/// `benchtop data pull` with apt's commands played by scripts: no network.
@Suite struct DataTests {
    /// Puts scripts for apt-get and apt-cache first in the path; `checksum` is what the index says.
    private func tools(_ program: Program, checksum: String?) throws -> [String: String] {
        let root = program.folder.appending(path: "package"), files = FileManager.default
        func put(_ text: String, _ path: String) throws {
            let file = root.appending(path: path)
            try files.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        try put("no font", "usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
        let library = root.appending(path: "usr/share/openclipart/png/food")
        try files.createDirectory(at: library, withIntermediateDirectories: true)
        for (name, licence) in [("bee", "PublicDomain"), ("logo", "GPL")] {
            try put(
                "<svg><metadata><Work><title>a \(name)</title><license resource='\(licence)'/></Work></metadata></svg>",
                "usr/share/openclipart/svg/food/\(name).svg")
            let picture = Picture(width: 2, height: 1, channels: 1, pixels: Data([0, 255]))
            try picture.png().write(to: library.appending(path: "\(name).png"))
        }
        try put("1F600 ; fully-qualified # x E1.0 grinning face\n", "usr/share/unicode/emoji/emoji-test.txt")
        let index =
            checksum.map { "echo 'SHA256: \($0)'" }
            ?? "echo \"SHA256: $(sha256sum $2_1_all.deb | cut -c1-64)\""
        try program.put(script: "tar -C \(root.path) -cf \"$2_1_all.deb\" usr", as: "apt-get")
        try program.put(script: index, as: "apt-cache")
        try program.put(script: "tar -C \"$3\" -xf \"$2\"", as: "dpkg-deb")
        return program.withScripts
    }

    @Test func setsAreListedWithTheirLicences() throws {
        let listed = try Program().run("data", "list", "--json")
        #expect(listed.records.count >= 3)
        #expect(listed.records.allSatisfy { ($0["licence"] as? String)?.isEmpty == false })
    }

    @Test func aPackageWithAnotherChecksumIsRefused() throws {
        let program = try Program()
        let outcome = try program.run(
            ["data", "pull", "emoji"],
            environment: try tools(program, checksum: String(repeating: "0", count: 64)))
        #expect(outcome.status == 4 && outcome.complaint.contains("SHA-256"), "\(outcome.complaint)")
    }

    @Test func aPackageWithoutTheFontIsOneSentence() throws {
        let program = try Program()
        let outcome = try program.run(
            ["data", "pull", "emoji"], environment: try tools(program, checksum: nil))
        #expect(
            outcome.status != 0 && outcome.complaint.contains("NotoColorEmoji.ttf"), "\(outcome.complaint)")
        #expect(outcome.complaint.split(separator: "\n").count == 1)
    }

    @Test func clipArtBecomesPicturesWithCaptions() throws {
        let program = try Program()
        let environment = try tools(program, checksum: nil)
        let outcome = try program.run(["data", "pull", "clipart"], environment: environment)
        #expect(outcome.status == 0, "\(outcome.complaint)")
        let folder = program.folder.appending(path: "cache/benchtop/data/clipart")
        let captions = try String(contentsOf: folder.appending(path: "captions.tsv"), encoding: .utf8)
        #expect(captions == "food.bee.png\ta bee\n")
        let picture = try PNGImage(path: folder.appending(path: "food.bee.png").path)
        #expect(picture.width == 128 && picture.height == 128)
        let listed = try program.run(["data", "list"], environment: environment)
        #expect(listed.lines.contains { $0.hasPrefix("clipart ") && $0.contains("fetched") })
    }

    @Test func aFolderOfPicturesIsAnInput() throws {
        let program = try Program()
        let folder = program.folder.appending(path: "few")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let few = try program.run(
            "run", "tulip", "--preset", "smoke", "--set", "data=folder", "--set", "images=\(folder.path)")
        #expect(few.status == 4 || few.status == 3)
        #expect(few.complaint.contains("20 or more"), "\(few.complaint)")
        let missing = try program.run(
            "run", "tulip", "--preset", "smoke", "--set", "data=folder", "--set", "images=\(folder.path)/none"
        )
        #expect(missing.status == 3 && missing.complaint.contains("a folder"), "\(missing.complaint)")
    }

    @Test func anUnknownSetIsRefused() throws {
        let outcome = try Program().run("data", "pull", "nothing")
        #expect(outcome.status == 3 && outcome.complaint.contains("emoji"))
    }
}
