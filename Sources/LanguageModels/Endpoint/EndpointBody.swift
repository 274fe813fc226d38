import Foundation
import MethodKit

/// A question as servers read it.
struct EndpointBody: Encodable {
    var model: String?
    var prompt: String?
    var messages: [Message]?
    var longest: Int
    var temperature: Double
    var stop: [String]?
    var seed: UInt64?
    /// How many answers.
    var count: Int?
    var isStreamed = true
    var probabilities: Probabilities?
    var rivals: Int?
    /// Whether the prompt's own tokens come back too.
    var echo: Bool?

    struct Message: Encodable {
        let role, content: String
    }

    /// Completions take a number of rivals here, chats yes or no.
    enum Probabilities: Encodable {
        case ofRivals(Int), all

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .ofRivals(let count): try container.encode(count)
            case .all: try container.encode(true)
            }
        }
    }

    enum CodingKeys: String, CodingKey {
        case model, prompt, messages, temperature, stop, seed, echo
        case longest = "max_tokens"
        case count = "n"
        case isStreamed = "stream"
        case probabilities = "logprobs"
        case rivals = "top_logprobs"
    }

    /// A question of one prompt.
    ///
    /// - Parameters:
    ///   - prompt: the text to go on from, or what a user says.
    ///   - isChat: whether it goes to the chat route.
    ///   - longest: the most tokens of an answer.
    ///   - temperature: 0 takes the likeliest token.
    ///   - rivals: tokens whose log-probabilities are asked for at each place; nil asks for none.
    init(_ prompt: String, isChat: Bool, longest: Int, temperature: Double, rivals: Int?) {
        (self.longest, self.temperature) = (longest, temperature)
        if isChat {
            messages = [Message(role: "user", content: prompt)]
            (probabilities, self.rivals) = (rivals.map { _ in .all }, rivals)
        } else {
            self.prompt = prompt
            probabilities = rivals.map(Probabilities.ofRivals)
        }
    }

    var json: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Numbers and texts alone: there is nothing that cannot be written, once a temperature is finite.
        return (try? encoder.encode(self)) ?? Data()
    }
}
