import Datasets
import Foundation
import Measures

extension Curie {
    /// ROUGE on the benchmark's scale.
    enum BenchmarkROUGE {
        /// F-measures times 100.
        struct Scores: Sendable, Equatable {
            let rouge1, rouge2, rougeLsum: Double
        }

        /// ROUGE 100 F of ROUGE-1, ROUGE-2 and ROUGE-Lsum, sentences parted where " . " stands.
        static func scores(_ prediction: String, reference: String) -> Scores {
            let (found, wanted) = (sentences(prediction), sentences(reference))
            return Scores(
                rouge1: 100 * ROUGE.n(1, found, reference: wanted).f1,
                rouge2: 100 * ROUGE.n(2, found, reference: wanted).f1,
                rougeLsum: 100 * ROUGE.lSum(found, reference: wanted).f1)
        }

        /// A line a sentence, as far as blanks stand around its full stop.
        static func sentences(_ text: String) -> String { text.replacing(" . ", with: " .\n") }
    }

    /// Boxes on a map (BIOGR), in plain degrees: one across the date line has an E above 180.
    enum Georeference {
        /// How near a box is to the true one.
        struct Score: Sendable, Equatable {
            /// Intersection over union, in plain degrees.
            let iou: Double
            /// Distance of the centres over half the diagonal of the true box.
            let distanceError: Double
            /// Half the diagonal over that of the true box.
            let size: Double
        }

        /// The box of a response: from its first "{" to its last "}", which are put around it where there are none.
        /// Nil when W, S, E and N cannot be read, are no degrees, or the box is turned inside out.
        static func box(_ response: String) -> Box? {
            var text = response
            if let begin = text.firstIndex(of: "{"), let end = text.lastIndex(of: "}"), begin < end {
                text = String(text[begin...end])
            } else {
                text = "{\(text)}"
            }
            return JSONValue(json5: text).flatMap { box($0) }
        }

        /// The box of an object with W, S, E and N.
        static func box(_ value: JSONValue) -> Box? {
            guard case .object(let fields) = value else { return nil }
            let sides = ["W", "S", "E", "N"].compactMap { Quantity.number(fields[$0] ?? .nothing) }
            guard sides.count == 4, sides.allSatisfy({ abs($0) <= 720 }), sides[0] <= sides[2],
                sides[1] <= sides[3]
            else { return nil }
            return Box(x: sides[0]...sides[2], y: sides[1]...sides[3])
        }

        /// IoU How near a box is to the true one; distances in degrees and on the Earth.
        static func score(_ box: Box, truth: Box) -> Score {
            let (a, b) = (box.center, truth.center), half = halfDiagonal(truth)
            let apart = GreatCircle.haversine(latitude: a.y, longitude: a.x, toLatitude: b.y, longitude: b.x)
            return Score(iou: box.iou(truth), distanceError: apart / half, size: halfDiagonal(box) / half)
        }

        /// In kilometres.
        private static func halfDiagonal(_ box: Box) -> Double {
            GreatCircle.haversine(
                latitude: box.y.lowerBound, longitude: box.x.lowerBound, toLatitude: box.y.upperBound,
                longitude: box.x.upperBound) / 2
        }
    }

    /// Sequences of amino acids (PDB).
    enum SequenceRule {
        /// How near a sequence is to the true one.
        struct Score: Sendable, Equatable {
            let identities, gaps: Int
            /// Identities over the columns of the alignment.
            let identityRatio: Double
            /// Levenshtein's distance over the longer sequence.
            let distance: Double
        }

        /// The sequence of a response: the line after the first that begins with ">". Nil when there is none.
        static func sequence(_ response: String) -> String? {
            let lines = response.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            guard let head = lines.firstIndex(where: { $0.hasPrefix(">") }), head + 1 < lines.count else {
                return nil
            }
            let sequence = lines[head + 1].trimmingCharacters(in: .whitespaces)
            return sequence.isEmpty ? nil : sequence
        }

        /// All lines after the first that begins with ">", up to the next such one, as FASTA is wrapped. Nil when there are
        /// none.
        static func wrapped(_ text: String) -> String? {
            let lines = text.split(whereSeparator: \.isNewline)
            guard let head = lines.firstIndex(where: { $0.hasPrefix(">") }) else { return nil }
            let sequence = lines[(head + 1)...].prefix { !$0.hasPrefix(">") }
                .map { $0.trimmingCharacters(in: .whitespaces) }.joined()
            return sequence.isEmpty ? nil : sequence
        }

        /// ID_r How near a sequence is to the true one.
        static func score(_ sequence: String, truth: String) -> Score {
            let (found, wanted) = (Array(sequence), Array(truth))
            let alignment = SequenceAlignment(wanted, found)
            return Score(
                identities: alignment.identities, gaps: alignment.gaps,
                identityRatio: alignment.identityRatio,
                distance: EditDistance.normalised(found, wanted))
        }
    }

    /// What a judge thinks of free text, from how likely it finds three words.
    enum LMScore {
        /// ln p of the three answers, in nats.
        struct LogProbabilities: Decodable, Sendable, Equatable {
            let good, okay, bad: Double
        }

        /// The answers, from the best, and what each is worth.
        static let answers = ["good", "okay", "bad"], weights = [1, 0.5, 0]

        /// LMScore Σ_k w_k p_k, with w = (1, 0.5, 0) and p the softmax over the three answers alone.
        static func score(_ logs: LogProbabilities) -> (probabilities: [Double], score: Double) {
            let values = [logs.good, logs.okay, logs.bad], most = values.max() ?? 0
            let powers = values.map { exp($0 - most) }, sum = powers.reduce(0, +)
            let probabilities = powers.map { $0 / sum }
            return (probabilities, zip(weights, probabilities).reduce(0) { $0 + $1.0 * $1.1 })
        }
    }
}
