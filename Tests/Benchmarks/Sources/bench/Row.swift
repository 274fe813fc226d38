import Foundation

/// What a table says of one work: times are CPU-seconds, medians of interleaved rounds.
struct Row {
    private let work: Work
    private let ours, theirs, scatter: Double
    private let memory: (ours: Double, theirs: Double?)
    /// Operations a CPU-second: of the work, in registers, of a 512 x 512 product in the same rounds.
    private let rate: Double?, peak, product: Double

    init(_ work: Work, _ rounds: Rounds, memory: (Double, Double?), operations: Double?) {
        self.work = work
        (ours, theirs, scatter) = (median(rounds.ours), median(rounds.theirs), rounds.scatter)
        self.memory = memory
        (peak, product) = (median(rounds.peak), median(rounds.product))
        rate = operations.flatMap { $0 > 0 ? $0 / median(rounds.ours) : nil }
    }

    /// The first lines of a table of such works.
    static func head(_ kind: Work.Kind) -> [String] {
        let names =
            switch kind {
            case .step:
                [
                    "training step", "Benchtop ms", "PyTorch ms", "ratio", "bar", "MB", "PyTorch MB",
                    "GFLOP/s",
                    "of peak", "of 512x512",
                ]
            case .sampling: ["tokens a CPU-second", "Benchtop", "PyTorch", "ratio", "MB", "PyTorch MB"]
            case .kernel: ["kernel", "Benchtop µs", "PyTorch µs", "ratio"]
            case .product: ["GFLOP/s", "Benchtop", "PyTorch", "ratio", "of peak", "peak"]
            }
        return [line(names), line(names.indices.map { $0 == 0 ? "---" : "---:" })]
    }

    /// The line of a work that could not be measured, and why.
    static func absent(_ work: Work, _ reason: String) -> String {
        line([work.title, "not measured: \(reason)"])
    }

    /// As a line of Markdown.
    var line: String {
        switch work.kind {
        case .step:
            Self.line(
                [work.title, text(ours * 1e3), text(theirs * 1e3), ratioText, verdict] + megabytes
                    + [
                        text(rate.map { $0 / 1e9 }), percent(rate.map { $0 / peak }),
                        percent(rate.map { $0 / product }),
                    ])
        case .sampling:
            Self.line([work.title, tokens(ours), tokens(theirs), ratioText] + megabytes)
        case .kernel:
            Self.line([work.title, text(ours * 1e6), text(theirs * 1e6), ratioText])
        case .product:
            Self.line([
                work.title, text(product / 1e9), text(Rounds.productOperations / theirs / 1e9), ratioText,
                percent(product / peak), text(peak / 1e9),
            ])
        }
    }

    private var ratio: Double { theirs / ours }

    /// With how far the rounds' middle half strays, where that is much.
    private var ratioText: String {
        text(ratio) + (scatter > 0.1 ? String(format: " (±%.0f %%)", scatter * 50) : "")
    }

    private var verdict: String {
        guard let bar = work.bar, !ratio.isNaN else { return "-" }
        if ratio >= bar { return "\(bar) met" }
        if let share = work.share, let rate, rate / product >= share {
            return "\(share) of 512x512 met"
        }
        return "\(bar) MISSED"
    }

    private var megabytes: [String] {
        [text(memory.ours / 1e6), text(memory.theirs.map { $0 / 1e6 })]
    }

    private func tokens(_ seconds: Double) -> String { text(work.tokens.map { $0 / seconds }) }

    private func percent(_ share: Double?) -> String {
        share.map { String(format: "%.0f %%", $0 * 100) } ?? "-"
    }

    private static func line(_ cells: [String]) -> String {
        let padded = cells.enumerated().map { place, cell in
            cell.padding(toLength: max(cell.count, place == 0 ? 44 : 11), withPad: " ", startingAt: 0)
        }
        return "| " + padded.joined(separator: " | ") + " |"
    }
}
