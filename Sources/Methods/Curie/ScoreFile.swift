import Datasets
import Foundation
import Measures
import MethodKit

extension Curie {
    /// The tool: a user's own predictions beside what should have been predicted.
    struct ScoreFile {
        /// The most lines that are read of a file, and the most rows of a table about them.
        static let longestFile = 200_000, longestTable = 1_000

        let inputs: Inputs
        let trial: Trial<Inputs>

        init(_ inputs: Inputs, _ trial: Trial<Inputs>) {
            self.inputs = inputs
            self.trial = trial
        }

        /// Reads, scores and says what was found.
        ///
        /// - Throws: `FileError` with the first line that cannot be used; where bad lines are listed, only when none can.
        func run() throws {
            let (lines, bad) = try ScorePairs(inputs).lines()
            let scorer = try LineScorer(inputs, lines, inputs.model == .builtIn ? nil : trial.model(\.model))
            let scores = try LineScore.withMissingAnswers(
                lines.map { line in
                    guard !trial.isStopped else { throw Stopped() }
                    return try scorer.score(line)
                })
            report(scores, bad)
            keep(scores, bad)
            if inputs.model != .builtIn { sayWhatTheModelLacks(scores) }
        }

        // MARK: Numbers

        private func report(_ scores: [LineScore], _ bad: [FileError]) {
            trial.report(lines, Double(scores.count))
            trial.report(unread, Double(scores.count { $0.isUnread }) / Double(max(1, scores.count)))
            trial.report(badLines, Double(bad.count))
            for (metric, value) in Self.means(of: scores) { trial.report(metric, value) }
        }

        /// The mean of each metric over the lines that have it.
        static func means(of scores: [LineScore]) -> [(Metric, Double)] {
            let values: [(Metric, (LineScore) -> Double?)] = [
                (fileF1, { $0.records?.llmSim.f1 }), (filePrecision, { $0.records?.llmSim.precision }),
                (fileRecall, { $0.records?.llmSim.recall }), (fileAligned, { $0.records?.assigned }),
                (fileRouge[0], { $0.rouge.rouge1 }), (fileRouge[1], { $0.rouge.rouge2 }),
                (fileRouge[2], { $0.rouge.rougeLsum }), (fileIoU, { $0.box?.iou }),
                (fileIdentity, { $0.sequence?.identityRatio }), (fileLMScore, { $0.lmScore }),
            ]
            return values.compactMap { metric, value in
                let found = scores.compactMap(value)
                return found.isEmpty ? nil : (metric, found.reduce(0, +) / Double(found.count))
            }
        }

        private func sayWhatTheModelLacks(_ scores: [LineScore]) {
            let texts = scores.filter { $0.line.task == .text }
            if !texts.isEmpty, texts.allSatisfy({ $0.lmScore == nil }) {
                trial.log("The model tells no log-probabilities, so there is no LMScore.", .warning)
            }
        }

        // MARK: Tables and pictures

        private func keep(_ scores: [LineScore], _ bad: [FileError]) {
            trial.keep("scores", .table(Self.table(of: scores)))
            let matches = scores.flatMap(\.matchRows).prefix(Self.longestTable)
            if !matches.isEmpty {
                let columns = ["id", "truth", "prediction", "fields"]
                trial.keep("matches", .table(Table(columns: columns, rows: Array(matches))))
            }
            // Shares and ROUGE's hundredths have an axis each.
            let means = Self.means(of: scores)
            let shares = means.filter { !fileRouge.contains($0.0) }.map { (label: $0.0.name, value: $0.1) }
            let words = means.filter { fileRouge.contains($0.0) }.map { (label: $0.0.name, value: $0.1) }
            if !shares.isEmpty {
                trial.keep("means", .plot(Plot(y: "means over your lines", [.bars("means", shares)])))
            }
            trial.keep(
                "words", .plot(Plot(y: "mean F-measure x 100 over your lines", [.bars("ROUGE", words)])))
            keepPictures(scores)
            if inputs.lenient { trial.keep("bad lines", .table(Self.table(of: bad))) }
        }

        private func keepPictures(_ scores: [LineScore]) {
            let boxes = scores.compactMap(\.boxes)
            if !boxes.isEmpty { trial.keep("boxes", ScorePictures.overlay(boxes)) }
            let alignments = scores.compactMap { score in
                score.sequences.map { (score.line.id, $0.found, $0.truth) }
            }
            if !alignments.isEmpty { trial.keep("alignments", ScorePictures.alignments(alignments)) }
        }

        private static func table(of bad: [FileError]) -> Table {
            let rows = bad.prefix(longestTable).map { error -> [Table.Cell] in
                let file = URL(filePath: error.path).lastPathComponent
                return [
                    .text(file), .number(error.line.map(Double.init) ?? .nan), .text(error.what),
                    .text(error.allowed),
                ]
            }
            return Table(columns: ["file", .number("line"), "what", "allowed"], rows: rows)
        }

        private static func table(of scores: [LineScore]) -> Table {
            let names = [
                "F1", "precision", "recall", "matches", "true records", "predicted records", "assigned F1",
                "IoU",
                "distance error", "size", "identity ratio", "Levenshtein", "ROUGE-1", "ROUGE-2", "ROUGE-Lsum",
                "LMScore",
            ]
            let rows = scores.prefix(longestTable).map { score -> [Table.Cell] in
                [.text(score.line.id), .text(score.line.task.rawValue), .text(score.note)]
                    + score.numbers.map { .number($0 ?? .nan) }
            }
            return Table(columns: ["id", "task", "note"] + names.map { .number($0) }, rows: rows)
        }
    }
}
