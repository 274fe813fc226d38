import Checkpoints
import Datasets
import Foundation
import MethodKit
import Tensors
import Testing

@testable import Methods

@Suite struct DeepMeshTests {
    static let shipped: [String] = {
        let folder = ShippedFiles.folder("Meshes")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".obj") }.sorted().map { "\(folder)/\($0)" }
    }()

    // MARK: The tokeniser

    @Test(arguments: MeshTokeniser.Merging.allCases)
    func lowPolyMeshesComeBack(merging: MeshTokeniser.Merging) {
        var random = RandomStream(seed: 1)
        for _ in 0..<300 {
            let mesh = QuantisedMesh(LowPoly.mesh(using: &random), .desk)
            let tokens = MeshTokeniser.tokens(of: mesh, .desk, merging: merging)
            let decoded = MeshDecoder(tokens, .desk)
            #expect(Set(decoded.triangles) == Set(mesh.triangles))
            #expect(decoded.malformed == 0)
        }
    }

    @Test func fixedMergingSavesTokensAndLosesNothing() {
        var random = RandomStream(seed: 2)
        var (released, fixed) = (0, 0)
        for _ in 0..<50 {
            let mesh = QuantisedMesh(LowPoly.mesh(using: &random), .desk)
            released += MeshTokeniser.tokens(of: mesh, .desk).count
            fixed += MeshTokeniser.tokens(of: mesh, .desk, merging: .fixed).count
        }
        #expect(fixed < released)
    }

    /// Claim A of the desk: short sequences, oriented faces reproduced, for every manifold mesh of 500 faces or more.
    @Test func shippedMeshesAreShortAndComeBack() throws {
        #expect(Self.shipped.count >= 6)
        var large = 0
        for path in Self.shipped {
            let found = MeshRoundTrip(try MeshFile.read(path), merging: .released)
            #expect(found.reproduced + found.turned == found.quantised.faces.count, "\(path)")
            let isManifold = found.topology.nonManifold.isEmpty && found.topology.flipped == 0
            guard isManifold else { continue }
            #expect(found.reproduced == found.quantised.faces.count, "\(path)")
            guard found.quantised.faces.count >= 500 else { continue }
            large += 1
            // A mesh of thin open strips, the lantern, needs a little more.
            #expect(found.ratio <= (found.topology.isWatertight ? 0.40 : 0.42), "\(path): \(found.ratio)")
        }
        #expect(large > 0)
        #expect(Double(MeshVocabulary.bpt.count - 2) / Double(MeshVocabulary.paper.count - 2) > 8.6)
    }

    @Test func timeGrowsWithTheFaces() {
        func sphere(_ rings: Int) -> TriangleMesh {
            let across = 2 * rings
            var mesh = TriangleMesh()
            for ring in 0...rings {
                for place in 0..<across {
                    let (a, b) = (
                        Double.pi * Double(ring) / Double(rings),
                        2 * Double.pi * Double(place) / Double(across)
                    )
                    mesh.vertices.append(SIMD3(sin(a) * cos(b), sin(a) * sin(b), cos(a)))
                }
            }
            for ring in 0..<rings {
                for place in 0..<across {
                    let next = (place + 1) % across
                    let corners = [
                        ring * across + place, ring * across + next, (ring + 1) * across + place,
                        (ring + 1) * across + next,
                    ].map(Int32.init)
                    mesh.faces += [
                        SIMD3(corners[0], corners[2], corners[1]), SIMD3(corners[1], corners[2], corners[3]),
                    ]
                }
            }
            return mesh
        }
        func seconds(_ rings: Int) -> Double {
            let mesh = sphere(rings), clock = ContinuousClock()
            let spent = clock.measure { _ = MeshRoundTrip(mesh, merging: .released) }
            return Double(spent.components.attoseconds) / 1e18 + Double(spent.components.seconds)
        }
        let small = (0..<3).map { _ in seconds(112) }.min() ?? 0  // 50,176 faces
        let large = seconds(224)  // 200,704 faces
        // Four times the faces: linear would be 4, a square 16.
        #expect(large < 9 * small + 0.2)
    }

    // MARK: The network

    @Test(arguments: [1, 2, 3]) func aStreamSaysWhatTheWholeSequenceSays(k: Int) {
        var random = RandomStream(seed: 3)
        let model = MeshModel(.desk, shortening: k, using: &random)
        let tokens = [MeshVocabulary.desk.begin] + (0..<13).map { _ in random.below(140) }
        let cloud = (0..<16).map { _ in
            SIMD3<Float>(Float(random.uniform(-1, 1)), Float(random.uniform(-1, 1)), 0)
        }
        let whole = withoutGradient { Head.rows(model([tokens, tokens], [cloud, cloud])) }
        var stream = model.begin([cloud, cloud], window: 100)
        for (place, token) in tokens.enumerated() {
            let row = model.next([token, token], &stream)[1]
            #expect(zip(row, whole[place]).allSatisfy { abs($0 - $1) < 1e-3 }, "token \(place)")
        }
    }

    @Test func noTokenReadsALaterOne() {
        var random = RandomStream(seed: 4)
        let model = MeshModel(.desk, shortening: 3, using: &random)
        let cloud = [SIMD3<Float>(0, 0.5, 1), SIMD3<Float>(1, 0, 0)]
        let tokens = (0..<12).map { _ in random.below(140) }
        for changed in 1..<12 {
            var other = tokens
            other[changed] = (other[changed] + 1) % 140
            let rows = withoutGradient { Head.rows(model([tokens, other], [cloud, cloud])) }
            for place in 0..<changed { #expect(rows[place] == rows[12 + place]) }
            #expect(rows[changed] != rows[12 + changed])
        }
    }

    @Test func aFullWindowBeginsAnewWithItsLastHalf() {
        var random = RandomStream(seed: 5)
        let model = MeshModel(.desk, shortening: 3, using: &random)
        let cloud = [SIMD3<Float>(0, 0.5, 1)], tokens = (0..<11).map { _ in random.below(140) }
        var stream = model.begin([cloud], window: 8), last: [Double] = []
        for token in tokens { last = model.next([token], &stream)[0] }
        // After eight tokens the stream read tokens 4 to 7 anew, then 8, 9 and 10.
        let whole = withoutGradient { Head.rows(model([Array(tokens[4...])], [cloud])) }
        #expect(zip(last, whole[6]).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test func windowsScoreEachTokenOnce() {
        let mesh = Array(0..<50), whole = mesh + [MeshVocabulary.desk.end]
        for length in [8, 9, 20, 51, 200] {
            let windows = TokenWindow.all(of: mesh, .desk, length: length)
            #expect(windows.flatMap { $0.targets.filter { $0 >= 0 } } == whole)
            #expect(windows.allSatisfy { $0.read.count <= length && $0.read.count == $0.targets.count })
        }
    }

    @Test func temperatureSharpensDraws() {
        var random = RandomStream(seed: 6)
        let logits = [0.0, 1.0, 2.0]
        for temperature in [0.5, 1.0] {
            let weights = logits.map { exp($0 / temperature) }, total = weights.reduce(0, +)
            var counts = [0.0, 0, 0]
            for _ in 0..<20_000 {
                counts[GumbelMax.draw(logits, temperature: temperature, using: &random)] += 1 / 20_000
            }
            #expect(zip(counts, weights).allSatisfy { abs($0 - $1 / total) < 0.015 })
        }
    }

    // MARK: Preferences

    @Test func bothArmsOfDPOPushPairsApart() {
        let outcome = DPO.outcome(
            policy: DPO.Pair(win: -30, lose: -28), reference: DPO.Pair(win: -31, lose: -30), beta: 0.1)
        let inputs = DeepMesh.Inputs()
        for arm in [DeepMesh.Arm.dpo, .anchored] {
            let lesson = DeepMesh.lesson(arm, outcome, inputs)
            #expect(lesson.win < 0 && lesson.lose > 0)
        }
        #expect(DeepMesh.lesson(.preferred, outcome, inputs).lose == 0)
    }

    @Test func theUsersChoiceDecidesWhereTheScoreDoesNot() throws {
        let set = Self.set
        var random = RandomStream(seed: 7)
        let good = set.test[0].tokens,
            other = MeshTokeniser.tokens(
                of: QuantisedMesh(LowPoly.mesh(using: &random), .desk), .desk)
        let quality = MeshQuality(good, set.test[0], .desk, using: &random)
        let samples = [(good, quality), (other, quality)]
        let path = FileManager.default.temporaryDirectory.appending(
            path: "choices-\(UInt64.random(in: 0..<1 << 60)).jsonl"
        ).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        func judge(_ text: String) throws -> (pair: PreferencePair?, open: OpenChoice?) {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let rule = PreferenceRule(
                margin: 0.08, decent: 4, choices: try ChoiceFile(text.isEmpty ? "" : path))
            return rule.judge(3, samples)
        }
        #expect(try judge("").pair == nil)
        #expect(try judge("").open?.a == good)
        #expect(try judge(#"{"pair": 3, "chosen": "b"}"#).pair?.win == other)
        #expect(
            try judge("{\"pair\": 3, \"chosen\": \"b\"}\n{\"pair\": 3, \"chosen\": \"a\"}\n").pair?.win
                == good)
        #expect(throws: FileError.self) { try judge(#"{"pair": 3, "chosen": "left"}"#) }
        let clear = PreferenceRule(margin: 0.08, decent: 4, choices: try ChoiceFile(""))
            .judge(0, [(good, quality), ([0], MeshQuality([0], set.test[0], .desk, using: &random))])
        #expect(clear.pair?.win == good && clear.pair?.lose == [0])
    }

    @Test func anyChoicesAreReadOrRefused() throws {
        let sound = "{\"pair\": 3, \"chosen\": \"b\"}\n{\"pair\": 12, \"chosen\": \"a\"}\n"
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Fuzz.check(Array(sound.utf8), seed: 14) { bytes in
            try Data(bytes).write(to: URL(filePath: path))
            _ = try ChoiceFile(path)
        }
    }

    private static let set: MeshSet = {
        var inputs = DeepMesh.Inputs()
        (inputs.meshes, inputs.candidates, inputs.validation, inputs.tests) = (200, 2, 2, 4)
        return MeshSet(inputs, RandomStream(seed: 9))
    }()

    @Test func halfOfTheMeshesHaveAHoleAndTheirCloudsHaveNone() {
        let holes = Self.set.training.filter { $0.openShare > 0 }
        #expect((70...130).contains(holes.count))
        #expect(Self.set.test.allSatisfy { $0.openShare == 0 && $0.floor > 0 && $0.floor < 0.4 })
        var random = RandomStream(seed: 1)
        for item in Self.set.test {
            let quality = MeshQuality(item.tokens, item, .desk, using: &random)
            #expect(quality.isWatertight && quality.chamfer < 2 * item.floor)
        }
    }

    @Test func curationDropsThem() {
        var inputs = DeepMesh.Inputs()
        (inputs.meshes, inputs.candidates, inputs.validation, inputs.tests) = (100, 1, 1, 1)
        inputs.curates = true
        let set = MeshSet(inputs, RandomStream(seed: 9))
        #expect((20..<80).contains(set.training.count))
        #expect(set.training.allSatisfy { $0.openShare == 0 })
    }

    // MARK: The tool

    @Test func aUsersMeshIsATool() throws {
        let info = MethodInfo(DeepMesh.self), link = TrialLink()
        let path = try #require(Self.shipped.first)
        try info.run("dpo", texts: info.texts(preset: "quick", typed: ["mesh": path]), seed: 1, link: link)
        let batch = link.drain()
        let reproduced = info.metrics.firstIndex { $0.name == "faces reproduced" }
        #expect(batch.points.contains { $0.metric == reproduced && $0.value > 0.9 })
        let artifacts = batch.events.compactMap { event -> String? in
            if case .artifact(let name, _) = event.event { name } else { nil }
        }
        #expect(Set(artifacts) == ["round trip", "ribbon", "tokenisers", "tokens"])
    }
}
