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
        /// How many seeds it has.
        public let seeds: Int
        /// Whether inputs differ from the preset's, or were changed while it ran.
        public let isChanged: Bool
        /// What came out.
        public let verdict: Judgement.Verdict

        /// "preset smoke, 2 seeds".
        public var conditions: String {
            "preset \(session.preset)\(isChanged ? " with other inputs" : ""), \(seeds) seeds"
        }

        /// Where it comes from: "recorded", or "mine, 2026-11-28".
        public var source: String {
            origin == .recorded ? "recorded" : "mine, \(Dates.day(session.began))"
        }
    }

    /// The claim.
    public let claim: Claim
    /// The newest test with the claim's own preset and seeds: the user's, else the recorded one.
    public private(set) var known: Test?
    /// The newest test of each other preset and number of seeds.
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
        for (store, origin) in stores {
            let sessions = try store.sessions().filter {
                $0.method == method.card.id && $0.methodVersion == method.version && $0.purpose == "claim"
            }
            for session in sessions.sorted(by: { $0.id > $1.id }) {
                let report = try ClaimReport(claim, in: session, store: store)
                guard report.verdict != .undecided else { continue }
                let test = Test(
                    session: session, origin: origin, seeds: report.expected,
                    isChanged: try store.isChanged(session, of: method), verdict: report.verdict)
                let isAsAsked = session.preset == claim.preset && !test.isChanged
                add(test, isOwn: isAsAsked && report.pairs.map(\.seed) == claim.seeds.sorted())
            }
        }
    }

    private mutating func add(_ test: Test, isOwn: Bool) {
        if isOwn {
            known = known ?? test
        } else if !others.contains(where: { $0.conditions == test.conditions }) {
            others.append(test)
        }
    }

    /// The verdict with its source: "holds (recorded)"; "not run" when there is none.
    public var text: String { known.map { "\($0.verdict.rawValue) (\($0.source))" } ?? "not run" }

    /// The other tests: "not shown with preset smoke, 2 seeds (mine, 2026-11-28)".
    public var otherTexts: [String] {
        others.map {
            "\($0.verdict.rawValue) with \($0.conditions) (\($0.source))"
        }
    }
}

extension SessionStore {
    /// Whether a session's inputs are not those of its preset, at its start or because they were changed on the way.
    fileprivate func isChanged(_ session: SessionRecord, of method: MethodInfo) throws -> Bool {
        // Inputs that were declared later are not among the stored ones, and had their defaults.
        guard let then = try? method.texts(preset: nil, typed: session.inputs),
            let own = try? method.texts(preset: session.preset, typed: [:]), then == own
        else { return true }
        return try trials(of: session.id).contains { try !edits(of: $0.id).isEmpty }
    }
}
