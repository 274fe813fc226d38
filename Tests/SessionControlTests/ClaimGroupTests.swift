import MethodKit
import SessionControl
import Testing

/// Which claims one session tests.
@Suite struct ClaimGroupTests {
    /// A method with claims for two presets.
    enum Scales: Method {
        enum Arm: String, MethodArm {
            case light, heavy, same, gold
            var help: String { rawValue }
        }
        struct Inputs: MethodInputs {
            @Input("grams", in: 1...1000) var grams = 10
        }

        static let card = Card(
            id: "scales", title: "Scales",
            paper: Citation(authors: "None", title: "None", year: 2026, arXiv: "0000.00000"),
            idea: "", equations: [], data: "", headline: "", differences: [])
        static let version = 1
        static let weight = Metric("weight", "in grams", better: .higher)
        static let metrics = [weight]
        static let stages: [Stage<Inputs>] = []
        static let presets = [Preset<Inputs>("full", ""), Preset<Inputs>("wide", "")]
        static let claims = [
            claim("first", .heavy, .arms(Arm.same)),
            claim("second", .gold, .none(because: "None."), preset: "wide"),
            claim("third", .same, .none(because: "None.")),
        ]
        static let coincidences: [Coincidence<Inputs>] = []

        private static func claim(
            _ sentence: String, _ arm: Arm, _ controls: Controls, preset: String = "full"
        ) -> Claim {
            Claim(
                sentence, conditions: [.better(weight, of: arm, than: Arm.light, by: 1)], controls: controls,
                preset: preset, equalCompute: "")
        }

        static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {}
    }

    private let method = MethodInfo(Scales.self)

    /// Claims of one preset share a session, whose arms are those of all of them; others have one of their own.
    @Test func claimsOfOnePresetShareASession() {
        let groups = method.claimGroups
        #expect(groups.map { $0.claims.map(\.sentence) } == [["first", "third"], ["second"]])
        #expect(groups.map(\.arms) == [["heavy", "light", "same"], ["gold", "light"]])
        #expect(groups.map(\.preset) == ["full", "wide"] && groups[1].seeds == Claim.defaultSeeds)
    }

    @Test func aSessionTellsOfTheClaimsThatItTests() {
        func told(_ preset: String, _ arms: String...) -> [String] {
            method.claims(testedWith: preset, arms: arms).map(\.sentence)
        }
        #expect(told("full", "heavy", "light", "same") == ["first", "third"])
        // A control that was not run does not keep the claim from being told.
        #expect(told("full", "heavy", "light") == ["first"])
        #expect(told("wide", "gold", "light", "heavy") == ["second"])
        // A preset that no claim is made for, to try things out, tells of all whose arms were run.
        #expect(told("smoke", "heavy", "gold", "light") == ["first", "second"])
    }
}
