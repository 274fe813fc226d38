import Base
import Checkpoints
import Foundation
import MethodKit
import Methods
import Tensors
import Testing

/// A layer that is in the state and never trained fails here, not silently at the end of a claim.
@Suite struct TrainedPartsTests {
    @Test(arguments: CatalogueTests.methods)
    func allThatTrainsIsMoved(_ method: MethodInfo) throws {
        var moving: Set<String> = [], reached: Set<String> = []
        for arm in method.arms {
            for (stage, state) in try KeptRuns.run(method, arm.name).states {
                let parts = try TrainedParts(state)
                #expect(parts.forgotten == [], "\(arm.name), \(stage)")
                moving.formUnion(parts.moving)
                reached.formUnion(parts.moving.subtracting(parts.unmoved))
            }
        }
        // An arm may leave a part out that another one trains; no part is left out by all.
        #expect(moving.subtracting(reached) == [], "no gradient of any arm reaches these")
    }

    // MARK: The check itself

    /// A body and a head, of which a step may forget one.
    struct Learner: Codable {
        var body: Linear
        var head: Linear
        var teacher: Linear?
        var optimiser = AdamW(), sgd = SGD()

        init() {
            var random = RandomStream(seed: 61)
            body = Linear(3, 3, using: &random)
            head = Linear(3, 1, using: &random)
        }

        func loss() -> Tensor { head(body(Tensor.full([2, 3], 1))).square().sum() }
    }

    private static func parts(_ learner: some Encodable) throws -> TrainedParts {
        try TrainedParts(StateCoding.encode(learner))
    }

    @Test func aForgottenLayerIsNamed() throws {
        var learner = Learner()
        #expect(try Self.parts(learner).forgotten == [])
        learner.loss().backward()
        learner.optimiser.step(learner.body, rate: 0.1)
        #expect(try Self.parts(learner).forgotten == ["head.bias", "head.weight"])
        learner.loss().backward()
        learner.sgd.step(learner.head, rate: 0.1)
        #expect(try Self.parts(learner).forgotten == [])
    }

    @Test func aWholeLearnerForgetsNothing() throws {
        struct Network: Module { let body, head: Linear }
        struct Whole: Codable {
            var network: Network
            var optimiser = AdamW()
            var teacher: Network?
        }
        let start = Learner()
        var whole = Whole(network: Network(body: start.body, head: start.head))
        start.loss().backward()
        whole.optimiser.step(whole.network, rate: 0.1)
        func forgotten() throws -> [String] { try Self.parts(whole).forgotten }
        #expect(try forgotten() == [])
        whole.teacher = try whole.network.frozen()
        #expect(try forgotten() == [])
        // A copy that trains is one that somebody forgot to freeze.
        whole.teacher = try whole.network.copied()
        #expect(try forgotten().contains("teacher.body.weight"))
    }

    @Test func aLayerThatNoLossReadsIsUnmoved() throws {
        var learner = Learner()
        learner.body(Tensor.full([2, 3], 1)).sum().backward()
        learner.optimiser.step([learner.body, learner.head], rate: 0.1)
        #expect(try Self.parts(learner).unmoved == ["Index 1.weight", "Index 1.bias"])
    }
}
