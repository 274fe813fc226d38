import Foundation
import Testing

@testable import LanguageModels

/// The fetched model, where it is here ('benchtop models pull smollm2').
@Suite(.enabled(if: PulledModel.smolLM.isHere)) struct SmolLMTests {
    /// Scores after the chat template's prompt, as a forward pass in NumPy gives them in single precision.
    @Test func scoresAreThoseOfTheReference() throws {
        let model = try LocalModels.file(named: "smollm2").model()
        let text = """
            <|im_start|>system
            You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>
            <|im_start|>user
            What is the capital of France?<|im_end|>
            <|im_start|>assistant

            """
        let tokens = model.tokeniser.tokens(of: text, controls: true)
        #expect(tokens.count == 37)
        let file = try Data(contentsOf: URL(filePath: TinyLlamaTests.resource("smollm2-capital.npy")))
        // A NumPy file: 128 bytes of header before 49,152 numbers.
        let golden = file.dropFirst(128).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        var cache = LlamaCache()
        let scores = try model.read(tokens, &cache)[0]
        #expect(scores.count == golden.count && TinyLlamaTests.correlation(scores, golden) > 0.999)
        #expect(scores.firstIndex(of: scores.max() ?? 0) == golden.firstIndex(of: golden.max() ?? 0))
    }

    @Test func itKnowsTheCapital() throws {
        let answer = try LlamaLanguageModel(LocalModels.file(named: "smollm2").model())
            .complete("The capital of France is", longest: 1)
        #expect(answer.text == " Paris")
    }
}
