import Base
import MethodKit
import Tensors
import Testing

@testable import Methods

/// How TULIP's losses are put together: which embeddings meet which signs, what feeds the decoders, what stays unread,
/// and where gradients end. Each expectation is written out here, from the embeddings on.
@Suite struct TulipCompositionTests {
    /// L_IT: the student's originals and negatives, and the teacher's originals, against the student's texts, half each.
    @Test func imagesMeetTexts() throws {
        var run = try Composed(.tulip)
        let losses = run.losses()
        let own = run.signs(8, 8) { row, column in
            row < 4 && column < 4 ? (row == column ? 1 : -1) : row >= 4 && column >= 4 ? 0 : -1
        }
        let teachers = run.signs(4, 8) { row, column in row == column ? 1 : -1 }
        let images = run.images, texts = run.texts
        let originalsAndNegatives = Array(images[0..<4] + images[8..<12]),
            spoken = Array(texts[0..<4] + texts[8..<12])
        let wanted =
            (run.loss(originalsAndNegatives, spoken, own)
                + run.loss(Array(run.teachers[0..<4]), spoken, teachers)) / 2
        #expect(abs(Double(losses.imageText.item) - wanted) < 1e-4 * wanted)
    }

    /// L_II: the teacher's originals and positive views against all of the student's images, and its originals against
    /// the student's local views, half each. The student's own anchors would give another value.
    @Test func imagesMeetImages() throws {
        var run = try Composed(.tulip)
        let locals = run.locals()
        let losses = run.losses()
        func loss(by anchors: [[Double]]) -> Double {
            let global = run.loss(Array(anchors[0..<8]), run.images, run.signs(8, 12, Composed.bothAnchors))
            let local = run.loss(
                Array(anchors[0..<4]), locals, run.signs(4, 4) { row, column in row == column ? 1 : -1 })
            return (global + local) / 2
        }
        let found = Double(try #require(losses.imageImage).item), wanted = loss(by: run.teachers)
        #expect(abs(found - wanted) < 1e-4 * wanted)
        #expect(abs(found - loss(by: run.images)) > 1e-3 * wanted)
    }

    /// L_TT: the student's texts on both sides, for texts have no average.
    @Test func textsMeetTexts() throws {
        var run = try Composed(.tulip)
        let losses = run.losses()
        let wanted = run.loss(Array(run.texts[0..<8]), run.texts, run.signs(8, 12, Composed.bothAnchors))
        #expect(abs(Double(try #require(losses.textText).item) - wanted) < 1e-4 * wanted)
        // Nothing beside the student encodes texts.
        let encoders = Mirror(reflecting: run.state).children.filter { $0.value is Tulip.TextEncoder }
        #expect(encoders.isEmpty)
        #expect(Mirror(reflecting: run.state.student).children.count { $0.value is Tulip.TextEncoder } == 1)
    }

    /// With extra views all images of an item belong to all its texts.
    @Test func extraViewsAreFurtherPairs() throws {
        var run = try Composed(.views)
        let losses = run.losses()
        #expect(run.images.count == 24 && run.texts.count == 24)
        let signs = run.signs(24, 24) { row, column in row % 4 == column % 4 ? 1 : -1 }
        let wanted = run.loss(run.images, run.texts, signs)
        #expect(abs(Double(losses.imageText.item) - wanted) < 1e-4 * wanted)
        #expect(losses.imageImage == nil && losses.image == nil)
    }

    /// One modality's latent feeds both decoders: image and text are rebuilt from the same one, now this, now that.
    @Test func oneLatentFeedsBothDecoders() throws {
        var fromImages = 0, fromTexts = 0
        for seed in 0..<12 {
            var run = try Composed(.tulip, masks: UInt64(seed))
            let byImages = run.rebuilt(from: run.state.student.image(run.batch.images)),
                byTexts = run.rebuilt(from: run.state.student.text(run.batch.texts))
            let losses = run.losses()
            let found = [
                Double(try #require(losses.image).item), Double(try #require(losses.text).item),
            ]
            #expect(byImages[0] != byTexts[0] && byImages[1] != byTexts[1])
            if found == byImages { fromImages += 1 }
            if found == byTexts { fromTexts += 1 }
        }
        #expect(fromImages + fromTexts == 12 && fromImages > 0 && fromTexts > 0)
    }

    /// What is hidden reaches the decoder by the embedding alone.
    @Test func hiddenPatchesStayUnread() throws {
        let run = try Composed(.tulip)
        var random = RandomStream(seed: 40)
        let x = run.batch.images.slice(0..<4), hidden = Tulip.State.mask(4, 16, share: 0.9, using: &random)
        let width = x.shape[2]
        let changed = x.values.enumerated().map { hidden[$0 / width] ? $1 + 3 : $1 }
        let latent = run.state.student.image(x), decoder = run.state.student.imageDecoder
        let first = decoder(x, latent, isHidden: hidden)
        #expect(first.values == decoder(Tensor(changed, x.shape), latent, isHidden: hidden).values)
        // A shown patch is read.
        let shown = x.values.enumerated().map { hidden[$0 / width] ? $1 : $1 + 3 }
        #expect(first.values != decoder(Tensor(shown, x.shape), latent, isHidden: hidden).values)
    }

    /// The teacher is an average of students, not something that is trained.
    @Test func noGradientReachesTheTeacher() throws {
        var run = try Composed(.tulip)
        run.losses().total(run.inputs.weights).backward()
        #expect(run.state.teacher.tensors.allSatisfy { $0.gradient == nil })
        #expect(run.state.student.image.tensors.allSatisfy { $0.gradient != nil })
        #expect(run.state.student.text.tensors.allSatisfy { $0.gradient != nil })
    }

    /// A step of TULIP encodes six images an item, and so do the controls of equal compute.
    @Test(arguments: [Tulip.Arm.tulip, .kept, .redrawn, .views, .wide])
    func imagesAreEncodedEquallyOften(_ arm: Tulip.Arm) throws {
        var (state, source, inputs) = try TulipLearningTests.state()
        inputs.batch = 4
        _ = state.learn(Tulip.idea(arm, inputs), source, inputs, rate: 1e-3)
        #expect(state.imagesSeen == 6 * 4)
    }
}

/// One batch of four items, its embeddings of length 1 in Double, and the losses that the engine makes of it.
private struct Composed {
    var state: Tulip.State
    let source: Tulip.SceneSet
    let inputs: Tulip.Inputs
    let idea: Tulip.Idea
    let batch: Tulip.ViewBatch
    let images, texts, teachers: [[Double]]

    init(_ arm: Tulip.Arm, masks: UInt64 = 50) throws {
        (state, source, inputs) = try TulipLearningTests.state()
        // A teacher that is not the student, and a bias at which positive and negative pairs both weigh.
        let other = try TulipLearningTests.state(seed: 2).state
        state.teacher = try other.student.image.frozen()
        state.masks = RandomStream(seed: masks)
        for bias in state.student.biases { followAverage(bias, of: Tensor([-1], [1]), decay: 0) }
        idea = Tulip.idea(arm, inputs)
        var random = RandomStream(seed: 41)
        batch = Tulip.ViewBatch([5, 2, 9, 1], idea, source, using: &random)
        images = Self.rows(state.student.image(batch.images))
        texts = Self.rows(state.student.text(batch.texts))
        teachers = Self.rows(state.teacher(batch.images))
    }

    mutating func losses() -> Tulip.LossParts<Tensor> { state.losses(batch, idea, source.grid, inputs) }

    /// Local views as the next losses will draw them.
    func locals() -> [[Double]] {
        var copy = state
        return Self.rows(copy.localViews(batch, source.grid))
    }

    /// Both reconstructions from one latent, with the masks that the next losses will draw.
    func rebuilt(from embeddings: Tensor) -> [Double] {
        var masks = state.masks
        _ = masks.chance(0.5)
        let truth = batch.images.slice(0..<4), latent = embeddings.slice(0..<4), words = batch.originalTexts
        let hidden = Tulip.State.mask(4, 16, share: inputs.mask, using: &masks)
        let rebuilt = state.student.imageDecoder(truth, latent, isHidden: hidden)
        return [
            Double(Tulip.ImageDecoder.loss(rebuilt, truth, isHidden: hidden).item),
            Double(Tulip.TextDecoder.loss(state.student.textDecoder(words, latent), words).item),
        ]
    }

    func signs(_ rows: Int, _ columns: Int, _ sign: (Int, Int) -> Int8) -> Tulip.PairSigns {
        Tulip.PairSigns(rows: rows, columns: columns, sign)
    }

    /// Four originals and four positive views against originals, positive views, negative views.
    static func bothAnchors(_ row: Int, _ column: Int) -> Int8 {
        if column >= 8 { return -1 }
        if row / 4 == column / 4 { return 0 }
        return row % 4 == column % 4 ? 1 : -1
    }

    /// Eq. 1 with t = 10 and b = -1.
    func loss(_ x: [[Double]], _ y: [[Double]], _ signs: Tulip.PairSigns) -> Double {
        let products = x.flatMap { row in y.map { zip(row, $0).reduce(0) { $0 + $1.0 * $1.1 } } }
        return Tulip.SigLIP.outcome(products, signs, scale: 10, bias: -1).loss
    }

    private static func rows(_ embeddings: Tensor) -> [[Double]] {
        let width = embeddings.shape[1], values = embeddings.normalised().values.map(Double.init)
        return (0..<embeddings.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
}
