import Foundation
import Measures
import Testing

/// Hand-worked texts; the numbers of the reference package are held by the golden files of the engine that uses them.
@Suite struct ROUGETests {
    @Test func wordsAreLettersAndDigitsInLowerCase() {
        #expect(ROUGE.tokens("The band-gap: 1.2 eV (InN)!") == ["the", "band", "gap", "1", "2", "ev", "inn"])
        #expect(ROUGE.tokens("µm é") == ["m"])
        #expect(ROUGE.tokens("").isEmpty)
    }

    @Test func runsCountAsOftenAsBothHaveThem() {
        let one = ROUGE.n(1, "a a b", reference: "a b b c")
        #expect(one.precision == 2.0 / 3 && one.recall == 0.5)
        let two = ROUGE.n(2, "a b a b", reference: "a b a")
        #expect(two == PrecisionRecall(matches: 2, found: 3, wanted: 2))
    }

    @Test func theLongestSubsequenceKeepsTheOrder() {
        let score = ROUGE.l("a x b c", reference: "b a c")
        #expect(score == PrecisionRecall(matches: 2, found: 4, wanted: 3))
    }

    /// Order counts within a line, not between lines; and a word of the reference is hit once.
    @Test func linesOfTheReferenceMeetAnyLineOfThePrediction() {
        #expect(ROUGE.lSum("c d\na b", reference: "a b\nc d").f1 == 1)
        #expect(ROUGE.l("c d\na b", reference: "a b\nc d").f1 == 0.5)
        #expect(
            ROUGE.lSum("a", reference: "a\na") == PrecisionRecall(matches: 1, found: 1, wanted: 2))
    }

    @Test func linesMayEndAsOnWindows() {
        #expect(ROUGE.lSum("c d\r\na b", reference: "a b\r\nc d").f1 == 1)
    }

    @Test func nothingIsZero() {
        for score in [
            ROUGE.n(1, "", reference: "a"), ROUGE.l("a", reference: ""), ROUGE.lSum("", reference: ""),
        ] { #expect(score == .zero && score.f1 == 0) }
    }
}
