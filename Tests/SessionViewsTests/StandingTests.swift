import Foundation
import MethodKit
import SessionControl
import SessionViews
import Store
import Testing

/// What is known of a claim from several sessions.
@Suite struct StandingTests {
    private let fixture: Fixture, method: MethodInfo, claim: Claim

    init() throws {
        fixture = try Fixture()
        method = try Fixture.method("steve")
        claim = try #require(method.claims.first)
    }

    /// Stores a claim's session whose pairs have these effects.
    private func store(
        _ preset: String, _ effects: [UInt64: Double], typed: [String: String] = [:], isEdited: Bool = false,
        version: Int? = nil
    ) throws {
        let (_, trials) = try fixture.store.create(
            NewSession(
                method: "steve", methodVersion: version ?? method.version, benchtop: "test", preset: preset,
                purpose: "claim", inputs: try method.texts(preset: preset, typed: typed),
                metrics: method.metrics, machine: [:],
                trials: effects.keys.sorted().flatMap { seed in
                    claim.arms.map { NewTrial(arm: $0, seed: seed) }
                }))
        let metric = try #require(method.metrics.firstIndex { $0.name == "success" })
        let edit = Edit(step: 1, input: "beta", text: "2", before: "0.5")
        for trial in trials {
            let value = trial.arm == claim.arm ? 0.4 + (effects[trial.seed] ?? 0) : 0.4
            try fixture.store.append([
                TrialBatch(
                    trial: trial.id, points: [Point(metric: metric, step: 1, elapsed: 0, value: value)],
                    events: isEdited ? [TimedEvent(step: 0, elapsed: 0, event: .edit(edit))] : [],
                    completed: 1, status: .finished)
            ])
        }
    }

    private func effects(_ sign: Double) -> [UInt64: Double] {
        Dictionary(
            uniqueKeysWithValues: claim.seeds.enumerated().map { ($1, sign * (0.3 + Double($0) / 100)) })
    }

    private func standing(_ origin: ClaimStanding.Origin = .own) throws -> ClaimStanding {
        try ClaimStanding(claim, of: method, in: [(fixture.store, origin)])
    }

    @Test func onlyTheClaimsOwnTestIsKnown() throws {
        #expect(try standing().text == "not run")
        try store(claim.preset, effects(1))
        let day = Dates.day(Date())
        #expect(try standing().text == "holds, and beyond `unlikelihood` (mine, \(day))")
        #expect(try standing(.recorded).text == "holds, and beyond `unlikelihood` (recorded)")
        // Other presets, seeds, inputs, and edits on the way: each is listed, none overwrites.
        try store("smoke", effects(-1))
        try store(claim.preset, [1: -0.3, 2: -0.31])
        try store(claim.preset, effects(-1), typed: ["beta": "2"])
        let others = try standing()
        #expect(others.text == "holds, and beyond `unlikelihood` (mine, \(day))")
        #expect(
            others.otherTexts == [
                "contradicted; behind `unlikelihood`, with preset \(claim.preset) with other inputs, 5 seeds (mine, \(day))",
                "contradicted; behind `unlikelihood`, with preset \(claim.preset), 2 seeds (mine, \(day))",
                "contradicted; behind `unlikelihood`, with preset smoke, 5 seeds (mine, \(day))",
            ])
        try store(claim.preset, effects(-1), isEdited: true)
        #expect(try standing().text == "holds, and beyond `unlikelihood` (mine, \(day))")
        // The newest of its own kind is what is known.
        try store(claim.preset, effects(-1))
        #expect(try standing().text == "contradicted; behind `unlikelihood` (mine, \(day))")
    }

    /// What an earlier version of the method found is shown as that, and only while this one has found nothing.
    @Test func anEarlierVersionIsSaidToBeOne() throws {
        let earlier = method.version - 1
        try store(claim.preset, effects(-1), version: earlier)
        #expect(
            try standing(.recorded).text
                == "contradicted; behind `unlikelihood` (recorded, version \(earlier) of the method)")
        try store(claim.preset, effects(1))
        #expect(try standing(.recorded).text == "holds, and beyond `unlikelihood` (recorded)")
        #expect(try standing(.recorded).otherTexts == [])
    }

    @Test func theRecordedTestStaysBesideTheUsers() throws {
        try store(claim.preset, effects(-1))
        let both = try ClaimStanding(
            claim, of: method, in: [(fixture.store, .own), (fixture.store, .recorded)])
        #expect(both.known?.origin == .own)
        #expect(
            both.otherTexts == [
                "contradicted; behind `unlikelihood`, with preset \(claim.preset), 5 seeds (recorded)"
            ])
    }
}
