import Base
import MethodKit
import Tensors
import Testing

/// An engine of one layer, which reports what a training step takes.
private enum Gauge: Method {
    enum Arm: String, MethodArm {
        case whole, frozen
        var help: String { self == .whole ? "trains both layers" : "trains the head alone" }
    }

    struct Inputs: MethodInputs {
        @Input("steps", in: 1...10) var steps = 4
    }

    struct State: Codable {
        var network: Network
        var optimiser = AdamW()

        struct Network: Module {
            var body: Linear
            let head: Linear
        }

        mutating func learn() {
            network.head(network.body(Tensor.full([64, 32], 0.5))).square().mean().backward()
            optimiser.step(network, rate: 1e-3)
        }
    }

    static let card = Card(
        id: "gauge", title: "Gauge", paper: Citation(authors: "", title: "", year: 2026, arXiv: "0000.00000"),
        idea: "", equations: [], data: "", headline: "", differences: [])
    static let version = 1
    static let bytes = Metric("training bytes", "tensors in a step, at most", unit: "bytes", better: .lower)
    static let metrics = [bytes]
    static let train = Stage<Inputs>("train") { $0.steps }
    static let stages = [train]
    static let presets = [Preset<Inputs>("smoke", "seconds")]
    static let claims: [Claim] = []
    static let coincidences: [Coincidence<Inputs>] = []

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        var random = trial.stream("weights")
        let body = Linear(32, 128, using: &random), head = Linear(128, 4, using: &random)
        var state = State(network: State.Network(body: arm == .frozen ? try body.frozen() : body, head: head))
        try trial.run(train, state: &state) { state, _, _ in
            let (_, taken) = TensorMemory.during { state.learn() }
            trial.report(bytes, Double(TensorMemory.bytes(of: state) + taken.peak - taken.left))
        }
    }
}

/// What tensors take in a step is a metric like any other: equal runs, stopped or not, give equal numbers.
@Suite struct MemoryMetricTests {
    @Test func trainingBytesAreReported() throws {
        let info = MethodInfo(Gauge.self)
        func bytes(_ arm: String) throws -> [Double] {
            let link = TrialLink()
            try info.run(arm, texts: Run.smoke(info), seed: 1, link: link)
            return link.drain().points.map(\.value)
        }
        let whole = try bytes("whole"), frozen = try bytes("frozen")
        #expect(try bytes("whole") == whole)
        #expect(whole.count == 4 && Set(whole.dropFirst()).count == 1)
        // Weights, gradient and two moments of the body; only its weights where it is frozen.
        #expect(whole[3] - frozen[3] >= Double(3 * 4 * (32 * 128 + 128)))
    }

    @Test func goingOnFromACheckpointReportsTheSame() throws {
        let info = MethodInfo(Gauge.self)
        let whole = try Run(info, "whole", seed: 1), first = try Run(info, "whole", seed: 1, stopAt: 2)
        let second = try Run(info, "whole", seed: 1, resume: first.resume)
        #expect(first.said.points + second.said.points == whole.said.points)
    }
}
