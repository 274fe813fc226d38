import Base
import Datasets
import Foundation
import Testing

@testable import LanguageModels

/// Sentences as vectors, against the library transformers: pieces equal, the cosine of each vector with the library's at
/// least 1 - 1e-4 (through single precision it comes within 1e-6).
@Suite struct SentenceEncoderTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            let text: String
            let tokens: [Int]
            let vector: [Double]
        }
        let cases: [Case]

        init(_ name: String) throws {
            let data = try Data(contentsOf: URL(filePath: TinyLlamaTests.resource("\(name).json")))
            self = try JSONDecoder().decode(Golden.self, from: data)
        }
    }

    private static func encoder(_ weights: String = "tiny-bert.safetensors") throws -> SentenceEncoder {
        try SentenceEncoder(
            weights: URL(filePath: TinyLlamaTests.resource(weights)),
            vocabulary: URL(filePath: TinyLlamaTests.resource("tiny-bert-vocab.txt")), heads: 3)
    }

    private static func cosine(_ a: [Float], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * $1.1 }
    }

    @Test func aTinyEncoderAgreesWithTheLibrary() throws {
        let path = try TinyLlamaTests.resource("tiny-bert-vocab.txt")
        let tokeniser = try WordPieceTokeniser(String(contentsOfFile: path, encoding: .utf8), path: path)
        let cases = try Golden("tiny-bert").cases
        for known in cases {
            #expect(
                tokeniser.tokens(of: known.text, longest: 256) == known.tokens, "\(known.text.prefix(40))")
        }
        // All together, and each alone: neighbours must not be seen.
        let encoder = try Self.encoder(), together = encoder.embed(cases.map(\.text))
        for (known, vector) in zip(cases, together) {
            #expect(abs(Self.cosine(vector, known.vector) - 1) < 1e-6, "\(known.text.prefix(40))")
            let alone = encoder.embed([known.text])[0]
            #expect(abs(Self.cosine(alone, known.vector) - 1) < 1e-6)
        }
        #expect(encoder.embed([]).isEmpty)
    }

    @Test(.enabled(if: PulledModel.miniLM.isHere, "benchtop models pull minilm"))
    func miniLMAgreesWithTheLibrary() throws {
        let encoder = try PulledModel.encoder(), cases = try Golden("minilm").cases
        let vectors = encoder.embed(cases.map(\.text))
        for (known, vector) in zip(cases, vectors) {
            let tokens = encoder.tokeniser.tokens(of: known.text, longest: SentenceEncoder.longest)
            #expect(tokens == known.tokens, "\(known.text.prefix(40))")
            #expect(abs(Self.cosine(vector, known.vector) - 1) < 1e-4, "\(known.text.prefix(40))")
        }
        func alike(_ a: Int, _ b: Int) -> Double { Self.cosine(vectors[a], vectors[b].map(Double.init)) }
        // A man with a guitar is nearer to someone with an instrument than to the stock market.
        #expect(alike(0, 1) > 0.5 && alike(0, 2) < 0.2)
    }

    private static let mutations =
        ProcessInfo.processInfo.environment["BENCHTOP_SOAK"] == nil ? 2_000 : 100_000

    /// Whatever the bytes, weights and vocabulary are read or refused with a sentence.
    @Test func damagedFilesAreReadOrRefused() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bert-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = ["tiny-bert.safetensors", "tiny-bert-vocab.txt"]
        let whole = try names.map { try Data(contentsOf: URL(filePath: TinyLlamaTests.resource($0))) }
        let places = names.map { folder.appending(path: $0) }
        var random = RandomStream(seed: 6), refused = 0
        for round in 0..<Self.mutations {
            for (bytes, place) in zip(whole, places) { try bytes.write(to: place) }
            // The header, or any of the vocabulary; weights may have any value.
            let file = round % 2, reach = file == 0 ? 4_000 : whole[1].count
            var bytes = whole[file]
            if random.chance(0.2) { bytes = bytes.prefix(random.below(reach)) }
            for _ in 0...random.below(4) where !bytes.isEmpty {
                bytes[random.below(min(reach, bytes.count))] = UInt8(random.below(256))
            }
            try bytes.write(to: places[file])
            do {
                let encoder = try SentenceEncoder(weights: places[0], vocabulary: places[1], heads: 3)
                _ = encoder.embed(["the cat"])
            } catch let error as FileError {
                refused += 1
                #expect(error.description.hasSuffix(".") && error.description.contains("tiny-bert"))
            }
        }
        #expect(refused > Self.mutations / 4)
    }
}
