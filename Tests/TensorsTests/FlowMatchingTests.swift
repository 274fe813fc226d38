import Base
import Foundation
import Testing

@testable import Tensors

/// Flow matching against the numbers of Mochi's code, and what follows from its formulas.
@Suite struct FlowMatchingTests {
    struct Golden: Decodable {
        let num_steps: Int, threshold: Double, sigma: [Double]
        let z: [Float], eps: [Float], s: Double, z_sigma: [Float], target: [Float]
    }

    @Test func agreesWithTheOfficialCode() throws {
        let file = try #require(
            Bundle.module.url(forResource: "Golden/musicinfuser-flow", withExtension: "json"))
        let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
        let schedule = FlowMatching.linearQuadraticSchedule(golden.num_steps, threshold: golden.threshold)
        #expect(schedule.count == golden.sigma.count)
        #expect(zip(schedule, golden.sigma).allSatisfy { abs($0 - $1) < 1e-9 })
        let z = Tensor(golden.z, [1, 3]), eps = Tensor(golden.eps, [1, 3])
        PyTorchTests.expectClose(
            FlowMatching.sample(z, eps, sigma: [golden.s]).values, golden.z_sigma, "z_sigma")
        PyTorchTests.expectClose(FlowMatching.target(z, eps).values, golden.target, "target")
    }

    @Test(arguments: [2, 3, 5, 16, 64]) func schedulesFallFromNoiseToData(_ steps: Int) {
        for schedule in [
            FlowMatching.linearQuadraticSchedule(steps), FlowMatching.uniformSchedule(steps),
        ] {
            #expect(schedule.count == steps + 1 && schedule[0] == 1 && abs(schedule[steps]) < 1e-12)
            #expect(zip(schedule, schedule.dropFirst()).allSatisfy { $0 > $1 })
        }
    }

    /// A network that knows the target leads from noise to the data along a straight line, whatever the steps.
    @Test func theTrueDirectionLeadsToTheData() {
        var random = RandomStream(seed: 41)
        let z = Tensor.gaussian([3, 4], using: &random), eps = Tensor.gaussian([3, 4], using: &random)
        for schedule in [FlowMatching.linearQuadraticSchedule(7), FlowMatching.uniformSchedule(3)] {
            var seen: [Double] = []
            let found = FlowMatching.generate(from: eps, schedule) { place, sigma in
                seen.append(sigma)
                let wanted = FlowMatching.sample(z, eps, sigma: [sigma, sigma, sigma])
                #expect(zip(place.values, wanted.values).allSatisfy { abs($0 - $1) < 1e-5 })
                return FlowMatching.target(z, eps)
            }
            #expect(seen == schedule.dropLast())
            #expect(zip(found.values, z.values).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    /// Entries of a batch have their own sigma.
    @Test func eachEntryHasItsOwnNoise() {
        let z = Tensor([1, 2, 3, 4], [2, 2]), eps = Tensor([0, 0, 8, 8], [2, 2])
        #expect(FlowMatching.sample(z, eps, sigma: [0, 0.5]).values == [1, 2, 5.5, 6])
    }
}
