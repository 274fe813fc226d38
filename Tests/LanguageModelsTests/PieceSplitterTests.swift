import Testing

@testable import LanguageModels

@Suite struct PieceSplitterTests {
    private func pieces(_ splitter: PieceSplitter, _ text: String) -> [String] {
        splitter.pieces(text).map { String(String.UnicodeScalarView($0)) }
    }

    @Test func wordsTakeTheBlankBeforeThem() {
        #expect(
            pieces(.gpt2, "Hello, wide world's  end\n\n x") == [
                "Hello", ",", " wide", " world", "'s", " ", " end", "\n\n", " x",
            ])
        #expect(pieces(.gpt2, "1234 a") == ["1234", " a"])
    }

    @Test func digitsStandAlone() {
        #expect(pieces(.smollm, "a 12") == ["a", " ", "1", "2"])
        #expect(pieces(.smollm, "x²") == ["x", "²"])
    }

    @Test func llamaTakesThreeDigitsAndLineEnds() {
        #expect(
            pieces(.llama3, "12345 We'LL\n  \n ok!\n") == ["123", "45", " We", "'LL", "\n  \n", " ok", "!\n"])
    }

    /// Whatever the text, its pieces are the text.
    @Test(arguments: PieceSplitter.allCases) func piecesAreTheText(_ splitter: PieceSplitter) {
        for text in ["", " ", "  \t\n", "e\u{301}'s", "日本語 text 😀 12", "'", "''ll", "\r\n\r\n a"] {
            #expect(pieces(splitter, text).joined() == text)
        }
    }
}
