import Base
import Datasets
import Foundation
import MethodKit
import Tensors
import Testing

@testable import Methods

/// What a step of TULIP is made of: the contrast of two sides, the teacher, and the order of views.
@Suite struct TulipLearningTests {
    /// The slopes of a contrast are those of its value, through lengths of 1, t = exp(t') and b.
    @Test func aContrastsSlopesAreThoseOfItsValue() throws {
        let trial = try Self.state()
        let student = trial.state.student, kind = Tulip.Student.Contrast.imageImage
        var random = RandomStream(seed: 31)
        let x = Tensor.gaussian([4, Tulip.Size.width], deviation: 3, trains: true, using: &random)
        let y = Tensor.gaussian([6, Tulip.Size.width], deviation: 0.2, trains: true, using: &random)
        let t = student.logScales[kind.rawValue], b = student.biases[kind.rawValue]
        Self.set(b, [-1])
        let signs = Tulip.GeCo.bothAnchors(batch: 2, negatives: 2)
        func value() -> Double { Double(trial.state.contrast(kind, x, y, signs).item) }
        trial.state.contrast(kind, x, y, signs).backward()
        for (tensor, places) in [(x, [0, 70, 200]), (y, [5, 130, 380]), (t, [0]), (b, [0])] {
            let gradient = try #require(tensor.gradient).values
            for place in places {
                let own = tensor.values,
                    width: Float = tensor.count == 1 ? 1e-2 : 1e-2 * abs(own[place]) + 1e-3
                func shifted(_ by: Float) -> Double {
                    var values = own
                    values[place] += by
                    Self.set(tensor, values)
                    defer { Self.set(tensor, own) }
                    return value()
                }
                let slope = (shifted(width) - shifted(-width)) / Double(2 * width)
                #expect(
                    abs(slope - Double(gradient[place])) < 0.02 * abs(slope) + 2e-3,
                    "\(tensor.shape) \(place)")
            }
        }
    }

    @Test func theTeacherFollowsAfterTheStep() throws {
        var (state, source, inputs) = try Self.state()
        let before = state.teacher.tensors.map(\.values)
        _ = state.learn(Tulip.idea(.tulip, inputs), source, inputs, rate: 1e-2)
        let students = state.student.image.tensors.map(\.values)
        for (index, teacher) in state.teacher.tensors.enumerated() {
            for (place, value) in teacher.values.enumerated() {
                let wanted = 0.99 * before[index][place] + 0.01 * students[index][place]
                #expect(abs(value - wanted) < 1e-6)
            }
        }
        #expect(state.teacherDistance > 0)
    }

    /// Without same-modality contrasts there is no teacher to move.
    @Test func sigLIPHasNoTeacher() throws {
        var (state, source, inputs) = try Self.state()
        let before = state.teacher.tensors.map(\.values)
        let losses = state.learn(Tulip.idea(.siglip, inputs), source, inputs, rate: 1e-2)
        #expect(state.teacher.tensors.map(\.values) == before)
        #expect(
            losses.imageImage == nil && losses.textText == nil && losses.image == nil && losses.text == nil)
    }

    @Test func viewsComeInOneOrder() throws {
        let (_, source, inputs) = try Self.state()
        var random = RandomStream(seed: 32)
        let items = [5, 2, 9, 1]
        let batch = Tulip.ViewBatch(items, Tulip.idea(.tulip, inputs), source, using: &random)
        #expect(batch.count == 4 && batch.positives == 1 && batch.negatives == 4 && batch.texts.count == 12)
        func words(_ place: Int) -> [Int] {
            Array(batch.texts.tokens.dropFirst(place * batch.texts.width).prefix(batch.texts.lengths[place]))
        }
        var unused = RandomStream(seed: 0)
        for (place, item) in items.enumerated() {
            let own = source.vocabulary.encode(source.caption(item, .original, using: &unused))
            #expect(words(place) == own)
            // Told from the other thing: the same words but for the relation's; swapped: never the same text.
            #expect(
                words(4 + place)
                    == source.vocabulary.encode(source.caption(item, .positive(.moved), using: &unused)))
            #expect(words(8 + place) != own)
            let pixels = source.grid.patches(source.image(item, .original, using: &unused))
            #expect(batch.images.slice(place..<place + 1).values == pixels)
        }
        let kept = batch.withoutPositives(batch.images)
        #expect(kept.values == batch.images.slice(0..<4).values + batch.images.slice(8..<12).values)
    }

    @Test func aLocalViewIsACorner() {
        let grid = Tulip.PatchGrid(side: 16, patchSide: 4)
        #expect(grid.window(corner: 0) == [0, 1, 2, 4, 5, 6, 8, 9, 10])
        #expect(grid.window(corner: 3) == [5, 6, 7, 9, 10, 11, 13, 14, 15])
    }

    /// The claim's direction at small size, and its limit: what positive images keep stays in the embedding, and what
    /// they draw anew does not.
    @Test func whatPositiveImagesKeepStays() throws {
        let info = MethodInfo(Tulip.self), metric = info.metrics.firstIndex { $0.name == "detail probe" }
        let typed = [
            "scenes": "400", "heldOut": "200", "batch": "32", "steps": "100", "every": "100", "rate": "2e-3",
        ]
        func detail(_ arm: String) throws -> Double {
            let link = TrialLink()
            try info.run(arm, texts: info.texts(preset: "quick", typed: typed), seed: 1, link: link)
            return try #require(link.drain().points.last { $0.metric == metric }).value
        }
        let siglip = try detail("siglip"), tulip = try detail("tulip"), redrawn = try detail("redrawn")
        #expect(tulip > siglip + 0.1)
        #expect(tulip > redrawn + 0.1)
    }

    /// Pictures with several captions lie on one side of the split.
    @Test func whatIsHeldOutIsNotLearntFrom() throws {
        let shipped = ShippedFolder.pictures.path
        let names = try FileManager.default.contentsOfDirectory(atPath: shipped).filter {
            $0.hasSuffix(".png")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var lines = ""
        for (place, name) in names.sorted().prefix(30).enumerated() {
            try FileManager.default.copyItem(
                atPath: "\(shipped)/\(name)", toPath: folder.appending(path: name).path)
            for caption in 0..<3 { lines += "\(name)\tpicture\(place) said\(caption)\n" }
        }
        try Data(lines.utf8).write(to: folder.appending(path: PictureFolder.captionsName))
        var random = RandomStream(seed: 33)
        let set = try Tulip.PictureSet(folder: folder.path, using: &random)
        #expect(set.count == 90 && set.training == 72)
        func pictures(_ items: Range<Int>) -> Set<String> {
            Set(items.map { String(set.caption($0, .original, using: &random).prefix { $0 != " " }) })
        }
        #expect(pictures(0..<set.training).isDisjoint(with: pictures(set.training..<set.count)))
    }

    /// Writes values into a parameter: an average that keeps nothing of the old ones.
    private static func set(_ tensor: Tensor, _ values: [Float]) {
        followAverage(tensor, of: Tensor(values, tensor.shape), decay: 0)
    }

    static func state(seed: UInt64 = 1) throws -> (
        state: Tulip.State, source: Tulip.SceneSet, inputs: Tulip.Inputs
    ) {
        var random = RandomStream(seed: 30), inputs = Tulip.Inputs()
        (inputs.batch, inputs.scenes, inputs.heldOut) = (8, 24, 8)
        let source = Tulip.SceneSet(training: 24, heldOut: 8, using: &random)
        let trial = Trial<Tulip.Inputs>(
            of: Tulip.self, arm: .siglip, inputs: inputs, plan: TrialPlan(of: Tulip.self, seed: seed),
            link: TrialLink())
        return (try Tulip.State(source, trial), source, inputs)
    }
}
