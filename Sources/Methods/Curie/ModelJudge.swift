import Datasets
import Foundation
import MethodKit

extension Curie {
    /// A language model as judge: one prompt a true record, with the whole list of predictions in it.
    struct ModelJudge: Judge {
        let model: any LanguageModel
        let schema: Schema

        func verdicts(on references: [Record], among predictions: [Record]) throws -> [LLMSim.Verdict?] {
            guard !references.isEmpty, !predictions.isEmpty else { return references.map { _ in nil } }
            let prompts = references.map { Self.prompt($0, predictions, schema) }
            let answers = try model.answer(ModelRequest(prompts, longest: 400))
            // An index that no prediction has is no match, whatever the answer says of it.
            return answers.map { LLMSim.verdict($0.text) }.map { verdict in
                verdict.flatMap { predictions.indices.contains($0.index) ? $0 : nil }
            }
        }

        /// The question about one true record. Each prediction carries its index, so that none is made up; fields that
        /// are left out are not shown, for a truth's own index or synonyms would tell the answer.
        static func prompt(_ reference: Record, _ predictions: [Record], _ schema: Schema) -> String {
            let numbered = predictions.enumerated().map { index, record in
                let index = ["json_extracted_index": JSONValue.number(Double(index))]
                return Record(record.only(schema.names).fields.merging(index) { $1 }).json
            }
            let decisive = schema.core.joined(separator: ", ")
            return """
                You compare records that were extracted from a paper with a true record.

                True record:
                \(reference.only(schema.names).json)

                Extracted records:
                [\(numbered.joined(separator: ",\n"))]

                Find the extracted record that says the same as the true one. These fields must be the same: \(decisive). \
                Other names for the same thing and other units for the same quantity count as the same. Other fields may \
                be worded otherwise.

                Answer with one JSON object and nothing else: {"json_extracted_index": its index, "compare": {field: 1 or \
                0 for each field}}. If no extracted record says the same, answer {}.

                """
        }

        /// ln p of the three words with which a model judges a text; nil where it does not tell.
        static func logs(_ model: some LanguageModel, _ line: ScoredLine) throws -> LMScore.LogProbabilities?
        {
            guard let prediction = line.prediction else { return nil }
            let prompt = """
                True answer:
                \(line.reference.plain)

                Given answer:
                \(prediction.plain)

                In one word, good, okay or bad: how well does the given answer agree with the true one? It is
                """
            // Tokens begin with their space: a prompt that ends in one makes every word unlikely.
            let words = LMScore.answers.map { " \($0)" }
            let answers = try model.answer(ModelRequest(words.map { _ in prompt }, scoring: words))
            let sums = answers.map { answer -> Double? in
                let logs = answer.tokens.map(\.logProbability)
                return logs.isEmpty || logs.contains(nil) ? nil : logs.compactMap { $0 }.reduce(0, +)
            }
            guard sums.count == 3, let good = sums[0], let okay = sums[1], let bad = sums[2] else {
                return nil
            }
            return LMScore.LogProbabilities(good: good, okay: okay, bad: bad)
        }
    }
}
