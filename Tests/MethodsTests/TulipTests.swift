import Base
import Datasets
import Foundation
import MethodKit
import Tensors
import Testing

@testable import Methods

@Suite struct TulipTests {
    @Test func swappingMakesACaptionWrong() {
        var random = RandomStream(seed: 1)
        for _ in 0..<500 {
            let scene = Tulip.Scene(using: &random), swapped = scene.swapped(using: &random)
            // The other wording of the same scene is a positive view: a swap must not be that.
            #expect(swapped.caption != scene.caption && swapped.caption != scene.seenFromSecond.caption)
            #expect(swapped.stripes == scene.stripes && swapped.dots == scene.dots)
            #expect(scene.seenFromSecond.seenFromSecond == scene)
        }
    }

    @Test func captionsSayNothingOfTheDetails() {
        var random = RandomStream(seed: 2)
        let set = Tulip.SceneSet(training: 3_000, heldOut: 0, using: &random)
        var seen: [String: Set<Int>] = [:]
        for item in 0..<set.count {
            seen[set.caption(item, .original, using: &random), default: []].insert(
                set.details[0].labels[item])
        }
        // With some ten scenes a caption, nearly every one comes with several directions of stripes.
        #expect(seen.values.count { $0.count > 2 } > seen.count * 3 / 4)
    }

    /// What a swap or the other wording can change is not what divides training from held-out scenes.
    @Test func viewsStayInTheirFamily() {
        var random = RandomStream(seed: 7)
        var found: Set<Tulip.Scene.Family> = []
        for _ in 0..<2_000 {
            let scene = Tulip.Scene(using: &random)
            #expect(scene.swapped(using: &random).tuple == scene.tuple)
            #expect(scene.seenFromSecond.tuple == scene.tuple)
            found.insert(scene.family)
        }
        #expect(found == Set(Tulip.SceneSplit.allFamilies) && found.count == 54)
    }

    /// Repeats are counted: of held-out tuples in training and in its views, none; of new captions, none either, and of
    /// known ones all.
    @Test(arguments: [UInt64(1), 2, 11])
    func heldOutScenesAreNew(_ seed: UInt64) {
        var random = RandomStream(seed: seed)
        let set = Tulip.SceneSet(training: 1_500, heldOut: 1_000, using: &random)
        let training = 0..<set.training, heldOut = set.training..<set.count
        var tuples: Set<Tulip.Scene.Tuple> = [], captions: Set<String> = []
        for item in training {
            tuples.insert(set[item].tuple)
            tuples.insert(set.withNewDetails(set[item], using: &random).tuple)
            for view in [Tulip.PairView.original, .positive(.moved), .negative] {
                captions.insert(set.caption(item, view, using: &random))
            }
        }
        #expect(heldOut.count { tuples.contains(set[$0].tuple) } == 0)
        let own = Dictionary(uniqueKeysWithValues: heldOut.map { ($0, set[$0].caption) })
        #expect(set.newCaptions.count == 500)
        #expect(set.newCaptions.count { captions.contains(own[$0] ?? "") } == 0)
        let known = set.training..<set.newCaptions.lowerBound
        #expect(known.count == 500 && known.allSatisfy { captions.contains(own[$0] ?? "") })
    }

    /// Each kind of positive image keeps what it says that it keeps.
    @Test func positiveImagesKeepWhatTheySay() {
        var random = RandomStream(seed: 3)
        let set = Tulip.SceneSet(training: 200, heldOut: 0, using: &random)
        func dots(_ pixels: [Float]) -> Int {
            stride(from: 0, to: pixels.count, by: 3).count {
                pixels[$0] > 0.8 && pixels[$0 + 1] > 0.8 && pixels[$0 + 2] < 0.2
            }
        }
        for item in 0..<set.count {
            let kept = set.image(item, .positive(.kept), using: &random)
            #expect(dots(kept) == 4 * set[item].dots)
            #expect(kept != set.image(item, .original, using: &random))
        }
        let others = (0..<set.count).count {
            dots(set.image($0, .positive(.redrawn), using: &random)) == 4 * set[$0].dots
        }
        // One number of four is the old one by chance.
        #expect(others > 25 && others < 75)
        // A moved picture has its pixels, one over and darker by one factor.
        let pixels = set.image(0, .original, using: &random),
            view = set.image(0, .positive(.moved), using: &random)
        let shifts = (-1...1).flatMap { dy in (-1...1).map { (dy, $0) } }
        let fits = shifts.count { dy, dx in
            let ratios = (1..<15).flatMap { y in
                (1..<15).map { x in view[(y * 16 + x) * 3] / pixels[((y + dy) * 16 + x + dx) * 3] }
            }
            return ratios.allSatisfy { abs($0 - ratios[0]) < 1e-4 } && (0.85...1).contains(ratios[0] + 1e-5)
        }
        #expect(fits == 1)
    }

    /// A swapped pair belongs together, or the group score would ask for what is not there.
    @Test func aSwappedPairBelongsTogether() throws {
        var random = RandomStream(seed: 8)
        let set = Tulip.SceneSet(training: 50, heldOut: 0, using: &random)
        for item in 0..<set.count {
            var again = random
            let pair = try #require(set.swappedPair(item, using: &random))
            let scene = set[item].swapped(using: &again)
            #expect(pair.caption == scene.caption && pair.image == scene.rendered(using: &again))
        }
    }

    /// All four products count: each image against both captions, and each caption against both images.
    @Test func theGroupScoreIsWinogrounds() {
        #expect(Tulip.Winoground.isRight(own: [0.9, 0.8], crossed: [0.1, 0.7]))
        #expect(!Tulip.Winoground.isRight(own: [0.9, 0.6], crossed: [0.1, 0.7]))
        #expect(!Tulip.Winoground.isRight(own: [0.9, 0.8], crossed: [0.85, 0.1]))
        #expect(!Tulip.Winoground.isRight(own: [0.5, 0.5], crossed: [0.5, 0.1]))
        // Four of the 24 orders of four products are right.
        #expect(abs(Tulip.Winoground.chance(RandomStream(seed: 9)) - 1.0 / 6) < 0.03)
    }

    /// An image counts where its caption is among the five nearest of all different ones; equal embeddings do not count.
    /// The fifth nearest is near enough, the sixth is not; the fifty-first caption is nobody's rival.
    @Test func recallIsTheFifthOfFifty() throws {
        let state = try TulipLearningTests.state().state
        var random = RandomStream(seed: 12)
        let set = Tulip.SceneSet(training: 20, heldOut: 400, using: &random)
        let captions = (20..<set.count).map { set[$0].caption }
        // Places in order of appearance, each candidate on an axis of its own; all later captions share the last axes.
        let width = Tulip.Size.width
        #expect(width > 50 && set.newCaptions.map { set[$0].caption }.unique.count > 50)
        func axis(_ caption: String) -> Int {
            let place = newPlaces[caption] ?? 50
            return place < 50 ? place : 50
        }
        let newPlaces = Dictionary(
            uniqueKeysWithValues: set.newCaptions.map { set[$0].caption }.unique.enumerated().map { ($1, $0) }
        )
        func vectors(_ number: (Int) -> [Int: Float]) -> [Float] {
            captions.flatMap { caption in
                let values = number(axis(caption))
                return (0..<width).map { values[$0] ?? 0 }
            }
        }
        func recall(rivals: Int) throws -> Double {
            let images = vectors { own in
                var values: [Int: Float] = [50: 3]
                for rival in 1...rivals { values[(own + rival) % 50] = 2 }
                values[own] = 1
                return values
            }
            let embeddings = Tulip.Embeddings(
                images: Array(repeating: 0, count: 20 * width) + images, meanTokens: [],
                heldOutTexts: vectors { [$0: 1] })
            return try #require(state.recall(embeddings, set, of: set.newCaptions))
        }
        #expect(try recall(rivals: 4) == 1)
        #expect(try recall(rivals: 5) == 0)
    }

    /// Of equal embeddings none is the nearest.
    @Test func equalEmbeddingsRecallNothing() throws {
        let state = try TulipLearningTests.state().state
        var random = RandomStream(seed: 12)
        let set = Tulip.SceneSet(training: 20, heldOut: 400, using: &random), width = Tulip.Size.width
        let embeddings = Tulip.Embeddings(
            images: Array(repeating: 0, count: set.count * width), meanTokens: [],
            heldOutTexts: Array(repeating: 1, count: 400 * width))
        #expect(state.recall(embeddings, set, of: set.newCaptions) == 0)
    }

    /// Shuffled labels leave nothing to learn, and true ones do.
    @Test func chanceIsMeasured() {
        var random = RandomStream(seed: 10)
        let set = Tulip.SceneSet(training: 600, heldOut: 400, using: &random)
        let rows = set.details[0].labels.flatMap { label in
            (0..<Tulip.Size.width).map { Float($0 == label ? 1.0 : 0) }
        }
        #expect(Tulip.probe(rows, set)[0] > 0.98)
        // A probe of four equal groups is right by chance on one of four, on the mean.
        let shuffled = (11..<21).map { Tulip.probe(rows, set, shuffledBy: RandomStream(seed: $0))[0] }
        #expect(shuffled.reduce(0, +) / 10 < 0.45)
    }

    @Test func signsOfGenerativeViews() {
        let same = Tulip.GeCo.sameModality(batch: 2, negatives: 2)
        #expect(same.values == [1, -1, -1, -1, -1, 1, -1, -1])
        let crossed = Tulip.GeCo.imageText(batch: 1, negatives: 1)
        #expect(crossed.values == [1, -1, -1, 0])
        #expect(Tulip.GeCo.sameModality(batch: 2, negatives: 0).values == [1, -1, -1, 1])
        let both = Tulip.GeCo.bothAnchors(batch: 2, negatives: 1).values
        #expect(both == [0, 0, 1, -1, -1] + [0, 0, -1, 1, -1] + [1, -1, 0, 0, -1] + [-1, 1, 0, 0, -1])
        let views = Tulip.signsOfViews(items: 2, views: 2).values
        #expect(views == [1, -1, 1, -1] + [-1, 1, -1, 1] + [1, -1, 1, -1] + [-1, 1, -1, 1])
    }

    @Test func masksHideTheirShare() {
        var random = RandomStream(seed: 4)
        let hidden = Tulip.State.mask(5, 16, share: 0.9, using: &random)
        for image in 0..<5 { #expect(hidden[image * 16..<(image + 1) * 16].count { $0 } == 14) }
    }

    /// The loss on hidden patches must not see shown ones.
    @Test func shownPatchesDoNotCount() {
        let truth = Tensor.zeros([1, 2, 3]), rebuilt = Tensor([5, 5, 5, 1, 1, 1], [1, 2, 3])
        #expect(Tulip.ImageDecoder.loss(rebuilt, truth, isHidden: [false, true]).item == 1)
    }

    @Test func aDecodersWordsAreAskedInOrder() {
        let texts = TokenBatch([[3, 4], [5]], filling: WordVocabulary.end), end = WordVocabulary.end
        #expect(Tulip.TextDecoder.targets(texts) == [3, 4, end, 5, end, Tensor.noTarget])
    }

    /// What fills up a short text beside a long one must not change what it says.
    @Test func aTextsEmbeddingIsItsOwn() {
        var random = RandomStream(seed: 5)
        let vocabulary = WordVocabulary((0..<20).map { "word\($0)" }, longest: 10)
        let encoder = Tulip.TextEncoder(vocabulary, using: &random)
        let short = [3, 4], long = Array(5..<15)
        let alone = encoder(TokenBatch([short], filling: WordVocabulary.end))
        let beside = encoder(TokenBatch([short, long], filling: WordVocabulary.end))
        for (a, b) in zip(alone.values, beside.values) { #expect(abs(a - b) < 1e-5) }
    }

    @Test func aProbeFindsWhatIsThere() {
        var random = RandomStream(seed: 5)
        let labels = (0..<400).map { _ in random.below(3) }
        let features = labels.flatMap { label in
            (0..<Tulip.Size.width).map { Float($0 == label ? 1.0 : 0) + Float(random.gaussian()) * 0.1 }
        }
        let probe = LinearProbe(features, labels: labels, classes: 3, width: Tulip.Size.width)
        #expect(probe.accuracy(features, labels: labels) > 0.98)
        let noise = features.map { _ in Float(random.gaussian()) }
        #expect(
            LinearProbe(noise, labels: labels, classes: 3, width: Tulip.Size.width).accuracy(
                features, labels: labels) < 0.6)
    }

    @Test func theShippedPicturesAreRead() throws {
        var random = RandomStream(seed: 6)
        let set = try Tulip.PictureSet(folder: ShippedFolder.pictures.path, using: &random)
        #expect(set.count == 398 && set.training == 398 - 398 / 5 && set.cut == 0)
        // A negative view is never its original: not of a grey picture, and not where words are not known.
        for item in 0..<set.count {
            let pixels = set.image(item, .original, using: &random)
            #expect(set.image(item, .negative, using: &random) != pixels)
            let words = set.caption(item, .original, using: &random)
            let swapped = set.caption(item, .negative, using: &random)
            #expect(set.vocabulary.encode(swapped) != set.vocabulary.encode(words))
        }
        #expect(
            set.details.allSatisfy { detail in detail.labels.allSatisfy { (0..<detail.classes).contains($0) }
            })
        #expect(set.image(0, .original, using: &random).count == 32 * 32 * 3)
    }

    @Test func aUsersFolderIsTrainedOn() throws {
        let info = MethodInfo(Tulip.self), link = TrialLink()
        let typed = [
            "data": "folder", "images": ShippedFolder.pictures.path, "steps": "4", "every": "4",
        ]
        try info.run("tulip", texts: info.texts(preset: "smoke", typed: typed), seed: 1, link: link)
        let index = info.metrics.firstIndex { $0.name == "R@5" }
        #expect(link.drain().points.contains { $0.metric == index })
    }

    /// Captions without a word, of strange scripts, and longer than any that is read: each becomes numbers that the
    /// network has, in training and in every evaluation.
    @Test func anyCaptionsAreTrainedOn() throws {
        let shipped = ShippedFolder.pictures.path
        let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = try FileManager.default.contentsOfDirectory(atPath: shipped).filter {
            $0.hasSuffix(".png")
        }
        let strange = [
            "!!!", "🧪", "١٢٣ ﷺ", "a\u{301}\u{0}b", String(repeating: "word ", count: 3_000),
            (0..<300).map { "w\($0)" }.joined(separator: " "), "red", "\u{1b}[2J",
        ]
        var lines = ""
        for (place, name) in names.sorted().prefix(40).enumerated() {
            try FileManager.default.copyItem(
                atPath: "\(shipped)/\(name)", toPath: folder.appending(path: name).path)
            lines += "\(name)\t\(strange[place % strange.count])\n"
        }
        try Data(lines.utf8).write(to: folder.appending(path: PictureFolder.captionsName))
        let info = MethodInfo(Tulip.self), link = TrialLink()
        let typed = ["data": "folder", "images": folder.path, "steps": "2", "every": "2", "batch": "32"]
        try info.run("tulip", texts: info.texts(preset: "smoke", typed: typed), seed: 1, link: link)
        let losses = link.drain().points.filter { info.metrics[$0.metric].name == "rebuilt text" }
        #expect(!losses.isEmpty && losses.allSatisfy { $0.value.isFinite })
    }

    @Test func aFolderWithoutPicturesIsRefused() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "empty-\(UInt64.random(in: 0..<1 << 60))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var random = RandomStream(seed: 1)
        let error = #expect(throws: FileError.self) {
            try Tulip.PictureSet(folder: folder.path, using: &random)
        }
        #expect(error?.description.contains("20 or more") == true)
    }
}
