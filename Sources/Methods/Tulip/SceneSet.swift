import Base

extension Tulip {
    /// Scenes of a seed: some to train on, then held-out ones of known captions, then held-out ones of new captions.
    struct SceneSet: PairSource {
        let grid = PatchGrid(side: Scene.side, patchSide: 4)
        let vocabulary: WordVocabulary
        let training: Int
        let newCaptions: Range<Int>
        private let split: SceneSplit
        private let scenes: [Scene]
        /// The pictures of the data: drawn once, while other views are drawn anew.
        private let originals: [[Float]]

        init(training: Int, heldOut: Int, using random: inout RandomStream) {
            let split = SceneSplit(using: &random), known = heldOut / 2
            func draw(_ count: Int, _ isWanted: (Scene) -> Bool) -> [Scene] {
                (0..<count).map { _ in
                    var scene = Scene(using: &random)
                    while !isWanted(scene) { scene = Scene(using: &random) }
                    return scene
                }
            }
            scenes =
                draw(training, split.isTrainedOn) + draw(known, split.isNewTuple)
                + draw(heldOut - known, split.isNewCaption)
            self.training = training
            self.split = split
            newCaptions = training + known..<training + heldOut
            // After all scenes: what drawing one takes from the stream moves no other scene.
            originals = scenes.map { $0.rendered(using: &random) }
            vocabulary = WordVocabulary(
                Scene.colours + Scene.shapes + Scene.Relation.allCases.map(\.words),
                longest: Scene.longestCaption)
        }

        var count: Int { scenes.count }

        /// The scene of an item, for what its caption and its views are made from.
        subscript(item: Int) -> Scene { scenes[item] }

        var details: [Detail] {
            [
                Detail(
                    name: "stripes", metric: Tulip.stripes, chance: Tulip.stripesChance,
                    classes: Scene.directions, labels: scenes.map(\.stripes)),
                Detail(
                    name: "dots", metric: Tulip.dots, chance: Tulip.dotsChance,
                    classes: Scene.mostDots + 1, labels: scenes.map(\.dots)),
            ]
        }

        func image(_ item: Int, _ view: PairView, using random: inout RandomStream) -> [Float] {
            switch view {
            case .original: originals[item]
            case .positive(.moved): moved(originals[item], side: Scene.side, by: 1, using: &random)
            case .positive(.kept): scenes[item].rendered(using: &random)
            case .positive(.redrawn):
                withNewDetails(scenes[item], using: &random).rendered(using: &random)
            case .negative: scenes[item].swapped(using: &random).rendered(using: &random)
            }
        }

        /// Other stripes and dots, of which training may show this family's scenes.
        func withNewDetails(_ scene: Scene, using random: inout RandomStream) -> Scene {
            var scene = scene
            repeat { scene.drawDetails(using: &random) } while split.isNewTuple(scene)
            return scene
        }

        func caption(_ item: Int, _ view: PairView, using random: inout RandomStream) -> String {
            switch view {
            case .original: scenes[item].caption
            case .positive: scenes[item].seenFromSecond.caption
            case .negative: scenes[item].swapped(using: &random).caption
            }
        }

        func swappedPair(_ item: Int, using random: inout RandomStream) -> (image: [Float], caption: String)?
        {
            let swapped = scenes[item].swapped(using: &random)
            return (swapped.rendered(using: &random), swapped.caption)
        }
    }

    /// What is new in held-out scenes: whole families, whose captions training never says, and single tuples of the
    /// other families, whose captions it does say.
    ///
    /// Both are closed under the other wording and under swaps: no view of a training scene is a held-out one.
    struct SceneSplit: Sendable {
        private let families: Set<Scene.Family>
        private let tuples: Set<Scene.Tuple>

        /// Holds out a quarter of the families, and a fifth of the others' tuples.
        init(using random: inout RandomStream) {
            let all = Self.allFamilies, order = random.permutation(all.count).map { all[$0] }
            let held = order.prefix(all.count / 4)
            let others = order.dropFirst(held.count).flatMap { family in
                (0..<Scene.directions).flatMap { stripes in
                    (0...Scene.mostDots).map { Scene.Tuple(family: family, stripes: stripes, dots: $0) }
                }
            }
            families = Set(held)
            tuples = Set(random.choose(others.count / 5, of: others.count).map { others[$0] })
        }

        func isTrainedOn(_ scene: Scene) -> Bool { !isNewCaption(scene) && !isNewTuple(scene) }
        func isNewCaption(_ scene: Scene) -> Bool { families.contains(scene.family) }
        func isNewTuple(_ scene: Scene) -> Bool { tuples.contains(scene.tuple) }

        /// All 54, in one order.
        static let allFamilies: [Scene.Family] = {
            let both = [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]]
            return both.flatMap { shapes in
                both.flatMap { colours in
                    [true, false].map { Scene.Family(shapes: shapes, colours: colours, isLevel: $0) }
                }
            }.filter { $0.shapes[0] != $0.shapes[1] || $0.colours[0] != $0.colours[1] }
        }()
    }
}
