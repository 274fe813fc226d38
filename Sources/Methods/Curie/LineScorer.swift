import Datasets
import Foundation
import Measures
import MethodKit

extension Curie {
    /// What a line of a user's file came to.
    struct LineScore {
        /// Scores of a list of records.
        struct Records {
            let llmSim: PrecisionRecall
            let matches: Int
            let assigned: Double
            let references, predictions: [Record]
            let verdicts: [LLMSim.Verdict?]
        }

        let line: ScoredLine
        /// Whether the prediction is missing or cannot be read; it then scores 0.
        let isUnread: Bool
        let rouge: BenchmarkROUGE.Scores
        var records: Records?
        var box: Georeference.Score?
        var boxes: (found: Box, truth: Box)?
        var sequence: SequenceRule.Score?
        var sequences: (found: String, truth: String)?
        var lmScore: Double?

        /// What is wrong with the prediction; empty where nothing is.
        var note: String { line.prediction == nil ? "no prediction" : isUnread ? "cannot be read" : "" }

        /// In the order of the table's columns.
        var numbers: [Double?] {
            let counts = records.map { ($0.matches, $0.references.count, $0.predictions.count) }
            return [
                records?.llmSim.f1, records?.llmSim.precision, records?.llmSim.recall,
                (counts?.0).map(Double.init),
                (counts?.1).map(Double.init), (counts?.2).map(Double.init), records?.assigned, box?.iou,
                box?.distanceError, box?.size, sequence?.identityRatio, sequence?.distance, rouge.rouge1,
                rouge.rouge2, rouge.rougeLsum, lmScore,
            ]
        }

        /// Gives a text without an answer an LMScore of 0 where other texts have one: what was not said must not be left out
        /// of their mean.
        static func withMissingAnswers(_ scores: [LineScore]) -> [LineScore] {
            guard scores.contains(where: { $0.lmScore != nil }) else { return scores }
            return scores.map { score in
                var score = score
                if score.line.task == .text, score.line.prediction == nil { score.lmScore = 0 }
                return score
            }
        }

        /// A row a true record: what was matched with it, and which fields are equal.
        var matchRows: [[String]] {
            guard let records else { return [] }
            return zip(records.references, records.verdicts).map { truth, verdict in
                let found = verdict.map { records.predictions[$0.index].json } ?? "none"
                return [line.id, truth.json, found, verdict.map { Curie.ticks($0.compare) } ?? ""]
            }
        }
    }

    /// Scores lines of a user's file, each by its task.
    struct LineScorer {
        private let inputs: Inputs
        private let schema: Schema
        private let judge: any Judge
        private let model: TrialModel<Inputs>?

        /// - Throws: `FileError` for a table of synonyms that cannot be read, `InputError` for kinds of fields that are
        ///   none.
        init(_ inputs: Inputs, _ lines: [ScoredLine], _ model: TrialModel<Inputs>?) throws {
            self.inputs = inputs
            self.model = model
            let truths = lines.filter { $0.task == .records }.flatMap { Curie.records($0.reference) ?? [] }
            schema = try Schema(of: truths).naming(inputs.fields.text)
            judge = try Self.judge(inputs, schema, model)
        }

        private static func judge(
            _ inputs: Inputs, _ schema: Schema, _ model: TrialModel<Inputs>?
        ) throws -> any Judge {
            if let model { return ModelJudge(model: model, schema: schema) }
            guard inputs.judge == .rules else {
                return TrigramJudge(schema: schema, least: TrigramJudge.usualLeast)
            }
            let path = inputs.synonyms.path
            let groups = path.isEmpty ? [] : try DelimitedText(path, isEven: false).rows.map(\.fields)
            return RuleJudge(schema: schema, synonyms: Synonyms(groups.map { $0.filter { !$0.isEmpty } }))
        }

        /// Scores a line. A prediction that is missing or cannot be read scores 0, as it would for whoever relies on it.
        func score(_ line: ScoredLine) throws -> LineScore {
            switch line.task {
            case .records: try records(line)
            case .box: box(line)
            case .sequence: sequence(line)
            case .text: try text(line)
            }
        }

        private func records(_ line: ScoredLine) throws -> LineScore {
            let references = Curie.records(line.reference) ?? []
            let read = line.prediction.flatMap { Curie.records($0) }, predictions = read ?? []
            let verdicts = try judge.verdicts(on: references, among: predictions)
            let counted = LLMSim.counted(verdicts, predictions: predictions.count, inputs.rules)
            let (matches, score) = LLMSim.score(verdicts, predictions: predictions.count, inputs.rules)
            let assigned = FieldMatching.f1(
                FieldMatching.canonical(predictions, schema), FieldMatching.canonical(references, schema),
                schema.coreAlone)
            var result = LineScore(line: line, isUnread: read == nil, rouge: rouge(line))
            // An empty list may be right; what cannot be read is not an empty list.
            result.records = LineScore.Records(
                llmSim: read == nil ? PrecisionRecall(precision: 0, recall: 0) : score, matches: matches,
                assigned: read == nil ? 0 : assigned,
                references: references, predictions: predictions,
                verdicts: zip(verdicts, counted).map { $1 == nil ? nil : $0 })
            return result
        }

        private func box(_ line: ScoredLine) -> LineScore {
            let truth = Curie.box(line.reference), found = line.prediction.flatMap { Curie.box($0) }
            var result = LineScore(line: line, isUnread: found == nil, rouge: rouge(line))
            result.box = Georeference.Score(iou: 0, distanceError: .nan, size: .nan)
            guard let truth, let found else { return result }
            result.box = Georeference.score(found, truth: truth)
            result.boxes = (found, truth)
            return result
        }

        private func sequence(_ line: ScoredLine) -> LineScore {
            let truth = Curie.sequence(line.reference, isTruth: true)
            let found = line.prediction.flatMap { Curie.sequence($0, isTruth: false) }
            var result = LineScore(line: line, isUnread: found == nil, rouge: rouge(line))
            result.sequence = SequenceRule.Score(identities: 0, gaps: 0, identityRatio: 0, distance: 1)
            guard let truth, let found else { return result }
            result.sequence = SequenceRule.score(found, truth: truth)
            result.sequences = (found, truth)
            return result
        }

        private func text(_ line: ScoredLine) throws -> LineScore {
            var result = LineScore(line: line, isUnread: line.prediction == nil, rouge: rouge(line))
            let logs = try line.logs ?? model.flatMap { try ModelJudge.logs($0, line) }
            result.lmScore = logs.map { LMScore.score($0).score }
            return result
        }

        private func rouge(_ line: ScoredLine) -> BenchmarkROUGE.Scores {
            BenchmarkROUGE.scores(words(line.prediction ?? .nothing), reference: words(line.reference))
        }

        /// Records one a line; all else as it was said.
        private func words(_ value: JSONValue) -> String {
            guard case .list(let values) = value else { return value.plain }
            return values.map(\.json).joined(separator: "\n")
        }
    }
}

extension Curie.Schema {
    /// The kinds that a user names, as "value=number, unit=unit", on top of those that were guessed.
    ///
    /// - Throws: ``Curie/FieldsError``.
    func naming(_ text: String) throws -> Self {
        var schema = self
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard sides.count == 2, let kind = Curie.FieldKind(rawValue: sides[1]) else {
                throw Curie.FieldsError(part: String(part))
            }
            schema[sides[0]] = kind
        }
        return schema
    }
}

extension Curie {
    /// A part of the input `fields` that names no kind.
    struct FieldsError: InputRefusal, CustomStringConvertible {
        let part: String

        var description: String {
            "Input fields has '\(part.trimmingCharacters(in: .whitespaces))'; allowed is field=kind, where kind is one of "
                + FieldKind.allCases.map(\.rawValue).joined(separator: ", ") + "."
        }
    }
}
