/// A global alignment of two sequences (Needleman and Wunsch), scored as Biopython's `PairwiseAligner` does by default:
/// 1 for a match, 0 for a mismatch and for a gap.
///
/// A gap costs as little as a mismatch, and Biopython's first alignment takes gaps where they tie. So it holds no
/// mismatch, its identities are the longest common subsequence, and its length follows from them.
public struct SequenceAlignment: Sendable, Equatable {
    /// Both sequences' lengths.
    private let lengths: (a: Int, b: Int)
    /// Places that match, in order.
    public let matches: [Match]

    /// A place of each sequence.
    public struct Match: Sendable, Equatable {
        /// Counted from 0.
        public let a, b: Int
    }

    /// Aligns two sequences; time and memory grow with the product of their lengths.
    public init<Element: Hashable>(_ a: [Element], _ b: [Element]) {
        lengths = (a.count, b.count)
        matches = CommonSubsequence(a, b).pairs.map { Match(a: $0.a, b: $0.b) }
    }

    /// Columns in which both sequences say the same.
    public var identities: Int { matches.count }

    /// Columns in which one of them has a gap.
    public var gaps: Int { lengths.a + lengths.b - 2 * identities }

    /// Identities over the columns of the alignment; 0 for two empty sequences.
    public var identityRatio: Double {
        let columns = identities + gaps
        return columns == 0 ? 0 : Double(identities) / Double(columns)
    }

    public static func == (a: Self, b: Self) -> Bool { a.lengths == b.lengths && a.matches == b.matches }
}
