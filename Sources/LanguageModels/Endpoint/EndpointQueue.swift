import Foundation
import MethodKit

/// Questions to one endpoint: some beside each other, each tried again while the server is busy or away.
final class EndpointQueue {
    /// How much is asked of a server.
    struct Limits {
        /// Questions beside each other.
        var beside = 4
        /// Times that a question is asked before it is given up.
        var tries = 5
        /// Seconds before the second try; they double from try to try, and vary by half so that many do not come at once.
        var pause = 0.5
        /// Seconds without a byte after which a try is given up.
        var patience = 120
    }

    private let address: EndpointAddress
    private let limits: Limits
    private let isStopped: () -> Bool
    private let transfers = HTTPTransfers()

    init(_ address: EndpointAddress, _ limits: Limits, isStopped: @escaping () -> Bool) {
        (self.address, self.limits, self.isStopped) = (address, limits, isStopped)
    }

    /// One question while it is asked.
    private final class Question {
        let place: Int
        var tries = 0
        /// Not before then.
        var due = Date.distantPast
        var stream = EventStream()
        var choices: [EndpointChoice] = []
        var complaint: String?
        /// Why the answer cannot be read.
        var strange: String?

        init(_ place: Int) { self.place = place }

        /// Begins anew.
        func clear() { (stream, choices, complaint, strange) = (EventStream(), [], nil, nil) }
    }

    /// Asks some questions, until each is answered.
    ///
    /// - Parameters:
    ///   - bodies: the questions; nil asks by GET.
    ///   - route: where they are asked.
    ///   - heard: called with a question's place and what its first choice has said so far.
    ///   - answered: called with a question's place and its choices, as answers come.
    /// - Throws: ``EndpointError``, `Stopped`: then the rest is not answered.
    func ask(
        _ bodies: [Data?], on route: String, heard: (Int, String) -> Void = { _, _ in },
        answered: (Int, [EndpointChoice]) -> Void
    ) throws {
        var waiting = bodies.indices.map(Question.init), open = bodies.count, trouble: (any Error)?
        withoutActuallyEscaping(heard) { heard in
            withoutActuallyEscaping(answered) { answered in
                while open > 0, trouble == nil {
                    if isStopped() { trouble = Stopped() }
                    begin(&waiting, route, bodies, heard) { question, result in
                        switch result {
                        case .success(let choices):
                            open -= 1
                            answered(question.place, choices)
                        case .failure(let error) where self.isAnotherTry(question, error):
                            waiting.append(question)
                        case .failure(let error): trouble = trouble ?? error
                        }
                    }
                    transfers.wait(milliseconds: 50)
                }
                transfers.cancel()
            }
        }
        if let trouble { throw trouble }
    }

    /// The names of the server's models, asked for once and without much patience.
    func models() -> (names: [String], trouble: (any Error)?) {
        struct List: Decodable {
            struct Model: Decodable { let id: String }
            let data: [Model]
        }
        var body = Data(), ending: HTTPTransfers.Ending?
        var request = request("models", nil)
        request.patience = 10
        transfers.begin(request) {
            body.append($0)
            return body.count < EventStream.largest
        } ended: {
            ending = $0
        }
        while ending == nil {
            if isStopped() {
                transfers.cancel()
                return ([], Stopped())
            }
            transfers.wait(milliseconds: 50)
        }
        switch ending {
        case .answered(200, _):
            return ((try? JSONDecoder().decode(List.self, from: body))?.data.map(\.id) ?? [], nil)
        case .answered(let status, _): return ([], EndpointError.refused(address.base, status, ""))
        case .broken(let words): return ([], EndpointError.gone(address.base, words, tries: 1))
        case nil: return ([], nil)
        }
    }

    /// Begins those that are due, as many as may be under way.
    private func begin(
        _ waiting: inout [Question], _ route: String, _ bodies: [Data?],
        _ heard: @escaping (Int, String) -> Void,
        _ done: @escaping (Question, Result<[EndpointChoice], EndpointError>) -> Void
    ) {
        let now = Date()
        while transfers.count < limits.beside, let next = waiting.firstIndex(where: { $0.due <= now }) {
            let question = waiting.remove(at: next)
            question.clear()
            question.tries += 1
            transfers.begin(request(route, bodies[question.place])) { bytes in
                self.take(bytes, question, heard)
            } ended: {
                done(question, self.result(of: question, $0))
            }
        }
    }

    private func request(_ route: String, _ body: Data?) -> HTTPTransfers.Request {
        var headers = ["Accept: text/event-stream, application/json"]
        if body != nil { headers.append("Content-Type: application/json") }
        if let key = address.key() { headers.append("Authorization: Bearer \(key)") }
        return .init(url: address.route(route), body: body, headers: headers, patience: limits.patience)
    }

    // MARK: What comes

    /// Whether the rest is wanted.
    private func take(_ bytes: Data, _ question: Question, _ heard: (Int, String) -> Void) -> Bool {
        guard let events = question.stream.take(bytes) else {
            question.strange = "it says more than \(EventStream.largest >> 20) MB"
            return false
        }
        for event in events where !take(event: event, question) { return false }
        if !events.isEmpty, let first = question.choices.first { heard(question.place, first.text) }
        return true
    }

    private func take(event: Data, _ question: Question) -> Bool {
        guard let chunk = try? JSONDecoder().decode(EndpointChunk.self, from: event) else {
            question.strange = "'\(String(decoding: event.prefix(60), as: UTF8.self))'"
            return false
        }
        question.complaint = chunk.complaint ?? question.complaint
        for part in chunk.choices ?? [] {
            let place = part.index ?? 0
            // No server was asked for more.
            guard (0..<1_024).contains(place) else { continue }
            while question.choices.count <= place { question.choices.append(EndpointChoice()) }
            question.choices[place].take(part)
        }
        return true
    }

    // MARK: How it ended

    private func result(
        of question: Question, _ ending: HTTPTransfers.Ending
    ) -> Result<[EndpointChoice], EndpointError> {
        if let strange = question.strange { return .failure(.strange(address.base, strange)) }
        guard case .answered(let status, let wait) = ending else {
            guard case .broken(let words) = ending else { return .success([]) }
            return .failure(.gone(address.base, words, tries: question.tries))
        }
        if let document = question.stream.end(), !take(event: document, question), status < 300 {
            return .failure(.strange(address.base, question.strange ?? ""))
        }
        question.due = Date(timeIntervalSinceNow: min(wait, 60))
        if status >= 300 || question.complaint != nil { return .failure(complaint(of: question, status)) }
        guard question.stream.isOver || question.choices.allSatisfy({ $0.reason != nil }) else {
            return .failure(.gone(address.base, "its answer broke off", tries: question.tries))
        }
        return .success(question.choices)
    }

    private func complaint(of question: Question, _ status: Int) -> EndpointError {
        let words = (question.complaint ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
        let short = String(words.prefix(200))
        switch status {
        case 408, 409, 425, 429, 500...599: return .busy(address.base, status, short, tries: question.tries)
        default: return .refused(address.base, status, short)
        }
    }

    /// Whether a question is asked again; its time is set then.
    private func isAnotherTry(_ question: Question, _ error: EndpointError) -> Bool {
        switch error {
        case .gone, .busy: break
        case .refused, .strange, .noProbabilities: return false
        }
        guard question.tries < limits.tries else { return false }
        let pause = limits.pause * pow(2, Double(question.tries - 1)) * Double.random(in: 0.5...1.5)
        question.due = max(question.due, Date(timeIntervalSinceNow: pause))
        return true
    }
}
