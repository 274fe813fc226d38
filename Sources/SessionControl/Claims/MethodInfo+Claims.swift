import Base
import MethodKit
import Store

extension MethodInfo {
    /// The claims that one session can test, with the arms that they need.
    public struct ClaimGroup: Sendable {
        /// Claims for one preset and the same seeds, in the method's order.
        public let claims: [Claim]
        /// All arms that their conditions and controls read.
        public var arms: [String] { claims.flatMap(\.arms).unique }
        /// Their preset and seeds.
        public var preset: String { claims[0].preset }
        public var seeds: [UInt64] { claims[0].seeds }
    }

    /// The method's claims by the session that tests them, that of the headline claim first.
    public var claimGroups: [ClaimGroup] {
        var groups: [[Claim]] = []
        for claim in claims {
            if let place = groups.firstIndex(where: { $0[0].isTested(with: claim) }) {
                groups[place].append(claim)
            } else {
                groups.append([claim])
            }
        }
        return groups.map { ClaimGroup(claims: $0) }
    }

    /// The claims of which a session of these arms says something: those that are made for its preset, or all where none
    /// is, and whose conditions read no other arm.
    public func claims(testedWith preset: String, arms: [String]) -> [Claim] {
        let own = claims.filter { $0.preset == preset }
        return (own.isEmpty ? claims : own).filter { $0.conditions.flatMap(\.arms).allSatisfy(arms.contains) }
    }
}

extension SessionStore {
    /// What a claim's session says of the claims that it tests, the headline first; none of other sessions.
    ///
    /// - Throws: `StoreError`.
    public func claimReports(of session: SessionRecord, method: MethodInfo) throws -> [ClaimReport] {
        guard session.isClaim else { return [] }
        let arms = try trials(of: session.id).map(\.arm).unique
        return try method.claims(testedWith: session.preset, arms: arms).map {
            try ClaimReport($0, in: session, store: self)
        }
    }
}
