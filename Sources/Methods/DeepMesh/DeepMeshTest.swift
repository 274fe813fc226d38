import Base
import MethodKit
import Tensors

extension DeepMesh {
    /// What samples for some clouds are worth on the mean.
    struct Measured {
        /// Chamfer, and the floor that sampling its points sets: what two draws from one surface are apart.
        let chamfer, floor: Double
        /// Hausdorff, open edges, share of watertight meshes, and the score.
        let hausdorff, openShare, watertight, score: Double
        /// Faces and tokens of a sample.
        let faces, tokens: Double

        /// Chamfer above the floor.
        var excess: Double { chamfer - floor }

        /// Means over one sample for each item.
        init(_ samples: [[Int]], _ found: [MeshQuality], _ items: [MeshItem]) {
            let share = 1 / Double(max(1, found.count))
            func mean(_ part: (MeshQuality) -> Double) -> Double {
                found.reduce(0) { $0 + part($1) } * share
            }
            chamfer = mean(\.chamfer)
            floor = items.reduce(0) { $0 + $1.floor } * share
            hausdorff = mean(\.hausdorff)
            openShare = mean(\.openShare)
            watertight = mean { $0.isWatertight ? 1 : 0 }
            score = mean(\.score)
            faces = mean { Double($0.faces) }
            tokens = samples.reduce(0) { $0 + Double($1.count) } * share
        }
    }
}

extension DeepMesh.State {
    /// One mesh for each cloud, as tokens.
    func meshes(
        of model: DeepMesh.Model, for clouds: [[SIMD3<Float>]], at temperature: Double,
        _ decoding: DeepMesh.Decoding, _ inputs: DeepMesh.Inputs, using random: inout RandomStream
    ) -> [[Int]] {
        let tries = decoding.tries,
            sampler = sampler(model, inputs, temperature: temperature * decoding.cooling)
        let all = sampler.meshes(
            for: clouds.flatMap { Array(repeating: $0, count: tries) }, using: &random)
        return clouds.indices.map {
            DeepMesh.Decoding.choice(of: Array(all[$0 * tries..<($0 + 1) * tries]), model.vocabulary)
        }
    }

    /// Measures one sample for each item; the same stream gives equal models equal samples.
    func measure(
        _ model: DeepMesh.Model, _ items: [DeepMesh.MeshItem], at temperature: Double,
        _ decoding: DeepMesh.Decoding, _ inputs: DeepMesh.Inputs, _ stream: RandomStream
    ) -> DeepMesh.Measured {
        var random = stream
        let samples = meshes(
            of: model, for: items.map(\.cloud), at: temperature, decoding, inputs, using: &random)
        // From the stream that drew the samples: the points of a sample are part of the draw.
        let found = zip(samples, items).map {
            DeepMesh.MeshQuality($0, $1, model.vocabulary, using: &random)
        }
        return DeepMesh.Measured(samples, found, items)
    }

    /// The test of the policy that early stopping takes, and of the last one, at one of the two temperatures. The
    /// policy that was taken is the model from then on.
    mutating func test(
        _ arm: DeepMesh.Arm, _ set: DeepMesh.MeshSet, isWarm: Bool, _ inputs: DeepMesh.Inputs,
        _ trial: Trial<DeepMesh.Inputs>
    ) throws {
        let temperature = isWarm ? inputs.warmTemperature : inputs.temperature
        // From one seed for all policies; draws part where policies say meshes of other lengths.
        let stream = trial.stream("test"), decoding = arm.decoding
        func measured(_ model: DeepMesh.Model) -> DeepMesh.Measured {
            measure(model, set.test, at: temperature, decoding, inputs, stream)
        }
        if isWarm {
            let found = measured(model)
            trial.report(DeepMesh.warmOpenEdges, found.openShare)
            return trial.report(DeepMesh.warmExcess, found.excess)
        }
        let last = model, isLastBest = !arm.learns || bestUpdate == inputs.updates
        let best = isLastBest ? last : stopping.best ?? last
        let ofLast = measured(last), ofBest = isLastBest ? ofLast : measured(best)
        if inputs.stopsEarly { model = best }
        trial.report(DeepMesh.bestScore, ofBest.score)
        trial.report(DeepMesh.lastScore, ofLast.score)
        trial.report(DeepMesh.bestUpdate, Double(bestUpdate))
        trial.report(DeepMesh.updatesMade, arm.learns ? Double(inputs.updates) : 0)
        trial.report(DeepMesh.drawn, Double(decoding.tries))
        report(inputs.stopsEarly ? ofBest : ofLast, trial)
    }

    private func report(_ found: DeepMesh.Measured, _ trial: Trial<DeepMesh.Inputs>) {
        trial.report(DeepMesh.openEdges, found.openShare)
        trial.report(DeepMesh.excess, found.excess)
        trial.report(DeepMesh.chamfer, found.chamfer)
        trial.report(DeepMesh.floor, found.floor)
        trial.report(DeepMesh.watertight, found.watertight)
        trial.report(DeepMesh.hausdorff, found.hausdorff)
        trial.report(DeepMesh.sampleTokens, found.tokens)
        trial.report(DeepMesh.sampleFaces, found.faces)
    }
}
