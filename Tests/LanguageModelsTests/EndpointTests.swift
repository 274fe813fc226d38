import Base
import Foundation
import MethodKit
import Testing

@testable import LanguageModels

/// What servers say, as they were recorded, and what becomes of it.
@Suite struct EndpointTests {
    private static let quick = EndpointQueue.Limits(beside: 4, tries: 3, pause: 0.01, patience: 60)

    private static func model(
        _ server: LoopbackServer, _ limits: EndpointQueue.Limits = quick,
        isStopped: @escaping () -> Bool = { false }, heard: @escaping (String) -> Void = { _ in }
    ) -> EndpointLanguageModel {
        EndpointLanguageModel(
            URL(string: server.url.absoluteString + "#tiny")!, limits, isStopped: isStopped, heard: heard)
    }

    // MARK: Shapes

    /// Completions with lists beside each other, streamed.
    private static let lists = [
        #"{"choices":[{"text":" Paris","index":0,"finish_reason":null,"logprobs":{"tokens":[" Paris"],"token_logprobs":[-0.25],"text_offset":[24],"top_logprobs":[{" Paris":-0.25," the":-2.8}]}}]}"#,
        #"{"choices":[{"text":".","index":0,"finish_reason":null,"logprobs":{"tokens":["."],"token_logprobs":[-0.5],"text_offset":[30],"top_logprobs":[{".":-0.5}]}}]}"#,
        #"{"choices":[{"text":"","index":0,"finish_reason":"stop"}]}"#, "[DONE]",
    ]
    /// llama.cpp's, an object a token, and a further chunk without choices.
    private static let objects = [
        #"{"choices":[{"text":" Paris","index":0,"finish_reason":null,"logprobs":{"content":[{"id":7042,"token":" Paris","bytes":[32,80],"logprob":-0.25,"top_logprobs":[]}]}}]}"#,
        #"{"choices":[{"text":".","index":0,"finish_reason":null,"logprobs":{"content":[{"id":30,"token":".","bytes":null,"logprob":-0.5,"top_logprobs":[]}]}}]}"#,
        #"{"choices":[{"text":"","index":0,"finish_reason":"stop"}]}"#,
        #"{"choices":[],"usage":{"completion_tokens":2}}"#, "[DONE]",
    ]
    private static let answer = ModelAnswer(" Paris.", tokens: [.init(" Paris", -0.25), .init(".", -0.5)])

    @Test(arguments: [lists, objects]) func bothShapesOfProbabilitiesAreRead(_ events: [String]) throws {
        let server = LoopbackServer { _, _ in .events(events) }, heard = Locked("")
        let model = Self.model(server, heard: { piece in heard.withLock { $0 += piece } })
        let answer = try model.complete("The capital of France is", longest: 8)
        #expect(answer == Self.answer)
        #expect(heard.withLock { $0 } == " Paris.")
        let question = try #require(server.questions.withLock { $0.last })
        #expect(question.route == "/v1/completions")
        #expect(question.fields["model"] as? String == "tiny")
        #expect(question.fields["max_tokens"] as? Int == 8)
        #expect(question.fields["prompt"] as? String == "The capital of France is")
        #expect(question.fields["stream"] as? Bool == true)
    }

    @Test func aServerThatDoesNotStreamIsRead() throws {
        let whole = #"""
            {"id":"cmpl-1","choices":[{"text":" Paris.","index":0,"finish_reason":"length",
             "logprobs":{"tokens":[" Paris","."],"token_logprobs":[-0.25,-0.5],"text_offset":[24,30],"top_logprobs":[{},{}]}}],
             "usage":{"total_tokens":7}}
            """#
        let server = LoopbackServer { _, _ in .whole(whole) }
        let answer = try Self.model(server).complete("The capital of France is", longest: 2)
        #expect(answer == ModelAnswer(" Paris.", tokens: Self.answer.tokens, isWhole: false))
    }

    @Test func chatsGoToTheirOwnRoute() throws {
        let server = LoopbackServer { _, _ in
            .events([
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"content":"Hello"},"logprobs":{"content":[{"token":"Hello","logprob":-0.1,"bytes":null,"top_logprobs":[]}]}}]}"#,
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
                #"{"choices":[],"usage":{"completion_tokens":1}}"#, "[DONE]",
            ])
        }
        let request = ModelRequest(["Hi"], longest: 8, isChat: true)
        #expect(
            try Self.model(server).answer(request) == [ModelAnswer("Hello", tokens: [.init("Hello", -0.1)])])
        let question = try #require(server.questions.withLock { $0.last })
        #expect(question.route == "/v1/chat/completions" && question.fields["prompt"] == nil)
        #expect(question.fields["logprobs"] as? Bool == true)
        #expect((question.fields["messages"] as? [[String: String]]) == [["role": "user", "content": "Hi"]])
    }

    @Test func anAnswerEndsBeforeAStop() throws {
        let server = LoopbackServer { _, _ in .events(Self.lists) }
        let answer = try Self.model(server).answer(ModelRequest(["a"], longest: 8, stops: ["."]))
        #expect(answer == [ModelAnswer(" Paris", tokens: [.init(" Paris", -0.25)])])
    }

    // MARK: What a server cannot

    /// A server that reads no count is asked again for the rest, each with a seed of its own.
    @Test func equalPromptsAreOneQuestionWhereTheServerCan() throws {
        for reads in [true, false] {
            let server = LoopbackServer { question, _ in
                let count = reads ? question.fields["n"] as? Int ?? 1 : 1
                let choices = (0..<count).map { #"{"index":\#($0),"text":"x\#($0)","finish_reason":"stop"}"# }
                return .whole(#"{"choices":[\#(choices.joined(separator: ","))]}"#)
            }
            let request = ModelRequest(["a", "a", "a", "b"], longest: 4, temperature: 1, seed: 7)
            let answers = try Self.model(server).answer(request)
            #expect(answers.map(\.text) == (reads ? ["x0", "x1", "x2", "x0"] : ["x0", "x0", "x0", "x0"]))
            let seeds = server.questions.withLock { $0.compactMap { $0.fields["seed"] as? Int } }
            #expect(Set(seeds).count == (reads ? 2 : 4))
        }
    }

    /// llama.cpp's server refuses more answers than it gives beside each other: they are asked for one by one, and not again
    /// together.
    @Test func aServerThatRefusesACountIsAskedOneByOne() throws {
        let server = LoopbackServer { question, _ in
            question.fields["n"] == nil
                ? .whole(#"{"choices":[{"index":0,"text":"x","finish_reason":"stop"}]}"#)
                : .whole(status: 400, #"{"error":{"message":"Field 'n': Value must be between 1 and 2"}}"#)
        }
        let model = Self.model(server),
            request = ModelRequest(["a", "a", "a"], longest: 4, temperature: 1, seed: 7)
        for asked in [4, 7] {
            #expect(try model.answer(request).map(\.text) == ["x", "x", "x"])
            #expect(server.questions.withLock { $0.count } == asked)
        }
        let seeds = server.questions.withLock { $0.compactMap { $0.fields["seed"] as? Int } }
        #expect(seeds.prefix(1) == [7] && seeds.dropFirst().sorted() == [7, 7, 8, 8, 9, 9])
    }

    @Test func aServerThatTellsNoProbabilitiesIsAskedWithoutThem() throws {
        let server = LoopbackServer { question, _ in
            question.fields["logprobs"] == nil
                ? .whole(#"{"choices":[{"index":0,"text":"x","finish_reason":"stop"}]}"#)
                : .whole(status: 400, #"{"error":{"message":"logprobs is not supported","type":"x"}}"#)
        }
        let model = Self.model(server)
        #expect(try model.complete("a", longest: 1).text == "x")
        #expect(try model.complete("b", longest: 1).tokens.isEmpty)
        #expect(server.questions.withLock { $0.count } == 3)
    }

    @Test func aBusyServerIsAskedAgain() throws {
        let server = LoopbackServer { _, before in
            before < 2
                ? .whole(
                    status: before == 0 ? 503 : 429, #"{"error":"loading"}"#, headers: ["Retry-After: 0"])
                : .events(Self.lists)
        }
        #expect(try Self.model(server).complete("a", longest: 8) == Self.answer)
        #expect(server.questions.withLock { $0.count } == 3)
    }

    // MARK: What goes wrong

    /// What was answered before a server breaks off stays; what was not is told with a sentence.
    @Test func aServerThatDiesInMidStreamLosesNothingThatItSaid() throws {
        let server = LoopbackServer { question, _ in
            question.fields["prompt"] as? String == "b"
                ? .events(Array(Self.lists.prefix(1)), isCut: true) : .events(Self.lists)
        }
        var limits = Self.quick
        limits.beside = 1
        var answers: [Int: ModelAnswer] = [:]
        let caught = #expect(throws: EndpointError.self) {
            try Self.model(server, limits).answer(ModelRequest(["a", "b", "c"], longest: 8)) {
                answers[$0] = $1
            }
        }
        // The one that waits goes on while the broken one waits for its next try.
        #expect(answers[0] == Self.answer && answers[1] == nil)
        let error = try #require(caught)
        guard case .gone(_, _, tries: 3) = error else {
            Issue.record("\(error)")
            return
        }
        #expect("\(error)".hasSuffix(", after 3 tries."))
    }

    @Test func nobodyThereIsSaidInASentence() throws {
        let server = LoopbackServer { _, _ in .silence }
        server.close()
        let url = server.url
        let error = #expect(throws: EndpointError.self) {
            try EndpointLanguageModel(url, Self.quick).connect()
        }
        #expect(try #require(error).description.contains("does not answer"))
    }

    @Test func aStoppedQuestionIsGivenUpAtOnce() throws {
        let server = LoopbackServer { _, _ in .silence }
        let model = Self.model(server, isStopped: { !server.questions.withLock { $0.isEmpty } })
        #expect(throws: Stopped.self) { try model.complete("a", longest: 8) }
    }

    @Test(arguments: ["{]", #"{"choices":7}"#, "<html>"]) func whatIsNoAnswerIsSaid(_ text: String) throws {
        let server = LoopbackServer { _, _ in .whole(text) }
        let caught = #expect(throws: EndpointError.self) { try Self.model(server).complete("a", longest: 8) }
        #expect("\(try #require(caught))".hasSuffix("."))
    }

    // MARK: Keys

    @Test func keysGoWhereTheyBelongAndAreNeverSaid() throws {
        let own = EndpointAddress(URL(string: "https://api.openai.com/v1")!)
        let other = EndpointAddress(URL(string: "http://127.0.0.1:8080/v1#m")!)
        let environment = ["OPENAI_API_KEY": "sk-open"]
        #expect(own.key(environment) == "sk-open" && other.key(environment) == nil)
        #expect(other.key(["BENCHTOP_API_KEY": "k"]) == "k" && own.key(["BENCHTOP_API_KEY": ""]) == nil)
        let refused = EndpointError.refused(own.base, 401, "Incorrect API key provided: sk-open")
        #expect(!"\(refused)".contains("sk-open") && "\(refused)".contains("BENCHTOP_API_KEY"))
    }

    @Test func addressesAreTakenApart() {
        func address(_ text: String) -> EndpointAddress { EndpointAddress(URL(string: text)!) }
        #expect(
            address("http://h:1").base == "http://h:1/v1" && address("http://h:1/").base == "http://h:1/v1")
        let chat = address("http://h/v1/chat/completions#big")
        #expect(chat.base == "http://h/v1" && chat.isChat && chat.model == "big")
        #expect(address("https://h/openai/v1/").base == "https://h/openai/v1")
        #expect(!address("http://h/v1/completions").isChat)
        #expect(EndpointAddress.isLocal("http://127.0.0.1:8/v1") && !EndpointAddress.isLocal("http://h/v1"))
    }

    // MARK: Scoring

    /// How a server that has a small vocabulary scores: by what follows, by what it echoes, or by an echo that is wrong.
    enum Scorer: CaseIterable { case likeliest, echo, wrongEcho }

    private static func scored(_ question: LoopbackServer.Question, _ scorer: Scorer) -> LoopbackServer.Reply
    {
        let prompt = question.fields["prompt"] as? String ?? ""
        // Every word is one token, and has a probability of its own length.
        func log(_ token: String) -> Double { -Double(token.utf8.count) / 10 }
        let next = " Paris"
        guard scorer != .likeliest, question.fields["echo"] as? Bool == true else {
            return .whole(
                #"{"choices":[{"index":0,"text":"\#(next)","finish_reason":"length","logprobs":{"tokens":["\#(next)"],"token_logprobs":[\#(log(next))],"top_logprobs":[{" Paris":-0.6," good":-0.5," go":-0.4," bad":-0.4}]}}]}"#
            )
        }
        let words = prompt.split(separator: " ", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset == 0 ? String($0.element) : " \($0.element)" }
        let shift = scorer == .wrongEcho ? -3.0 : 0
        let logs = words.enumerated().map { $0.offset == 0 ? "null" : "\(log($0.element) + shift)" }
        let texts = words.map { "\"\($0)\"" }
        return .whole(
            #"{"choices":[{"index":0,"text":"\#(prompt)\#(next)","finish_reason":"length","logprobs":{"tokens":[\#(texts.joined(separator: ","))],"token_logprobs":[\#(logs.joined(separator: ","))]}}]}"#
        )
    }

    @Test(arguments: Scorer.allCases) func textsAreScoredAsTheServerCan(_ scorer: Scorer) throws {
        let server = LoopbackServer { question, _ in Self.scored(question, scorer) }
        let request = ModelRequest(["It is", "It is"], scoring: [" good", " awful"])
        let answers = try Self.model(server).answer(request)
        #expect(answers[0] == ModelAnswer(" good", tokens: [.init(" good", -0.5)]))
        // Only an echo tells how probable a text is that is not among the likeliest.
        #expect(answers[1].tokens == (scorer == .echo ? [.init(" awful", -0.6)] : []))
    }

    /// A server that tells of fewer tokens than were asked for is asked for fewer, once and for all.
    @Test func aServerThatTellsOfFewTokensIsAskedForFew() throws {
        let server = LoopbackServer { question, _ in
            (question.fields["logprobs"] as? Int ?? 0) > 20
                ? .whole(status: 400, #"{"error":{"message":"logprobs: at most 20"}}"#)
                : Self.scored(question, .likeliest)
        }
        let model = Self.model(server), request = ModelRequest(["It is"], scoring: [" good"])
        for _ in 0..<2 { #expect(try model.answer(request)[0].tokens == [.init(" good", -0.5)]) }
        let asked = server.questions.withLock { $0.map { $0.fields["logprobs"] as? Int } }
        #expect(asked.count { $0 == 1_000 } == 1 && asked.count { $0 == 20 } == 3)
    }

    // MARK: Damaged answers

    private static let mutations =
        ProcessInfo.processInfo.environment["BENCHTOP_SOAK"] == nil ? 2_000 : 100_000

    /// However a stream is cut into parts, and whatever its bytes are, it is read or refused.
    @Test func damagedStreamsAreReadOrRefused() {
        let sources = [Self.lists, Self.objects].map { events in
            Data(events.map { "data: \($0)\n\n" }.joined().utf8)
        }
        var random = RandomStream(seed: 11), read = 0
        for round in 0..<Self.mutations {
            var bytes = sources[round % 2]
            let isWhole = random.chance(0.2)
            for _ in 0...random.below(4) where !isWhole {
                bytes[random.below(bytes.count)] = UInt8(random.below(256))
            }
            var stream = EventStream(), choice = EndpointChoice(), events: [Data] = []
            while !bytes.isEmpty {
                let part = bytes.prefix(1 + random.below(200))
                events += stream.take(Data(part)) ?? []
                bytes = Data(bytes.dropFirst(part.count))
            }
            events += stream.end().map { [$0] } ?? []
            for event in events {
                for part in (try? JSONDecoder().decode(EndpointChunk.self, from: event))?.choices ?? [] {
                    choice.take(part)
                }
            }
            let answer = choice.answer(stops: ["."])
            if isWhole { #expect(answer.text == " Paris" && answer.tokens == [.init(" Paris", -0.25)]) }
            read += answer.text.isEmpty ? 0 : 1
        }
        #expect(read > Self.mutations / 2)
    }

    @Test func anEndlessAnswerIsCutOff() {
        var stream = EventStream()
        let line = Data(repeating: UInt8(ascii: "x"), count: 1 << 20)
        var parts = 0
        while stream.take(line) != nil { parts += 1 }
        #expect(parts == EventStream.largest >> 20)
    }
}
