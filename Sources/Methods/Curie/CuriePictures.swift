import Base
import Foundation
import Measures
import MethodKit

extension Curie.State {
    /// What a trial ends with: the last numbers, and what is to be seen.
    func end(_ arm: Curie.Arm, _ inputs: Curie.Inputs, _ trial: Trial<Curie.Inputs>) throws {
        trial.keep("scatter", Curie.scatter(sheet(.mixed)))
        if arm.isOracle {
            trial.report(Curie.atRouge, sweep.crossing(sweep.rouge))
            trial.report(Curie.atAligned, sweep.crossing(sweep.aligned))
            trial.keep("accuracy", Curie.curve(sweep))
        }
        guard let shown = try shown(arm, inputs) else { return }
        trial.keep("paper", Curie.text(shown.paper))
        if arm.hasJudge { trial.keep("matches", Curie.matches(shown)) }
    }
}

extension Curie {
    /// Papers that a scatter shows, an extractor; more would make recorded sessions large.
    private static let shownPapers = 40

    /// Scores over the true F1, a colour an extractor, each with its ρ over all papers.
    static func scatter(_ sheet: Sheet) -> Artifact {
        let rhos = sheet.byExtractor
        let series = Extractor.qualities.indices.map { place -> Plot.Series in
            let points = zip(sheet.truths[place], sheet.scores[place]).prefix(shownPapers)
            let name = "\(Extractor.qualities[place]): ρ \(String(format: "%.2f", rhos[place]))"
            return .points(name, points.map { (rounded($0), rounded($1)) })
        }
        return .plot(Plot(x: "true F1", y: "score by true F1, an extractor a colour", series))
    }

    /// ρ of each extractor, a bar a mix of errors.
    static func bars(_ sheets: [Sheet]) -> Artifact {
        let series = zip(ErrorMix.allCases, sheets).map { mix, sheet -> Plot.Series in
            let bars = zip(Extractor.qualities, sheet.byExtractor).map { ("quality \($0)", rounded($1)) }
            return .bars(mix.rawValue, bars.map { (label: $0.0, value: $0.1) })
        }
        return .plot(Plot(y: "Spearman's ρ with the true F1", series))
    }

    /// ρ over the judge's accuracy, beside the measures without a judge.
    static func curve(_ sweep: Sweep) -> Artifact {
        func level(_ name: String, _ sheet: Sheet) -> Plot.Series {
            .line(name, [Sweep.accuracies[0], 1].map { ($0, rounded(sheet.within)) })
        }
        let judged = zip(Sweep.accuracies, sweep.judged).map { (x: $0, y: rounded($1.within)) }
        return .plot(
            Plot(
                x: "accuracy", y: "ρ within extractors, by the judge's accuracy",
                [.line("judge", judged), level("ROUGE-Lsum", sweep.rouge), level("aligned", sweep.aligned)]))
    }

    /// Three digits are all that can be seen.
    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    /// The paper's sentences, those with a fact marked.
    static func text(_ paper: Paper) -> Artifact {
        .text(
            paper.sentences.flatMap { sentence -> [Span] in
                let isRow = sentence.text.hasPrefix("|")
                return [
                    Span(sentence.text, sentence.facts.isEmpty ? .faint : .good), Span(isRow ? "\n" : " "),
                ]
            })
    }

    /// True records, each with what the judge matched with it below, red where the judge is wrong or a record is left
    /// alone. The ticks are the table's, whoever judged: which fields are equal by its synonyms and units.
    static func matches(_ shown: State.Shown) -> Artifact {
        let (paper, extraction) = (shown.paper, shown.extraction)
        let table = RuleJudge(schema: Paper.schema, synonyms: Materials.synonyms)
        var spans: [Span] = [
            Span("truth \(arrow) prediction; ticks: equal by the table of synonyms and units\n", .strong)
        ]
        for (place, verdict) in shown.verdicts.enumerated() {
            let truth = paper.records[place], source = extraction.sources.firstIndex(of: place)
            spans.append(Span("\(place + 1). \(short(truth))\n"))
            guard let index = verdict?.index else {
                let isRight = source == nil
                spans.append(
                    Span("   none\(isRight ? "" : ", though there is one")\n", isRight ? .faint : .bad))
                continue
            }
            let found = extraction.records[index], isRight = extraction.sources[index] == place
            spans.append(Span("   \(arrow) \(short(found))  ", isRight ? .good : .bad))
            spans.append(Span(ticks(table.compared(truth, found)) + "\n", .faint))
        }
        let matched = Set(shown.verdicts.compactMap { $0?.index })
        for (index, record) in extraction.records.enumerated() where !matched.contains(index) {
            spans.append(Span("unmatched: \(short(record))\n", .bad))
        }
        return .text(spans)
    }

    private static let arrow = "→"

    /// The core of a record in a line.
    private static func short(_ record: Record) -> String {
        let (low, high) = (record["value_low"].plain, record["value_high"].plain)
        return
            "\(record["material"].plain), \(record["property_name"].plain), \(low == high ? low : "\(low)-\(high)")"
            + " \(record["unit"].plain)"
    }

    /// Fields in the alphabet's order, each with whether it is equal.
    static func ticks(_ compare: [String: Bool]) -> String {
        compare.sorted { $0.key < $1.key }.map { "\($0.value ? "✓" : "✗")\($0.key)" }.joined(separator: " ")
    }
}
