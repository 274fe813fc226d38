import Foundation
import MethodKit
import SessionControl
import Store

/// What is known of a claim, and where that comes from.
public struct ClaimStanding: Sendable {
    /// Whose session it is.
    public enum Origin: Sendable, Equatable {
        /// It came with the program.
        case recorded
        /// The user ran it.
        case own
    }

    /// One session that tested the claim with all its seeds.
    public struct Test: Sendable {
        /// The session.
        public let session: SessionRecord
        /// Whose it is.
        public let origin: Origin
        /// Its seeds, in order.
        public let seeds: [UInt64]
        /// The method's version in it, where that is an earlier one: what it found may not be found again.
        public let earlierVersion: Int?
        /// Whether inputs differ from the preset's, or were changed while it ran.
        public let isChanged: Bool
        /// What came out.
        public let report: ClaimReport

        /// "preset smoke, 2 seeds".
        public var settings: String {
            "preset \(session.preset)\(isChanged ? " with other inputs" : ""), \(seeds.count) seeds"
        }

        /// Where it comes from: "recorded", or "mine, 2026-11-28", or "recorded, version 2 of the method".
        public var source: String {
            (origin == .recorded ? "recorded" : "mine, \(Dates.day(session.began))")
                + (earlierVersion.map { ", version \($0) of the method" } ?? "")
        }
    }

    /// The claim.
    public let claim: Claim
    /// The newest test with the claim's own preset and seeds: the user's, else the recorded one; where there is none of
    /// the method's version, of an earlier one.
    public private(set) var known: Test?
    /// The newest test of each other preset and number of seeds; and the recorded one, where the user has one too.
    public private(set) var others: [Test] = []

    /// Looks for the sessions that tested a claim.
    ///
    /// - Parameters:
    ///   - claim: the claim.
    ///   - method: its method.
    ///   - stores: where to look, the first before the others, and whose sessions they hold.
    /// - Throws: `StoreError`.
    public init(
        _ claim: Claim, of method: MethodInfo, in stores: [(store: SessionStore, origin: Origin)]
    ) throws {
        self.claim = claim
        try look(method, in: stores) { $0 == method.version }
        if known == nil { try look(method, in: stores) { $0 < method.version } }
    }

    private mutating func look(
        _ method: MethodInfo, in stores: [(store: SessionStore, origin: Origin)],
        _ isWanted: (_ version: Int) -> Bool
    ) throws {
        for (store, origin) in stores {
            let sessions = try store.sessions().filter {
                $0.method == method.card.id && isWanted($0.methodVersion) && $0.isClaim
            }
            for session in sessions.sorted(by: { $0.id > $1.id }) {
                let seeds = Set(try store.trials(of: session.id).map(\.seed)).sorted()
                // An older test of the same kind adds nothing, and reading it costs.
                if found(session.preset, seeds, session.hasOtherInputs(than: method), origin) { continue }
                if let test = try Test(claim, session, of: method, in: store, origin) { add(test) }
            }
        }
    }

    private func found(_ preset: String, _ seeds: [UInt64], _ isChanged: Bool, _ origin: Origin) -> Bool {
        ([known].compactMap { $0 } + others).contains {
            $0.session.preset == preset && $0.seeds == seeds && $0.isChanged == isChanged
                && $0.origin == origin
        }
    }

    private mutating func add(_ test: Test) {
        let isAsAsked =
            test.session.preset == claim.preset && !test.isChanged && test.seeds == claim.seeds.sorted()
        if isAsAsked, known == nil {
            known = test
        } else if isAsAsked || !others.contains(where: { $0.settings == test.settings }) {
            others.append(test)
        }
    }

    /// The verdict with its source: "holds; not beyond `preferred` (recorded)"; "not run" when there is none.
    public var text: String { known.map { "\($0.report.finding.text) (\($0.source))" } ?? "not run" }

    /// What was found, over the paper's own baseline and over the strongest control; empty when it was not run.
    public var numbers: String { known?.report.numbers ?? "" }

    /// All of it in paragraphs, as a card has it.
    public var paragraphs: [String] {
        let numbers = numbers.isEmpty ? [] : [numbers + "."]
        return ["\(claim.headline.name): \(text)."] + numbers + otherTexts.map { "Also \($0)." }
    }

    /// The other tests: "not shown; no control, with preset smoke, 2 seeds (mine, 2026-11-28)".
    public var otherTexts: [String] {
        others.map { "\($0.report.finding.text), with \($0.settings) (\($0.source))" }
    }
}

extension ClaimStanding.Test {
    /// What a session says; nil while it says nothing.
    fileprivate init?(
        _ claim: Claim, _ session: SessionRecord, of method: MethodInfo, in store: SessionStore,
        _ origin: ClaimStanding.Origin
    ) throws {
        let report = try ClaimReport(claim, in: session, store: store)
        guard report.verdict != .undecided else { return nil }
        (self.session, self.origin) = (session, origin)
        (seeds, self.report) = (report.seeds, report)
        earlierVersion = session.methodVersion < method.version ? session.methodVersion : nil
        // A change on the way makes it another experiment, as other inputs do.
        isChanged =
            try session.hasOtherInputs(than: method)
            || store.trials(of: session.id).contains { try !store.edits(of: $0.id).isEmpty }
    }
}

extension SessionRecord {
    /// Whether the inputs at its start are not those of its preset.
    fileprivate func hasOtherInputs(than method: MethodInfo) -> Bool {
        // Inputs that were declared later are not among the stored ones, and had their defaults.
        guard let then = try? method.texts(stored: inputs),
            let own = try? method.texts(preset: preset, typed: [:])
        else { return true }
        return then != own
    }
}
