import Measures
import MethodKit

extension Curie {
    /// Pictures of single lines of a user's file.
    enum ScorePictures {
        /// Boxes one after the other: the true one with its diagonals, the predicted one without.
        static func overlay(_ boxes: [(found: Box, truth: Box)]) -> Artifact {
            // Corners 0 to 3 are the true box's, 4 to 7 the predicted one's.
            let square = [[0, 1], [1, 2], [2, 3], [3, 0]]
            let bones = square + [[0, 2], [1, 3]] + square.map { $0.map { $0 + 4 } }
            let frames = boxes.map { corners($0.truth) + corners($0.found) }
            return .animation(KeypointAnimation(frames: frames, bones: bones, rate: 1))
        }

        private static func corners(_ box: Box) -> [SIMD2<Float>] {
            let (x, y) = ((box.x.lowerBound, box.x.upperBound), (box.y.lowerBound, box.y.upperBound))
            return [(x.0, y.0), (x.1, y.0), (x.1, y.1), (x.0, y.1)].map { SIMD2(Float($0.0), Float($0.1)) }
        }

        /// Letters of a row of an alignment.
        private static let width = 60
        /// Sequences that are shown.
        private static let most = 20

        /// Alignments in rows of sixty: the truth above, the prediction below, a line where they agree.
        static func alignments(_ sequences: [(id: String, found: String, truth: String)]) -> Artifact {
            .text(
                sequences.prefix(most).flatMap { one -> [Span] in
                    let rows = columns(Array(one.truth), Array(one.found))
                    let identities = rows.count { $0.0 == $0.1 }
                    let head = Span("\(one.id): \(identities) identities in \(rows.count) columns\n", .strong)
                    return [head]
                        + stride(from: 0, to: rows.count, by: width).flatMap { begin in
                            spans(rows[begin..<min(rows.count, begin + width)])
                        }
                })
        }

        /// One pair of letters a column; "-" where one of them has a gap.
        private static func columns(_ truth: [Character], _ found: [Character]) -> [(Character, Character)] {
            var columns: [(Character, Character)] = [], (i, j) = (0, 0)
            for match in SequenceAlignment(truth, found).matches {
                columns += truth[i..<match.a].map { ($0, "-") } + found[j..<match.b].map { ("-", $0) }
                columns.append((truth[match.a], found[match.b]))
                (i, j) = (match.a + 1, match.b + 1)
            }
            return columns + truth[i...].map { ($0, "-") } + found[j...].map { ("-", $0) }
        }

        private static func spans(_ columns: ArraySlice<(Character, Character)>) -> [Span] {
            [
                Span(String(columns.map(\.0)) + "\n", .plain),
                Span(String(columns.map { $0.0 == $0.1 ? "|" : " " }) + "\n", .good),
                Span(String(columns.map(\.1)) + "\n\n", .plain),
            ]
        }
    }
}
