import Foundation
import MethodKit

/// A second method that only tests know: it measures once, at the end.
enum Reef: Method {
    enum Arm: String, MethodArm {
        case bare, grown
        var help: String { self == .bare ? "A reef as it is: the baseline." : "A reef that grows." }
    }

    struct Inputs: MethodInputs {
        @Input("years", in: 1...1000) var years = 10
    }

    static let card = Card(
        id: "reef", title: "Reefs by Preference",
        paper: Citation(authors: "C. Coral", title: "Reefs by Preference", year: 2025, arXiv: "2501.00002"),
        idea: "Grow what fish prefer.", equations: [], data: "", headline: "", differences: ["None."])
    static let version = 1
    static let fish = Metric("fish", "fish at the end", better: .higher)
    static let area = Metric("area", "of coral", unit: "m²", better: .neither)
    static let metrics = [fish, area]
    static let grow = Stage<Inputs>("grow", unit: "year") { $0.years }
    static let stages = [grow]
    static let presets = [Preset<Inputs>("smoke", "for tests"), Preset<Inputs>("quick", "a moment")]
    static let claims = [
        Claim(
            "A grown reef has more fish on no more coral.",
            conditions: [
                .better(fish, of: Arm.grown, than: Arm.bare, by: 1),
                .level(area, of: Arm.grown, .within(2.5...3.5)),
            ],
            controls: .none(because: "Nothing else grows."), preset: "quick", seeds: [1, 2],
            equalCompute: "years")
    ]
    static let coincidences: [Coincidence<Inputs>] = []

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        var state = 0.0
        try trial.run(grow, state: &state) { state, _, _ in state += arm == .grown ? 2 : 1 }
        trial.report(fish, state)
        trial.report(area, 3)
    }
}
