import Foundation
import MethodKit

/// A method that only tests know: small enough to run in a moment, with an input and a metric of every kind, and
/// with letters that no seven-bit terminal has.
enum Dune: Method {
    enum Arm: String, MethodArm {
        case flat, wave, still
        var help: String {
            switch self {
            case .flat: "Sand without wind: the baseline."
            case .wave: "The paper's wind, σ² of it."
            case .still: "Neither sand nor wind."
            }
        }
    }

    struct Inputs: MethodInputs {
        @Input("step length of the wind", in: 0...10, live: true, symbol: "η") var rate = 0.1
        @Input("how strong gusts are; σ → 0 is calm", in: 0...1, symbol: "σ") var gust = 0.25
        @Input("steps of training", in: 1...100_000) var steps = 40
        @Input("steps of warming, shared by the arms", in: 1...1000) var warmSteps = 20
        @Input("whether gusts are drawn anew", live: true) var redraws = true
    }

    struct State: Codable { var height = 2.0 }

    static let card = Card(
        id: "dune", title: "Dunes That Learn",
        paper: Citation(
            authors: "A. Sand et al.", title: "Dunes That Learn", year: 2026, arXiv: "2601.00001"),
        idea:
            "Wind moves a dune — grain by grain — and a dune that learns from σ² moves where the wind will be.",
        equations: [
            Equation("Eq. 1", "h' = h − η·∇h, |σ| ≤ 1", in: "Dune.height"),
            Equation("§3.2", "σ → 0 ⇒ h → π/2", in: "Dune.calm"),
        ],
        data: "Heights drawn from the seed.", headline: "12.5 m/s at 3 × the sand.",
        differences: ["A dune here is a number; the paper's has 10⁶ grains."],
        remarks: ["“Still” is a control."])
    static let version = 1
    static let loss = Metric(
        "height", "how far the dune is from where it should be", unit: "m", better: .lower)
    static let speed = Metric("speed", "metres that it moved in a step", better: .higher)
    static let grains = Metric("grains", "grains at the end", better: .neither)
    static let metrics = [loss, speed, grains]
    static let warm = Stage<Inputs>.shared("warm", reads: [\.warmSteps]) { $0.warmSteps }
    static let blow = Stage<Inputs>("blow") { $0.steps }
    static let stages = [warm, blow]
    static let presets = [
        Preset<Inputs>("smoke", "for tests"),
        Preset<Inputs>("quick", "a moment") { $0.steps = 60 },
        Preset<Inputs>("full", "the claim's") { $0.steps = 100 },
    ]
    static let claims = [
        Claim(
            "A dune with wind ends at least 0.1 m nearer than one without, with at least 90 % of its grains.",
            conditions: [
                .better(loss, of: Arm.wave, than: Arm.flat, by: 0.1),
                .ratio(grains, of: Arm.wave, to: Arm.flat, .above(0.9)),
            ],
            controls: .arms(Arm.still), seeds: [11, 12, 13], equalCompute: "steps")
    ]
    static let coincidences: [Coincidence<Inputs>] = []

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        var state = State()
        try trial.run(warm, state: &state) { state, step, _ in
            state.height *= 0.99
            if step == 5 { trial.log("warm → ready") }
        }
        try trial.run(blow, state: &state) { state, step, inputs in
            state.height -= arm == .wave ? inputs.rate * state.height : 0.01
            trial.report(loss, state.height)
            if step == inputs.steps { trial.report(grains, 1_000) }
            if step % 10 == 0 { trial.keep("words", .text([Span("height \(state.height)")])) }
        }
    }
}
