import Base
import Datasets
import Foundation
import Testing

@testable import LanguageModels

/// Whatever the bytes, a file is read or refused with a sentence.
@Suite struct GGUFFuzzTests {
    private static let mutations =
        ProcessInfo.processInfo.environment["BENCHTOP_SOAK"] == nil ? 2_000 : 100_000

    @Test func damagedFilesAreReadOrRefused() throws {
        let whole = try Data(contentsOf: URL(filePath: TinyLlamaTests.resource("tiny-llama.gguf")))
        let folder = FileManager.default.temporaryDirectory.appending(path: "gguf-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "model.gguf").path
        var random = RandomStream(seed: 5), refused = 0
        // The header and what follows it; weights may have any value.
        let header = 13_000
        for _ in 0..<Self.mutations {
            var bytes = whole
            if random.chance(0.3) { bytes = bytes.prefix(random.below(header)) }
            for _ in 0...random.below(4) where !bytes.isEmpty {
                bytes[random.below(min(header, bytes.count))] = UInt8(random.below(256))
            }
            try bytes.write(to: URL(filePath: path))
            do {
                let model = try LlamaModel(GGUFFile(path))
                var cache = LlamaCache()
                _ = try model.read(model.tokeniser.tokens(of: "a b"), &cache)
            } catch let error as FileError {
                refused += 1
                #expect(error.description.hasSuffix(".") && error.description.contains("model.gguf"))
            }
        }
        #expect(refused > Self.mutations / 4)
    }

    @Test func noFileIsRefused() {
        for path in ["/nowhere/model.gguf", "/tmp", "/dev/null"] {
            #expect(throws: FileError.self) { try GGUFFile(path) }
        }
    }
}
