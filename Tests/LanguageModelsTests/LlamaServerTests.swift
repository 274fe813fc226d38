import Foundation
import Glibc
import MethodKit
import Testing

@testable import LanguageModels

/// llama.cpp's own server with the fetched model, started here: where a Python ($BENCHTOP_PYTHON, else python3) has PyPI's
/// xllamacpp, and the model was fetched.
@Suite(
    .enabled(
        if: LlamaServer.canStart && PulledModel.smolLM.isHere, "xllamacpp, and 'benchtop models pull smollm2'"
    ))
struct LlamaServerTests {
    private static let prompts = [
        "The capital of France is", "Once upon a time there was a small", "Q: What is 7 plus 5?\nA:",
        "The three primary colours are", "def fibonacci(n):\n", "Water boils at a temperature of",
        "Claim: Paris is in France and has two rivers.\nFacts:", "The opposite of hot is",
        "In 1969, the first man",
        "Dear Sir or Madam,\n\nI am writing to",
    ]

    /// Ten prompts, greedily: the same text, or texts that part where both models find two tokens nearly as likely. llama.cpp
    /// rounds what meets the weights to eight bits, and parts from single precision for that.
    @Test func greedyTextsPartOnlyWhereTokensAreNearlyAsLikely() throws {
        let server = try LlamaServer(), remote = EndpointLanguageModel(server.url)
        let own = LlamaLanguageModel(try LocalModels.file(named: "smollm2").model())
        var equal = 0, farthest = 0.0
        for prompt in Self.prompts {
            let theirs = try remote.complete(prompt, longest: 24),
                ours = try own.complete(prompt, longest: 24)
            if theirs.text == ours.text { equal += 1 }
            let alike = zip(theirs.tokens, ours.tokens).prefix { $0.text == $1.text }.count
            // As far as both say the same, they find it as likely.
            for (one, other) in zip(theirs.tokens, ours.tokens).prefix(alike) {
                farthest = max(farthest, abs((one.logProbability ?? 0) - (other.logProbability ?? 9)))
            }
            guard alike < min(theirs.tokens.count, ours.tokens.count) else { continue }
            let before = prompt + ours.tokens.prefix(alike).map(\.text).joined()
            let their = try own.score(theirs.tokens[alike].text, after: before)
            let gap = (ours.tokens[alike].logProbability ?? 0) - (their.first?.logProbability ?? -9)
            #expect((0..<0.7).contains(gap), "\(prompt): \(theirs.tokens[alike]), \(ours.tokens[alike])")
        }
        print(
            "llama.cpp: \(equal) of 10 texts equal; log-probabilities of equal tokens differ by \(farthest) at most."
        )
        #expect(equal >= 3 && farthest < 0.7)
    }

    /// Streams, draws, chats, stops, and scores by the real server.
    @Test func theServerAnswersAllKindsOfQuestions() throws {
        let server = try LlamaServer()
        var heard = ""
        let remote = EndpointLanguageModel(server.url) {
            false
        } heard: {
            heard += $0
        }
        let answer = try remote.complete("The capital of France is", longest: 8)
        #expect(answer.text.contains("Paris") && heard == answer.text && answer.tokens.count <= 8)
        let request = ModelRequest(
            ["Once upon a time", "Once upon a time", "Once upon a time"], longest: 8, temperature: 1, seed: 3)
        let drawn = try remote.answer(request)
        #expect(Set(drawn.map(\.text)).count > 1)
        // The same seed draws the same, asked alone.
        let alone = try (0..<2).map { _ in try remote.answer(request.only([1]))[0].text }
        #expect(alone[0] == alone[1])
        let stopped = try remote.answer(ModelRequest(["1, 2, 3,"], longest: 12, stops: [" 6"]))[0]
        #expect(!stopped.text.contains("6") && stopped.isWhole)
        #expect(try !remote.answer(ModelRequest(["Say hello."], longest: 8, isChat: true))[0].text.isEmpty)
        let own = LlamaLanguageModel(try LocalModels.file(named: "smollm2").model())
        let scored = try [remote as any LanguageModel, own].map {
            try $0.score(" Paris", after: "The capital of France is").compactMap(\.logProbability).reduce(
                0, +)
        }
        #expect(abs(scored[0] - scored[1]) < 0.3, "\(scored)")
    }

    /// A server that is killed in mid-stream is a sentence; what it said to another question stands.
    @Test func aServerThatIsKilledIsASentence() throws {
        let server = try LlamaServer()
        var answers = 0, pieces = 0
        let remote = EndpointLanguageModel(server.url, .init(beside: 1, tries: 2, pause: 0.05)) {
            false
        } heard: { _ in
            pieces += 1
            if pieces == 3 { server.kill() }
        }
        #expect(throws: Never.self) {
            try remote.answer(ModelRequest(["One"], longest: 2)) { _, _ in answers += 1 }
        }
        let error = #expect(throws: EndpointError.self) { try remote.complete("Two", longest: 400) }
        #expect(answers == 1 && error?.description.hasSuffix(".") == true)
    }
}

/// A server in a process of its own, on a free port of the loopback address.
final class LlamaServer {
    private static let python =
        ProcessInfo.processInfo.environment["BENCHTOP_PYTHON"] ?? "python3"
    private static let script = """
        import sys, time, xllamacpp
        p = xllamacpp.CommonParams()
        p.model.path, p.hostnames, p.port = sys.argv[1], ["127.0.0.1"], int(sys.argv[2])
        p.n_ctx, p.n_parallel, p.warmup = 2048, 2, False
        p.cpuparams.n_threads = p.cpuparams_batch.n_threads = 1
        server = xllamacpp.Server(p)
        print("ready", flush=True)
        sys.stdin.read()
        """

    private let process: Process
    private let input = Pipe()
    let url: URL

    /// Whether the package can be imported.
    static let canStart: Bool = {
        let process = started(["-c", "import xllamacpp"])
        process?.waitUntilExit()
        return process?.terminationStatus == 0
    }()

    private static func started(_ arguments: [String], _ input: Any? = nil, _ output: Any? = nil) -> Process?
    {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["GOMP_SPINCOUNT": "0", "OMP_WAIT_POLICY": "passive"]) { $1 }
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return (try? process.run()).map { process }
    }

    /// Starts it, and waits until it answers.
    init() throws {
        // A port that was free a moment ago.
        let probe = LoopbackServer { _, _ in .silence }
        let port = probe.port
        probe.close()
        let output = Pipe()
        let arguments = ["-c", Self.script, PulledModel.smolLM.weights.path, "\(port)"]
        process = try #require(Self.started(arguments, input, output))
        url = try #require(URL(string: "http://127.0.0.1:\(port)/v1"))
        // It says so when it has read the model; its end closes the pipe.
        var said = Data()
        while !said.contains(UInt8(ascii: "y")) {
            let more = output.fileHandleForReading.availableData
            try #require(!more.isEmpty, "the server did not start")
            said += more
        }
    }

    func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

    deinit {
        kill()
        process.waitUntilExit()
    }
}
