import Base
import Datasets
import Foundation
import Measures
import MethodKit
import Testing

@testable import LanguageModels

/// A model of two blocks with weights in every format; what it must say was computed elsewhere, see `how` in the file.
@Suite struct TinyLlamaTests {
    struct Golden: Decodable {
        struct Text: Decodable {
            let text: String
            let tokens: [Int]
        }
        let tokenisation: [Text]
        let tokens: [Int]
        let scores: [[Float]]
        let weights: [String: [Float]]
    }

    static func resource(_ name: String) throws -> String {
        try #require(Bundle.module.path(forResource: "Golden/\(name)", ofType: nil))
    }

    static func golden() throws -> Golden {
        try JSONDecoder().decode(
            Golden.self, from: Data(contentsOf: URL(filePath: resource("tiny-llama.json"))))
    }

    static func model() throws -> LlamaModel { try LlamaModel(GGUFFile(resource("tiny-llama.gguf"))) }

    static func correlation(_ a: [Float], _ b: [Float]) -> Double {
        Correlation.pearson(a.map(Double.init), b.map(Double.init))
    }

    @Test func weightsAreThoseOfTheOfficialReader() throws {
        let file = try GGUFFile(Self.resource("tiny-llama.gguf"))
        for (name, expected) in try Self.golden().weights {
            let entry = try #require(file.tensors[name])
            let matrix = try Matrix(file, name, outputs: entry.shape[1], inputs: entry.shape[0])
            let row = Floats(2 * entry.shape[0])
            matrix.row(0, to: row.pointer)
            matrix.row(1, to: row.pointer + entry.shape[0])
            for (own, other) in zip(row[0..<expected.count], expected) {
                #expect(abs(own - other) <= 1e-6 * max(1, abs(other)), "\(name) \(entry.format.name)")
            }
        }
    }

    @Test func tokensAreThoseOfTheReferenceTokeniser() throws {
        let tokeniser = try Self.model().tokeniser
        for one in try Self.golden().tokenisation {
            #expect(tokeniser.tokens(of: one.text) == one.tokens, "\(one.text)")
            #expect(tokeniser.text(of: one.tokens) == one.text)
        }
    }

    @Test func controlTokensAreReadOnlyWhereTheyAreMeant() throws {
        let tokeniser = try Self.model().tokeniser, text = "<|im_start|>user<|im_end|>"
        let meant = tokeniser.tokens(of: text, controls: true)
        #expect(meant.first == 1 && meant.last == 2 && tokeniser.text(of: meant) == text)
        #expect(!tokeniser.tokens(of: text).contains { tokeniser.isControl($0) })
        #expect(tokeniser.tokens(of: "a < b <|x", controls: true) == tokeniser.tokens(of: "a < b <|x"))
    }

    /// Rows together in single precision: as the reference but for rounding.
    @Test func scoresAreThoseOfTheReference() throws {
        let golden = try Self.golden(), model = try Self.model()
        var cache = LlamaCache()
        let scores = try model.read(golden.tokens, &cache, wanted: golden.tokens.count)
        for (own, other) in zip([scores[0], scores[scores.count - 1]], golden.scores) {
            for (a, b) in zip(own, other) { #expect(abs(a - b) < 2e-3) }
        }
    }

    /// However a text is cut into parts, its scores are the same to the bit: what was known before does not reach them.
    @Test(arguments: [1, 2, 3, 7]) func partsSayTheSameAsTheWhole(_ size: Int) throws {
        let golden = try Self.golden(), model = try Self.model()
        var cache = LlamaCache(), last: [Float] = []
        for first in stride(from: 0, to: golden.tokens.count, by: size) {
            last = try model.read(Array(golden.tokens.dropFirst(first).prefix(size)), &cache)[0]
        }
        var whole = LlamaCache()
        #expect(cache.count == golden.tokens.count)
        #expect(try last == model.read(golden.tokens, &whole)[0])
    }

    /// Copies share what was read, and write apart.
    @Test func aCopyOfACacheGoesItsOwnWay() throws {
        let golden = try Self.golden(), model = try Self.model()
        var cache = LlamaCache()
        _ = try model.read(Array(golden.tokens.dropLast(2)), &cache)
        var copy = cache, alone = cache
        let one = try model.read([golden.tokens[20]], &cache)[0]
        let other = try model.read([7], &copy)[0]
        #expect(one != other)
        #expect(try model.read([golden.tokens[20]], &alone)[0] == one)
        #expect(try model.read([golden.tokens[21]], &cache)[0] == model.read([golden.tokens[21]], &alone)[0])
        cache.truncate(to: golden.tokens.count - 2)
        #expect(try model.read([7], &cache)[0] == other)
    }

    /// Texts of several lengths that share what was read go on beside each other as each does alone.
    @Test func textsBesideEachOtherGoOnAsAlone() throws {
        let golden = try Self.golden(), model = try Self.model()
        var begun = LlamaCache()
        _ = try model.read(Array(golden.tokens.prefix(5)), &begun)
        var caches = [begun, begun, LlamaCache()]
        _ = try model.read([7], &caches[1])
        _ = try model.read(golden.tokens, &caches[2])
        var alone = caches
        for next in [[3, 4, 5], [6, 7, 8]] {
            let together = model.read(next: next, &caches)
            for place in next.indices {
                #expect(try together[place] == model.read([next[place]], &alone[place])[0])
            }
        }
        #expect(caches.map(\.count) == [7, 8, golden.tokens.count + 2] && begun.count == 5)
    }

    /// One request of several prompts, among them an equal one and one that ends early, answers each as it would be alone.
    @Test func promptsOfARequestAreAnsweredAsAlone() throws {
        let prompts = ["The old bridge", "A", "The old bridge", "Over the river it"]
        let request = ModelRequest(prompts, longest: 9, temperature: 1.2, stops: ["e"], seed: 5)
        let together = try LlamaLanguageModel(Self.model()).answer(request)
        for place in prompts.indices {
            let alone = try LlamaLanguageModel(Self.model()).answer(request.only([place]))[0]
            #expect(together[place] == alone)
        }
        #expect(together[0] != together[2])
    }

    @Test func aLanguageModelGoesOnStopsAndScores() throws {
        let model = LlamaLanguageModel(try Self.model()), prompt = "The old bridge"
        let answer = try model.complete(prompt, longest: 12)
        #expect(answer.tokens.count <= 12 && answer.tokens.allSatisfy { ($0.logProbability ?? 1) <= 0 })
        #expect(try model.complete(prompt, longest: 12) == answer)
        // A draw belongs to its seed.
        func drawn(_ seed: UInt64) throws -> String {
            try model.answer(ModelRequest([prompt], longest: 12, temperature: 1.5, seed: seed))[0].text
        }
        #expect(try drawn(3) == drawn(3) && drawn(3) != drawn(4))
        let stop = String(answer.text.dropFirst(3).prefix(2))
        let stopped = try model.answer(ModelRequest([prompt], longest: 12, stops: [stop]))[0]
        #expect(!stopped.text.contains(stop) && answer.text.hasPrefix(stopped.text))
        // Of the tokens, as many as the text takes.
        #expect(stopped.tokens == Array(answer.tokens.prefix(stopped.tokens.count)))
        #expect(stopped.tokens.count < answer.tokens.count)
        let halted = LlamaLanguageModel(try Self.model()) { true }
        #expect(throws: Stopped.self) { try halted.complete(prompt, longest: 3) }
    }

    /// The probability of a text is that of its tokens, each after all before it.
    @Test func aTextsScoreIsThatOfItsTokens() throws {
        let golden = try Self.golden(), model = try Self.model(), text = " was rebuilt in 1987"
        let prompt = model.tokeniser.tokens(of: "The old bridge over the river")
        #expect(prompt + model.tokeniser.tokens(of: text) == golden.tokens)
        var cache = LlamaCache()
        let scores = try model.read(golden.tokens, &cache, wanted: golden.tokens.count)
        let scored = try LlamaLanguageModel(Self.model()).score(text, after: "The old bridge over the river")
        #expect(scored.count == golden.tokens.count - prompt.count)
        for (place, token) in scored.enumerated() {
            let row = scores[prompt.count + place - 1].map(Double.init),
                own = golden.tokens[prompt.count + place]
            let most = row.max() ?? 0, sum = row.reduce(0) { $0 + exp($1 - most) }
            #expect(abs((token.logProbability ?? 1) - (row[own] - most - log(sum))) < 1e-3)
            #expect(token.text == model.tokeniser.text(of: [own]))
        }
    }

    /// A long text is scored in parts, each token after all before it.
    @Test func aLongTextIsScoredInParts() throws {
        let model = try Self.model(), text = String(repeating: " the bridge held again;", count: 24)
        let tokens = model.tokeniser.tokens(of: "x" + text)
        let scored = try LlamaLanguageModel(Self.model()).score(text, after: "x")
        #expect(scored.count == tokens.count - 1 && scored.count > 130)
        var cache = LlamaCache()
        let scores = try model.read(tokens, &cache, wanted: tokens.count)
        for place in [0, 63, 64, 127, 128] {
            let row = scores[place].map(Double.init), most = row.max() ?? 0
            let log = row[tokens[place + 1]] - most - Foundation.log(row.reduce(0) { $0 + exp($1 - most) })
            #expect(abs((scored[place].logProbability ?? 1) - log) < 1e-2)
        }
    }
}
