import Base
import Foundation
import Tensors
import Testing

@testable import Methods

/// What engines of tokens share: vocabulary, batches, a causal decoder, sampling, early stopping.
@Suite struct TokenTests {
    @Test func shortSequencesAreFilledUp() {
        let batch = TokenBatch([[3, 4, 5], [6], []], filling: 9)
        #expect(batch.tokens == [3, 4, 5, 6, 9, 9, 9, 9, 9] && batch.width == 3 && batch.count == 3)
        #expect(TokenBatch.targets([[1], [2, 3]]) == [1, Tensor.noTarget, 2, 3])
        #expect(TokenBatch([], filling: 0).width == 0)
    }

    @Test func frequentWordsComeFirst() {
        let words = WordVocabulary(["a b", "B, c!", "c b"], longest: 2, most: 2)
        #expect(words.words == [".", "?", "b", "c"])
        #expect(words.encode("c a b") == [3, WordVocabulary.unknown])
        #expect(words.batch(["b", "c b"]).tokens == [2, WordVocabulary.end, 3, 2])
    }

    /// Whatever a user's caption holds, its numbers lie in the table of words.
    @Test func anyTextIsANumberOfTheVocabulary() {
        let words = WordVocabulary(["red circle"], longest: 4)
        var random = RandomStream(seed: 71)
        let strange = [
            "", " ", "\u{0}", "!!!", "🧪🧪", "ﷺ", "a\u{301}", "١٢٣", String(repeating: "x ", count: 9_000),
        ]
        let drawn = (0..<200).map { _ in
            String(
                String.UnicodeScalarView((0..<20).compactMap { _ in Unicode.Scalar(random.below(0x11000)) }))
        }
        for text in strange + drawn {
            let tokens = words.encode(text)
            #expect((1...4).contains(tokens.count) && tokens.allSatisfy { (0..<words.count).contains($0) })
        }
    }

    static func decoder(_ seed: UInt64, layers: Int = 2) -> CausalDecoder {
        var random = RandomStream(seed: seed)
        return CausalDecoder(7, width: 16, heads: 2, layers: layers, using: &random)
    }

    @Test func aStreamSaysWhatTheWholeSequenceSays() {
        let decoder = Self.decoder(72), texts = [[1, 5, 2, 6, 0], [3, 3, 4, 1, 2]]
        let whole = withoutGradient { decoder(TokenBatch(texts, filling: 0)) }.values
        var stream = decoder.begin()
        for place in 0..<5 {
            let scores = decoder.next(texts.map { $0[place] }, &stream)
            #expect(scores.shape == [2, 7])
            for row in 0..<2 {
                let wanted = whole[(row * 5 + place) * 7..<(row * 5 + place + 1) * 7]
                #expect(zip(scores.values[row * 7..<row * 7 + 7], wanted).allSatisfy { abs($0 - $1) < 1e-4 })
            }
        }
    }

    /// No place reads a later token, and what stands before all is read by each.
    @Test func aDecoderReadsWhatCameBefore() {
        let decoder = Self.decoder(73)
        var random = RandomStream(seed: 74)
        let first = Tensor.gaussian([1, 1, 16], using: &random),
            other = Tensor.gaussian([1, 1, 16], using: &random)
        func scores(_ tokens: [Int], _ first: Tensor) -> [[Float]] {
            let values = withoutGradient { decoder(TokenBatch([tokens], filling: 0), after: first) }.values
            return stride(from: 0, to: values.count, by: 7).map { Array(values[$0..<$0 + 7]) }
        }
        let plain = scores([1, 2, 3], first), changed = scores([1, 2, 4], first),
            led = scores([1, 2, 3], other)
        #expect(plain.count == 4 && plain[..<3] == changed[..<3] && plain[3] != changed[3])
        #expect(zip(plain, led).allSatisfy { $0 != $1 })
    }

    /// A decoder that has learnt to count says the numbers after a prompt, and ends where it should.
    @Test func aLearntSequenceIsSaid() {
        struct Counting { let prompt: [Int], rest: [Int] }
        let decoder = Self.decoder(75)
        var adam = AdamW()
        // 1 2 3 4 0 and 1 3 0: the second token says which.
        let texts = [[1, 2, 3, 4, 0], [1, 3, 0]], batch = TokenBatch(texts.map { $0.dropLast() }, filling: 0)
        let targets = TokenBatch.targets(texts.map { Array($0.dropFirst()) })
        for _ in 0..<150 {
            decoder(batch).crossEntropy(targets).backward()
            adam.step(decoder, rate: 1e-2, clip: 1)
        }
        let sampler = TokenSampler(model: decoder, temperature: 0.05, longest: 10, ends: [0])
        var random = RandomStream(seed: 76)
        let said = sampler.sequences([[1, 2], [1, 3]], from: decoder.begin(), using: &random)
        #expect(said == [[3, 4], []])
        let short = TokenSampler(model: decoder, temperature: 0.05, longest: 1, ends: [0], never: 3)
        #expect(short.sequences([[1, 2]], from: decoder.begin(), using: &random)[0] != [3])
    }

    /// Prompts of two lengths: each goes on as it would by itself, with the model's own log-probabilities, and the stream
    /// has read all but the newest token of each, whoever waited for whom.
    @Test func sequencesOfAnyLengthGoOn() {
        let decoder = Self.decoder(79), prompts = [[1, 5, 2, 6], [3], [4, 4]]
        let sampler = TokenSampler(model: decoder, temperature: 1.5, longest: 6, ends: [0, 6])
        var random = RandomStream(seed: 80), stream = decoder.begin(capacity: 2)
        decoder.read(prompts.map { Array($0.dropLast()) }, &stream)
        let said = sampler.continuations(after: prompts.map { $0[$0.count - 1] }, &stream, using: &random)
        #expect(Set(said.map(\.tokens.count)).count > 1, "of one length, none waited")
        for (row, one) in said.enumerated() {
            let text = prompts[row] + one.tokens
            let targets = text.indices.dropLast().map {
                $0 + 1 < prompts[row].count ? Tensor.noTarget : text[$0 + 1]
            }
            let wanted = withoutGradient {
                decoder.logProbabilities(TokenBatch([text.dropLast()], filling: 0), of: targets).doubles
            }
            #expect(zip(one.logProbabilities, wanted).allSatisfy { abs($0 - $1) < 1e-4 })
            #expect(
                one.logProbabilities.count == one.tokens.count && one.hasEnded == [0, 6].contains(text.last))
            #expect(stream.counts[row] == text.count - 1)
        }
        // The row that a fork takes goes on from its own newest token.
        var fork = stream.selecting([2, 0])
        let scores = decoder.next([said[2].tokens.last ?? 0, said[0].tokens.last ?? 0], &fork)
        for (place, row) in [2, 0].enumerated() {
            let whole = withoutGradient { decoder(TokenBatch([prompts[row] + said[row].tokens], filling: 0)) }
            let found = scores.slice(place..<place + 1).values
            #expect(zip(found, whole.values.suffix(7)).allSatisfy { abs($0 - $1) < 1e-4 })
        }
    }

    /// The largest of l / T and a Gumbel number, whatever common factor the paper's form has.
    @Test func gumbelScoresOrderAsThePapersForm() {
        var random = RandomStream(seed: 77)
        for _ in 0..<200 {
            let logits = (0..<6).map { _ in random.gaussian() }, u = (0..<6).map { _ in random.uniform() }
            let papers = zip(logits, u).map { exp($0) / pow(-log($1), 0.7) }
            let ours = zip(logits, u).map { GumbelMax.logScore($0, $1, temperature: 0.7) }
            #expect(GumbelMax.choice(papers) == GumbelMax.choice(ours))
        }
        #expect(GumbelMax.choice([-.infinity, 2, 2]) == 1)
    }

    @Test func theBestModelIsKeptAsItWas() throws {
        var random = RandomStream(seed: 78)
        let model = Linear(1, 1, bias: false, using: &random)
        var stopping = EarlyStopping<Linear>(), kept: [Float] = []
        for (value, score) in [(1, 5), (2, 3), (3, 3), (4, 9)] as [(Float, Double)] {
            followAverage(model.weight, of: Tensor([value], [1, 1]), decay: 0)
            try stopping.look(at: model, score: score)
            kept.append(try #require(stopping.best).weight.item)
        }
        #expect(kept == [1, 2, 2, 2] && stopping.score == 3)
        #expect(stopping.best?.parameters.isEmpty == true)
    }
}
