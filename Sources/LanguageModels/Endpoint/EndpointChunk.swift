import Foundation
import MethodKit

/// A part of an endpoint's answer, or all of it: the fields of completions and of chats, streamed or not.
struct EndpointChunk: Decodable {
    var choices: [Choice]?
    var error: Complaint?
    /// llama.cpp's own complaint, and FastAPI's.
    var message: String?
    var detail: String?

    struct Choice: Decodable {
        var index: Int?
        var text: String?
        var delta: Message?
        var message: Message?
        var finishReason: String?
        var logprobs: Probabilities?

        enum CodingKeys: String, CodingKey {
            case index, text, delta, message, logprobs
            case finishReason = "finish_reason"
        }

        /// What the choice says in this part.
        var said: String { text ?? delta?.content ?? message?.content ?? "" }
    }

    struct Message: Decodable { var content: String? }

    /// Servers put a text here, or an object.
    struct Complaint: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            if let plain = try? decoder.singleValueContainer().decode(String.self) {
                text = plain
                return
            }
            let fields = try? decoder.container(keyedBy: CodingKeys.self)
            text = (try? fields?.decode(String.self, forKey: .message)) ?? ""
        }

        enum CodingKeys: String, CodingKey { case message }
    }

    /// Log-probabilities in either shape: lists beside each other, as completions had them first, or an object a token.
    struct Probabilities: Decodable {
        /// One token, and its likeliest rivals.
        struct Token {
            let text: String
            let log: Double?
            let rivals: [(text: String, log: Double)]
        }

        let tokens: [Token]

        enum CodingKeys: String, CodingKey {
            case content, tokens
            case logs = "token_logprobs"
            case rivals = "top_logprobs"
        }

        private struct Entry: Decodable {
            let token: String
            let logprob: Double?
            let rivals: [Entry]?

            enum CodingKeys: String, CodingKey {
                case token, logprob
                case rivals = "top_logprobs"
            }
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            if let entries = try fields.decodeIfPresent([Entry].self, forKey: .content) {
                tokens = entries.map { entry in
                    let rivals = (entry.rivals ?? []).compactMap { rival in
                        rival.logprob.map { (rival.token, $0) }
                    }
                    return Token(text: entry.token, log: entry.logprob, rivals: rivals)
                }
                return
            }
            let texts = try fields.decodeIfPresent([String].self, forKey: .tokens) ?? []
            let logs = try fields.decodeIfPresent([Double?].self, forKey: .logs) ?? []
            let rivals = try fields.decodeIfPresent([[String: Double]?].self, forKey: .rivals) ?? []
            tokens = texts.enumerated().map { place, text in
                let others = rivals.indices.contains(place) ? rivals[place] ?? [:] : [:]
                return Token(
                    text: text, log: logs.indices.contains(place) ? logs[place] : nil,
                    // In an order that does not change from run to run.
                    rivals: others.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
                        ($0.key, $0.value)
                    })
            }
        }
    }

    /// The server's complaint; nil when it has none.
    var complaint: String? { choices == nil ? error?.text ?? message ?? detail : error?.text }
}

/// What came of one choice so far.
struct EndpointChoice {
    private(set) var text = ""
    private(set) var tokens: [EndpointChunk.Probabilities.Token] = []
    private(set) var reason: String?

    mutating func take(_ part: EndpointChunk.Choice) {
        text += part.said
        tokens += part.logprobs?.tokens ?? []
        reason = part.finishReason ?? reason
    }

    /// The answer, cut at a stop that the server let through.
    func answer(stops: [String]) -> ModelAnswer {
        let stop = stops.compactMap { text.range(of: $0)?.lowerBound }.min()
        let said = stop.map { String(text[..<$0]) } ?? text
        return ModelAnswer(said, tokens: tokens(of: said), isWhole: stop != nil || reason == "stop")
    }

    /// The tokens that a text takes: servers list the token by which a model ends too.
    private func tokens(of said: String) -> [ModelAnswer.Token] {
        var left = said.utf8.count
        return tokens.prefix { token in
            defer { left -= token.text.utf8.count }
            return left > 0
        }.map { ModelAnswer.Token($0.text, $0.log) }
    }
}
