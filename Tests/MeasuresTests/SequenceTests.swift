import Measures
import Testing

/// Distances and alignments of sequences.
@Suite struct SequenceTests {
    @Test(arguments: [
        ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("flaw", "lawn", 2), ("same", "same", 0),
    ])
    func levenshteinCountsTheFewestEdits(_ a: String, _ b: String, _ wanted: Int) {
        #expect(EditDistance.levenshtein(Array(a), Array(b)) == wanted)
        #expect(EditDistance.levenshtein(Array(b), Array(a)) == wanted)
    }

    @Test func normalisedByTheLongerOne() {
        #expect(EditDistance.normalised(Array("kitten"), Array("sitting")) == 3.0 / 7)
        #expect(EditDistance.normalised([Int](), []) == 0)
    }

    /// A gap ties with a mismatch and is taken: AC-T over A-GT, not ACT over AGT.
    @Test func anAlignmentHoldsNoMismatch() {
        let one = SequenceAlignment(Array("ACT"), Array("AGT"))
        #expect(one.matches.map(\.a) == [0, 2] && one.matches.map(\.b) == [0, 2])
        #expect(one.identities == 2 && one.gaps == 2 && one.identityRatio == 0.5)
    }

    @Test func emptySequencesHaveNothingInCommon() {
        #expect(SequenceAlignment([Int](), []).identityRatio == 0)
        #expect(SequenceAlignment(Array("AA"), []).gaps == 2)
    }
}
