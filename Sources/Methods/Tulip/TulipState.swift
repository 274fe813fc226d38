import Base
import Foundation
import MethodKit
import Tensors

extension Tulip {
    /// Both encoders, both decoders, and t' and b of each contrast.
    struct Student: Module {
        /// Which modalities a contrast compares; each has a t' and a b of its own.
        enum Contrast: Int, CaseIterable { case imageText, imageImage, textText }

        /// Both encoders, whose embeddings are contrasted.
        let image: ImageEncoder
        let text: TextEncoder
        /// Both decoders, each fed by an embedding of either modality.
        let imageDecoder: ImageDecoder
        let textDecoder: TextDecoder
        /// t' and b, by contrast: [1] each
        let logScales, biases: [Tensor]

        init(_ source: some PairSource, using random: inout RandomStream) {
            image = ImageEncoder(source.grid, using: &random)
            text = TextEncoder(source.vocabulary, using: &random)
            imageDecoder = ImageDecoder(source.grid, using: &random)
            textDecoder = TextDecoder(source.vocabulary, using: &random)
            logScales = Contrast.allCases.map { _ in .full([1], Float(SigLIP.initialLogScale), trains: true) }
            biases = Contrast.allCases.map { _ in .full([1], Float(SigLIP.initialBias), trains: true) }
        }
    }

    /// Everything that changes while TULIP runs.
    struct State: Codable {
        /// What is trained, and evaluated.
        var student: Student
        /// The exponential moving average of the student's image encoder.
        var teacher: ImageEncoder
        var optimiser = AdamW(decay: 1e-4)
        /// Images that went through an image encoder.
        var imagesSeen = 0
        /// Accuracies of the probes at the first evaluation, before the arm has learnt anything to speak of.
        var firstAccuracies: [Double] = []
        /// Streams of the batches, of generated views, of local views, and of masks and latents.
        var draws, views, corners, masks: RandomStream

        init(_ source: some PairSource, _ trial: Trial<Inputs>) throws {
            var weights = trial.stream("weights")
            student = Student(source, using: &weights)
            // A copy: tensors are shared by reference, and the teacher's must not move with the student's.
            teacher = try student.image.frozen()
            draws = trial.stream("draws")
            views = trial.stream("views")
            corners = trial.stream("corners")
            masks = trial.stream("masks")
        }

        /// One update on one batch.
        ///
        /// - Returns: the losses that are on.
        mutating func learn(
            _ idea: Idea, _ source: some PairSource, _ inputs: Inputs, rate: Double
        ) -> LossParts<Double> {
            // Which items a batch has comes from a stream of its own, so that all arms see the same batches.
            let pairs = min(inputs.batch * idea.batches, source.training)
            let items = draws.choose(pairs, of: source.training)
            let batch = ViewBatch(items, idea, source, using: &views)
            let losses = losses(batch, idea, source.grid, inputs)
            losses.total(inputs.weights).backward()
            optimiser.step(student, rate: rate, clip: inputs.clip)
            if idea.hasTeacher {
                // §3  the teacher's image encoder follows the student's.
                followAverage(teacher, of: student.image, decay: inputs.decay)
            }
            return losses.map { Double($0.item) }
        }

        /// How far the teacher's parameters are from the student's, in lengths of the student's.
        var teacherDistance: Double {
            var (apart, length) = (0.0, 0.0)
            for (t, s) in zip(teacher.tensors, student.image.tensors) {
                for (a, b) in zip(t.values, s.values) {
                    apart += Double(a - b) * Double(a - b)
                    length += Double(b) * Double(b)
                }
            }
            return (apart / length).squareRoot()
        }

        // MARK: The losses of a batch

        /// The losses that are on, as tensors whose gradients reach the student alone.
        mutating func losses(
            _ batch: ViewBatch, _ idea: Idea, _ grid: PatchGrid, _ inputs: Inputs
        ) -> LossParts<Tensor> {
            let images = student.image(batch.images), texts = student.text(batch.texts)
            imagesSeen += batch.images.shape[0]
            var parts = LossParts(imageText: imageText(images, texts, batch, idea))
            if idea.hasTeacher { addSameModality(&parts, images, texts, batch, idea, grid) }
            if idea.rebuilds { addReconstructions(&parts, images, texts, batch, inputs) }
            return parts
        }

        /// L_IT of the student's images and texts, each followed by their negative views; of SigLIP's extra views all
        /// count.
        private func imageText(_ images: Tensor, _ texts: Tensor, _ batch: ViewBatch, _ idea: Idea) -> Tensor
        {
            guard idea.hasTeacher || batch.positives == 0 else {
                let signs = signsOfViews(items: batch.count, views: 1 + batch.positives)
                return contrast(.imageText, images, texts, signs)
            }
            return contrast(
                .imageText, batch.withoutPositives(images), batch.withoutPositives(texts),
                GeCo.imageText(batch: batch.count, negatives: batch.negatives))
        }

        /// §3  L_cont = L_IT + L_II + L_TT: the teacher's embeddings of global views against the student's texts,
        /// against its global views and against its local views; the student's texts against each other.
        private mutating func addSameModality(
            _ parts: inout LossParts<Tensor>, _ images: Tensor, _ texts: Tensor, _ batch: ViewBatch,
            _ idea: Idea, _ grid: PatchGrid
        ) {
            // Anchors are originals, then positive views: [2 count, d]. No gradient reaches the teacher.
            let anchors = withoutGradient { teacher(batch.images.slice(0..<2 * batch.count)) }
            let originals = anchors.slice(0..<batch.count)
            let signs = GeCo.sameModality(batch: batch.count, negatives: batch.negatives)
            let localSigns = GeCo.sameModality(batch: batch.count, negatives: 0)
            let allSigns = GeCo.bothAnchors(batch: batch.count, negatives: batch.negatives)
            // Rows by columns: teacher's originals by the student's texts [count, count + negatives]; no negative
            // image is among the rows, so the signs are those within a modality …
            let byTeacher = contrast(.imageText, originals, batch.withoutPositives(texts), signs)
            // … its originals and positive views by all of the student's images [2 count, 2 count + negatives] …
            let global = contrast(.imageImage, anchors, images, allSigns)
            // … and its originals by one corner of each image [count, count]; last, texts by texts as images by
            // images.
            let local = contrast(.imageImage, originals, localViews(batch, grid), localSigns)
            let ofTexts = contrast(.textText, texts.slice(0..<2 * batch.count), texts, allSigns)
            // The teacher's two views and the student's local one.
            imagesSeen += 3 * batch.count
            parts.imageText = Self.mean(parts.imageText, byTeacher, weight: idea.sameModality)
            parts.imageImage = Self.mean(global, local, weight: 1).weighted(idea.sameModality)
            parts.textText = ofTexts.weighted(idea.sameModality)
        }

        /// (a + w b) / (1 + w)
        private static func mean(_ a: Tensor, _ b: Tensor, weight w: Double) -> Tensor {
            (a + b * Float(w)) * Float(1 / (1 + w))
        }

        /// The student's embeddings of one local view of each original.
        mutating func localViews(_ batch: ViewBatch, _ grid: PatchGrid) -> Tensor {
            let windows = (0..<batch.count).map { _ in grid.window(corner: corners.below(4)) }
            // All patches of all originals under each other, so that one gather picks those of every corner.
            let rows = batch.images.slice(0..<batch.count).reshaped([batch.count * grid.tokens, grid.width])
            let picked = windows.enumerated().flatMap { item, window in window.map { item * grid.tokens + $0 }
            }
            let patches = rows.gathered(picked, [batch.count, windows[0].count])
            return student.image(patches, places: windows.flatMap { $0 })
        }

        /// §3  L_rec: the latent of one modality, by turns of a coin, feeds both decoders.
        private mutating func addReconstructions(
            _ parts: inout LossParts<Tensor>, _ images: Tensor, _ texts: Tensor, _ batch: ViewBatch,
            _ inputs: Inputs
        ) {
            // One coin a step, not one an item.
            let latent = (masks.chance(0.5) ? images : texts).slice(0..<batch.count)
            let truth = batch.images.slice(0..<batch.count)
            let isHidden = Self.mask(truth.shape[0], truth.shape[1], share: inputs.mask, using: &masks)
            let rebuilt = student.imageDecoder(truth, latent, isHidden: isHidden)
            let words = batch.originalTexts
            parts.image = ImageDecoder.loss(rebuilt, truth, isHidden: isHidden)
            parts.text = TextDecoder.loss(student.textDecoder(words, latent), words)
        }

        /// Hides the same number of patches of each image, at least one.
        static func mask(_ images: Int, _ tokens: Int, share: Double, using random: inout RandomStream)
            -> [Bool]
        {
            let count = max(1, Int((share * Double(tokens)).rounded()))
            return (0..<images).flatMap { _ -> [Bool] in
                var hidden = Array(repeating: false, count: tokens)
                for token in random.choose(count, of: tokens) { hidden[token] = true }
                return hidden
            }
        }

        /// The sigmoid loss of two sides' embeddings, here brought to length 1.
        func contrast(_ kind: Student.Contrast, _ x: Tensor, _ y: Tensor, _ signs: PairSigns) -> Tensor {
            let products = x.normalised().matmul(y.normalised(), transposed: true)
            let (logScale, bias) = (student.logScales[kind.rawValue], student.biases[kind.rawValue])
            let t = exp(Double(logScale.item))  // t = exp(t')
            let outcome = SigLIP.outcome(products.doubles, signs, scale: t, bias: Double(bias.item))
            // dL/dt' = t dL/dt; the value stands on one of the three, and their slopes on each.
            return products.loss(value: outcome.loss, slopes: outcome.slopes)
                + logScale.loss(value: 0, slopes: [outcome.scaleSlope * t])
                + bias.loss(value: 0, slopes: [outcome.biasSlope])
        }
    }
}
