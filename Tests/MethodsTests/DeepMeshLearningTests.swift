import Base
import Datasets
import Foundation
import MethodKit
import Tensors
import Testing

@testable import Methods

/// What carries DPO from samples to weights, and what is measured at the end.
@Suite struct DeepMeshLearningTests {
    private static let set: DeepMesh.MeshSet = {
        var inputs = DeepMesh.Inputs()
        (inputs.meshes, inputs.candidates, inputs.validation, inputs.tests) = (400, 40, 60, 120)
        return DeepMesh.MeshSet(inputs, RandomStream(seed: 21))
    }()

    // MARK: Data

    @Test func whatIsHeldOutIsNotLearntFrom() {
        let test = Set(Self.set.test.map(\.shape)), validation = Set(Self.set.validation.map(\.shape))
        for item in Self.set.training + Self.set.candidates {
            #expect(!test.contains(item.shape) && !validation.contains(item.shape))
        }
        #expect(test.isDisjoint(with: validation))
    }

    /// The pretraining and the pairs are shared only by trials that hold the same shapes out.
    @Test func sharedStagesKnowWhatIsHeldOut() throws {
        let cache = CountingCache(), info = MethodInfo(DeepMesh.self)
        for (typed, computed) in [
            ([:], 3), (["updates": "5", "every": "1"], 3), (["tests": "7"], 5), (["validation": "5"], 7),
        ] {
            let texts = try info.texts(preset: "smoke", typed: typed)
            try info.run("pretrained", texts: texts, seed: 1, cache: cache, link: TrialLink())
            #expect(cache.computed == computed, "\(typed)")
        }
    }

    @Test func lowPolyMeshesHaveTwelveToFortyFaces() {
        var random = RandomStream(seed: 22)
        let counts = (0..<2_000).map { _ in DeepMesh.LowPoly.mesh(using: &random).faces.count }
        #expect(counts.min() == 12 && counts.max() == 40)
    }

    // MARK: Pairs

    /// The meshes' log-probabilities are sums over windows that are shorter than they are, and their slopes go back
    /// the same way.
    @Test func slopesOfMeshesAreThoseOfTheirSums() {
        let meshes = Self.set.candidates.prefix(3).map(\.tokens)
        let batch = DeepMesh.WindowBatch(meshes, .desk, length: 24)
        let longest = batch.windows.map(\.read.count).max() ?? 0, width = DeepMesh.Vocabulary.desk.count
        #expect(batch.windows.count > 8)
        var random = RandomStream(seed: 23)
        let shape = [batch.windows.count, longest, width], weights = [0.7, -1.3, 0.4]
        let scores = Tensor.gaussian(shape, trains: true, using: &random)
        let tokens = scores.logProbabilities(of: batch.targets)
        let sums = batch.sums(tokens.doubles)
        // Each mesh is scored once, token by token, whatever windows it was read in.
        for (mesh, sum) in zip(meshes.indices, sums) {
            let rows = batch.windows.indices.filter { batch.owners[$0] == mesh }
            let own = rows.flatMap { row in (0..<longest).map { tokens.doubles[row * longest + $0] } }
            #expect(own.count { $0 != 0 } == meshes[mesh].count + 1)
            #expect(abs(own.reduce(0, +) - sum) < 1e-9)
        }
        tokens.loss(value: 0, slopes: batch.spread(weights)).backward()
        let slopes = scores.gradient?.values ?? []
        for _ in 0..<60 {
            let place = random.below(scores.count)
            func value(_ shift: Float) -> Double {
                var values = scores.values
                values[place] += shift
                let changed = Tensor(values, shape).logProbabilities(of: batch.targets)
                return zip(batch.sums(changed.doubles), weights).reduce(0) { $0 + $1.0 * $1.1 }
            }
            let slope = (value(0.01) - value(-0.01)) / 0.02
            #expect(abs(slope - Double(slopes[place])) < 1e-4)
        }
    }

    /// The reference is the policy that DPO starts from, read over all windows of a sequence.
    @Test(arguments: ["dpo", "anchored"]) func aRunStartsAtTheReferenceAndPushesPairsApart(arm: String) throws
    {
        let found = try Self.run(arm, preset: "smoke", ["window": "24", "updates": "6", "rate": "0.001"])
        let losses = found["DPO loss"] ?? [], margins = found["reward margin"] ?? []
        #expect(abs((losses.first ?? 0) - log(2)) < 1e-3)
        #expect(abs(margins.first ?? 1) < 1e-3)
        #expect((margins.last ?? 0) > 0.01)
    }

    /// Both are measured whether or not stopping is on: they are what over-optimisation is seen by.
    @Test func stoppingEarlyIsMeasuredBesideTheLastStep() throws {
        let rate = ["rate": "0.05", "updates": "8", "every": "1", "stopsEarly": "false"]
        let late = try Self.run("dpo", preset: "smoke", rate)
        let early = try Self.run("dpo", preset: "smoke", rate.merging(["stopsEarly": "true"]) { $1 })
        #expect(late["best score"] != late["last score"])
        #expect(late["best score"] == early["best score"] && late["last score"] == early["last score"])
        #expect(late["excess Chamfer"] != early["excess Chamfer"])
    }

    @Test func chamferIsItsExcessAndTheFloor() throws {
        let found = try Self.run("dpo", preset: "smoke", [:])
        let (all, floor) = (found["Chamfer"]?.last ?? 0, found["sampling floor"]?.last ?? 0)
        #expect(floor > 0.1 && abs(all - floor - (found["excess Chamfer"]?.last ?? 0)) < 1e-12)
    }

    /// A cloud of one point, one as large as numbers go, a mesh without an area: the model says a mesh for each.
    @Test(arguments: ["v 1 2 3\n", "v 1e30 0 0\nv -1e30 1 2\n", "v 0 0 0\nv 0 0 0\nv 0 0 0\nf 1 2 3\n"])
    func anyCloudHasItsMesh(_ text: String) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).obj").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(filePath: path))
        let info = MethodInfo(DeepMesh.self)
        let texts = try info.texts(applying: Run.smoke(info), typed: ["cloud": path])
        let trained = try KeptRuns.run(info, "pretrained")
        let said = try Run(
            info, "pretrained", tool: "generate", seed: 1, texts: texts, resume: trained.lastStateAlone)
        #expect(said.artifacts.contains { $0.0 == "streamed" } && said.said.points.count == 2)
    }

    @Test func filesThatCannotServeAreRefusedBeforeTraining() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("{\"pair\": 1}\n".utf8).write(to: URL(filePath: path))
        let link = TrialLink(), info = MethodInfo(DeepMesh.self)
        let texts = try info.texts(preset: "smoke", typed: ["choices": path])
        #expect(throws: (any Error).self) { try info.run("dpo", texts: texts, seed: 1, link: link) }
        #expect(link.drain().points.isEmpty)
    }

    /// What each metric was at its steps.
    private static func run(_ arm: String, preset: String, _ typed: [String: String]) throws -> [String:
        [Double]]
    {
        let info = MethodInfo(DeepMesh.self), link = TrialLink()
        try info.run(arm, texts: info.texts(preset: preset, typed: typed), seed: 1, link: link)
        return Dictionary(grouping: link.drain().points) { info.metrics[$0.metric].name }.mapValues {
            $0.map(\.value)
        }
    }

    // MARK: Tokens and pictures

    @Test func aFaceSaidTwiceClosesNothing() {
        #expect(
            DeepMesh.MeshQuality.distinct([[0, 1, 2], [2, 1, 0], [1, 2, 3]]) == [[0, 1, 2], [1, 2, 3]])
    }

    /// Three faces at an edge leave no edge open and still close nothing.
    @Test func aThirdFaceAtAnEdgeIsNotWatertight() {
        let tetrahedron: [SIMD3<Int32>] = [[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]]
        #expect(Topology(of: tetrahedron).isWatertight)
        let twins: [SIMD3<Int32>] = [[0, 1, 5], [0, 4, 1], [0, 5, 4], [1, 4, 5]]
        let both = Topology(of: tetrahedron + twins)
        #expect(both.open.isEmpty && both.nonManifold.count == 1 && !both.isWatertight)
    }

    /// There and back: each axis keeps its own coordinate, to half a step of the grid.
    @Test func aMeshComesBackWhereItWas() {
        let vertices: [SIMD3<Double>] = [[3, 10, -4], [9, 12, 1], [4, 11, 5], [6, 18, 2]]
        let mesh = TriangleMesh(vertices: vertices, faces: [[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]])
        let grid = DeepMesh.QuantisedMesh(mesh, .paper)
        // The longest side of the box, 9 wide, fills two thousandths less than 512 steps.
        let step = 9.0 / 500
        for vertex in vertices {
            let nearest = grid.vertices.map { place -> Double in
                let back = grid.placement.place(place, levels: 512) - vertex
                return max(abs(back.x), abs(back.y), abs(back.z))
            }.min()
            #expect((nearest ?? 1) < step, "\(vertex)")
        }
    }

    @Test func anyTokensCanBeDecoded() {
        var random = RandomStream(seed: 24)
        for vocabulary in [DeepMesh.Vocabulary.desk, .paper] {
            let tokens = (0..<20_000).map { _ in
                random.chance(0.01) ? vocabulary.begin : random.below(vocabulary.count - 2)
            }
            let decoded = DeepMesh.Detokeniser(tokens, vocabulary)
            #expect(decoded.malformed > 0 && decoded.triangles.count == decoded.patches.count)
            #expect(decoded.triangles.allSatisfy { !$0.isDegenerate })
        }
    }

    @Test func aGrowingMeshMarksItsNewestPatchAndTheCentre() throws {
        let decoded = DeepMesh.Detokeniser(try #require(Self.set.test.first).tokens, .desk)
        #expect(decoded.patchCount > 1)
        for patch in 1...decoded.patchCount {
            let picture = DeepMesh.picture(decoded, patches: patch)
            let own = decoded.patches.count { $0 == patch - 1 }
            #expect(picture.faces.count == decoded.patches.count { $0 < patch })
            #expect(picture.marked.count { $0.count == 2 } == 3 * own)
            let centre = try #require(picture.marked.last { $0.count == 1 })[0]
            #expect(picture.faces.suffix(own).allSatisfy { $0.contains(centre) })
        }
        #expect(DeepMesh.picture(decoded).marked.isEmpty)
    }

    // MARK: The tool

    @Test func aVertexThatNoFaceUsesMovesNothing() {
        let mesh = TriangleMesh(
            vertices: [[0, 0, 0], [3, 0, 0], [0, 2, 0], [0, 0, 1]], faces: [[0, 1, 2], [1, 2, 3]])
        var stray = mesh
        stray.vertices.append(SIMD3(1e30, 0, 0))
        #expect(
            DeepMesh.QuantisedMesh(stray, .paper).triangles == DeepMesh.QuantisedMesh(mesh, .paper).triangles)
    }

    @Test func aMeshThatFallsToNothingIsRefused() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).obj").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("v 1 2 3\nv 1 2 3\nv 1 2 3\nf 1 2 3\n".utf8).write(to: URL(filePath: path))
        let info = MethodInfo(DeepMesh.self)
        let texts = try info.texts(tool: "tokenise", preset: "smoke", typed: ["mesh": path])
        let error = #expect(throws: (any Error).self) {
            try info.run("tokenise", tool: "tokenise", texts: texts, seed: 1, link: TrialLink())
        }
        #expect("\(String(describing: error))".contains("keeps an area"))
    }
}
