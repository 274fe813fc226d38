import Base
import Foundation

extension PhiDecoding {
    /// Texts as vectors of word weights, by scikit-learn's defaults: the released code sets no other.
    enum TFIDF {
        /// Words of texts, how rare each is, and each text's vector.
        struct Vectors {
            /// In the order of their code points.
            let vocabulary: [String]
            /// ln((1 + n) / (1 + df)) + 1 of each word.
            let idf: [Double]
            /// A row a text of Euclidean length 1, or 0 where the text has no word: [texts][words]
            let rows: [[Double]]
        }

        /// §3.3 Counts times inverse document frequency, each row scaled to length 1.
        ///
        /// - Returns: nil where no text has a word, at which the released code gives clustering up.
        static func vectors(_ texts: [String]) -> Vectors? {
            let words = texts.map(words)
            let vocabulary = Set(words.joined()).sorted {
                $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
            }
            guard !vocabulary.isEmpty else { return nil }
            let places = Dictionary(uniqueKeysWithValues: vocabulary.enumerated().map { ($1, $0) })
            var counts = texts.map { _ in vocabulary.map { _ in 0.0 } }
            for (text, words) in words.enumerated() {
                for word in words { if let place = places[word] { counts[text][place] += 1 } }
            }
            let idf = vocabulary.indices.map { word in
                log(Double(1 + texts.count) / Double(1 + counts.count { $0[word] > 0 })) + 1
            }
            return Vectors(vocabulary: vocabulary, idf: idf, rows: counts.map { scaled(zip($0, idf).map(*)) })
        }

        /// Runs of two or more letters, digits and underscores in lower case: "7" and "x" are no words, which is why cells
        /// are written "12_4".
        static func words(_ text: String) -> [String] {
            text.lowercased().unicodeScalars.split { !isWord($0) }
                .filter { $0.count > 1 }.map { String(String.UnicodeScalarView($0)) }
        }

        private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
                .decimalNumber, .letterNumber, .otherNumber:
                true
            default: scalar == "_"
            }
        }

        private static func scaled(_ row: [Double]) -> [Double] {
            let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return length > 0 ? row.map { $0 / length } : row
        }
    }

    /// K-means by Lloyd's iterations.
    enum KMeans {
        /// Where each point belongs, the means, and the summed squared distances to them.
        struct Clusters {
            let labels: [Int]
            let centres: [[Double]]
            let inertia: Double
        }

        /// The most iterations, scikit-learn's default.
        static let longest = 300

        /// §3.3 From k-means++ centres (Arthur & Vassilvitskii 2007), once.
        ///
        /// As in scikit-learn, which the released code calls, 2 + ln k candidates are drawn for each centre and the best is
        /// taken. What it does besides is on the card under the differences.
        ///
        /// - Returns: nil where there are fewer points than clusters.
        static func clusters(_ points: [[Double]], _ k: Int, using random: inout RandomStream) -> Clusters? {
            guard points.count >= k, k > 0 else { return nil }
            var centres = [points[random.below(points.count)]]
            while centres.count < k {
                let nearest = points.map { point in centres.map { distance(point, $0) }.min() ?? 0 }
                let drawn = (0..<2 + Int(log(Double(k)))).map { _ in
                    // Where all points lie on centres, none is farther than another.
                    nearest.contains { $0 > 0 } ? random.categorical(nearest) : random.below(points.count)
                }
                func left(_ candidate: Int) -> Double {
                    zip(points, nearest).reduce(0) { $0 + min($1.1, distance($1.0, points[candidate])) }
                }
                centres.append(points[drawn.min { left($0) < left($1) } ?? 0])
            }
            return lloyd(points, from: centres)
        }

        /// Moves each centre to the mean of the points that are nearest to it, until none changes its centre.
        static func lloyd(_ points: [[Double]], from start: [[Double]]) -> Clusters {
            var centres = start, labels: [Int] = []
            for _ in 0..<longest {
                let new = points.map { point in nearest(point, centres) }
                if new == labels { break }
                labels = new
                for index in centres.indices {
                    let own = zip(points, labels).filter { $1 == index }.map(\.0)
                    // A centre that no point is nearest to stays where it is.
                    if let mean = mean(own) { centres[index] = mean }
                }
            }
            let inertia = zip(points, labels).reduce(0) { $0 + distance($1.0, centres[$1.1]) }
            return Clusters(labels: labels, centres: centres, inertia: inertia)
        }

        private static func nearest(_ point: [Double], _ centres: [[Double]]) -> Int {
            let distances = centres.map { distance(point, $0) }
            return distances.indices.min { distances[$0] < distances[$1] } ?? 0
        }

        private static func distance(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }

        private static func mean(_ points: [[Double]]) -> [Double]? {
            guard let first = points.first else { return nil }
            let sum = points.dropFirst().reduce(first) { zip($0, $1).map(+) }
            return sum.map { $0 / Double(points.count) }
        }
    }
}
