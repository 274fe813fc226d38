import Datasets
import Foundation
import Measures

extension Curie {
    /// What a line of a user's file is about, and so how it is scored.
    enum Task: String, CaseIterable, Decodable, Sendable {
        /// A list of records.
        case records
        /// A box with W, S, E and N in degrees.
        case box
        /// A sequence, as FASTA has it.
        case sequence
        /// Free text.
        case text

        /// What the form of a true answer says.
        init(of reference: JSONValue) {
            switch reference {
            case .list: self = .records
            case .object: self = Georeference.box(reference) == nil ? .records : .box
            case .text(let text):
                let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
                if text.hasPrefix(">") {
                    self = .sequence
                } else if text.hasPrefix("["), JSONRule.records(text) != nil {
                    self = .records
                } else if text.hasPrefix("{"), Georeference.box(text) != nil {
                    self = .box
                } else {
                    self = .text
                }
            case .nothing, .flag, .number: self = .text
            }
        }
    }

    /// A line of predictions, with its reference where there is no file of them.
    struct PredictionLine: Decodable, Sendable {
        let id: String?
        let prediction: JSONValue
        let reference: ReferenceLine?
        /// ln p of a judge's three answers to this prediction; nil where it was not judged.
        let logs: LMScore.LogProbabilities?

        private enum CodingKeys: String, CodingKey { case id, prediction, reference, logprobs }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            id = try values.id(.id)
            // A model that said nothing is a prediction too; only a line without the field is a mistake.
            prediction = try values.decode(JSONValue.self, forKey: .prediction)
            reference = values.contains(.reference) ? try ReferenceLine(from: decoder) : nil
            logs = try values.decodeIfPresent(LMScore.LogProbabilities.self, forKey: .logprobs)
            if let logs, ![logs.good, logs.okay, logs.bad].allSatisfy({ $0.isFinite && $0 <= 0 }) {
                throw Refusal("'logprobs' has a number above 0", allowed: "log-probabilities, at most 0")
            }
        }
    }

    /// A line of references.
    struct ReferenceLine: Decodable, Sendable {
        let id: String?
        let reference: JSONValue
        let task: Task

        private enum CodingKeys: String, CodingKey { case id, reference, task }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            id = try values.id(.id)
            reference = try values.decode(JSONValue.self, forKey: .reference)
            task = try Self.task(values) ?? Task(of: reference)
            try check()
        }

        private static func task(_ values: KeyedDecodingContainer<CodingKeys>) throws -> Task? {
            guard let name = try values.decodeIfPresent(String.self, forKey: .task) else { return nil }
            guard let task = Task(rawValue: name) else {
                throw Refusal(
                    "'task' is '\(name.prefix(40))'",
                    allowed: "one of " + Task.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return task
        }

        /// - Throws: `Refusal` where the reference is none of its task's: a wrong truth must not become a low score.
        private func check() throws {
            switch task {
            case .records where Curie.records(reference) == nil:
                throw Refusal("'reference' is no list of records", allowed: "a list of objects")
            case .box where Curie.box(reference) == nil:
                throw Refusal(
                    "'reference' is no box",
                    allowed:
                        "an object with W, S, E and N, W at most E and S at most N; across the date line E is above 180"
                )
            case .sequence where Curie.sequence(reference, isTruth: true) == nil:
                throw Refusal("'reference' is no sequence", allowed: "letters, or FASTA")
            default: break
            }
        }
    }

    /// The records that a value holds, or that its text spells; nil where it holds none.
    static func records(_ value: JSONValue) -> [Record]? {
        switch value {
        case .list(let values):
            let records = values.compactMap { Record($0) }
            return records.count == values.count ? records : nil
        case .object(let fields): return [Record(fields)]
        case .text(let text): return JSONRule.records(text)
        case .nothing, .flag, .number: return nil
        }
    }

    /// The box that a value is, or that its text spells.
    static func box(_ value: JSONValue) -> Box? {
        if case .text(let text) = value { return Georeference.box(text) }
        return Georeference.box(value)
    }

    /// The sequence that a text holds. Of a prediction it is the one line that the benchmark reads; a truth may be wrapped
    /// over several lines, and may do without a name.
    static func sequence(_ value: JSONValue, isTruth: Bool) -> String? {
        guard case .text(let text) = value else { return nil }
        if isTruth, let sequence = SequenceRule.wrapped(text) { return sequence }
        if let sequence = SequenceRule.sequence(text) { return sequence }
        let bare = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return isTruth && !bare.isEmpty && bare.allSatisfy({ $0.isLetter || $0 == "*" || $0 == "-" })
            ? bare : nil
    }
}

extension KeyedDecodingContainer {
    /// A name that may be written as a number.
    fileprivate func id(_ key: Key) throws -> String? {
        guard contains(key) else { return nil }
        if let number = try? decode(Int.self, forKey: key) { return "\(number)" }
        return try decodeIfPresent(String.self, forKey: key)
    }
}
