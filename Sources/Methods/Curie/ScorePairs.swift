import Datasets

extension Curie {
    /// A prediction beside its reference.
    struct ScoredLine: Sendable {
        /// The user's name for it, else the number of its line.
        let id: String
        let task: Task
        /// Nil where the reference has no prediction.
        let prediction: JSONValue?
        let reference: JSONValue
        let logs: LMScore.LogProbabilities?
    }

    /// Finds each prediction's reference.
    struct ScorePairs {
        private let inputs: Inputs

        init(_ inputs: Inputs) { self.inputs = inputs }

        /// The lines that can be scored, in the predictions' order, then references without a prediction; and those that
        /// cannot be used.
        ///
        /// - Throws: `FileError` for the first that cannot be used, unless they are to be listed.
        func lines() throws -> (lines: [ScoredLine], bad: [FileError]) {
            let (predictions, bad) = try read(inputs.predictions.path, as: PredictionLine.self)
            let (lines, unpaired) =
                try inputs.references.path.isEmpty ? own(predictions) : paired(predictions, bad)
            let all = bad + unpaired
            guard !lines.isEmpty else { throw all[0] }
            return (lines, all)
        }

        private func read<Line: Decodable>(
            _ path: String, as type: Line.Type
        ) throws -> ([(line: Int, value: Line)], [FileError]) {
            guard inputs.lenient else {
                return (try JSONLines.read(path, as: type, most: ScoreFile.longestFile), [])
            }
            let found = try JSONLines.readUsable(path, as: type, most: ScoreFile.longestFile)
            return (found.values, found.bad)
        }

        /// Lines that hold their references themselves.
        private func own(
            _ predictions: [(line: Int, value: PredictionLine)]
        ) throws -> ([ScoredLine], [FileError]) {
            var lines: [ScoredLine] = [], bad: [FileError] = []
            for (number, line) in predictions {
                guard let reference = line.reference else {
                    try refuse(
                        inputs.predictions.path, number, "'reference' is missing",
                        "a reference in the line, or a file of references", &bad)
                    continue
                }
                lines.append(scored(line, reference, number))
            }
            return (lines, bad)
        }

        /// By name where all lines have one, else in the files' order.
        private func paired(
            _ predictions: [(line: Int, value: PredictionLine)], _ badPredictions: [FileError]
        ) throws -> ([ScoredLine], [FileError]) {
            let (references, badReferences) = try read(inputs.references.path, as: ReferenceLine.self)
            let named = predictions.count { $0.value.id != nil } + references.count { $0.value.id != nil }
            guard named == 0 else { return try byName(predictions, references, badReferences) }
            guard let bad = (badPredictions + badReferences).first else {
                return (try inOrder(predictions, references), [])
            }
            throw FileError(
                bad.path, line: bad.line, "\(bad.what), and without ids no later line can be paired",
                allowed: "\(bad.allowed), or an id in every line of both files")
        }

        private func byName(
            _ predictions: [(line: Int, value: PredictionLine)],
            _ references: [(line: Int, value: ReferenceLine)],
            _ badReferences: [FileError]
        ) throws -> ([ScoredLine], [FileError]) {
            var bad = badReferences, open: [String: ReferenceLine] = [:], order: [String] = []
            for (number, line) in references {
                guard let id = try unused(line.id, Set(open.keys), inputs.references.path, number, &bad)
                else { continue }
                open[id] = line
                order.append(id)
            }
            var lines: [ScoredLine] = [], used: Set<String> = []
            for (number, line) in predictions {
                let path = inputs.predictions.path
                guard let id = try unused(line.id, used, path, number, &bad) else { continue }
                guard let reference = open[id] else {
                    let what = "no reference has the id '\(id.prefix(40))'"
                    try refuse(path, number, what, "an id of the file of references", &bad)
                    continue
                }
                used.insert(id)
                lines.append(scored(line, reference, number))
            }
            return (
                lines
                    + order.filter { !used.contains($0) }.compactMap { id in open[id].map { missing(id, $0) }
                    }, bad
            )
        }

        /// What was asked for and not answered counts as well.
        private func missing(_ id: String, _ line: ReferenceLine) -> ScoredLine {
            ScoredLine(id: id, task: line.task, prediction: nil, reference: line.reference, logs: nil)
        }

        private func inOrder(
            _ predictions: [(line: Int, value: PredictionLine)],
            _ references: [(line: Int, value: ReferenceLine)]
        ) throws -> [ScoredLine] {
            guard predictions.count == references.count else {
                throw FileError(
                    inputs.predictions.path, line: nil,
                    "it has \(predictions.count) lines beside \(references.count) references without ids",
                    allowed: "as many lines in both files, or an id in every line")
            }
            return zip(predictions, references).map { scored($0.value, $1.value, $0.line) }
        }

        private func scored(_ line: PredictionLine, _ reference: ReferenceLine, _ number: Int) -> ScoredLine {
            ScoredLine(
                id: line.id ?? "line \(number)", task: reference.task, prediction: line.prediction,
                reference: reference.reference, logs: line.logs)
        }

        /// An id that is there and new; nil where the line is refused.
        private func unused(
            _ id: String?, _ used: Set<String>, _ path: String, _ line: Int, _ bad: inout [FileError]
        ) throws -> String? {
            guard let id else {
                try refuse(
                    path, line, "'id' is missing, and other lines have one",
                    "an id in every line, or in none", &bad)
                return nil
            }
            guard !used.contains(id) else {
                try refuse(path, line, "the id '\(id.prefix(40))' was used before", "each id once", &bad)
                return nil
            }
            return id
        }

        private func refuse(
            _ path: String, _ line: Int, _ what: String, _ allowed: String, _ bad: inout [FileError]
        ) throws {
            let error = FileError(path, line: line, what, allowed: allowed)
            guard inputs.lenient else { throw error }
            bad.append(error)
        }
    }
}
