import Base

/// Scenes of a seed: some to train on, the rest held out.
struct SceneSet: PairSource {
    let grid = PatchGrid(side: Scene.side, patch: 4)
    let vocabulary: Vocabulary
    let training: Int
    private let scenes: [Scene]
    /// The pictures of the data: drawn once, while other views are drawn anew.
    private let originals: [[Float]]

    init(training: Int, heldOut: Int, using random: inout RandomStream) {
        self.training = training
        scenes = (0..<training + heldOut).map { _ in Scene(using: &random) }
        originals = scenes.map { $0.rendered(using: &random) }
        vocabulary = Vocabulary(
            Scene.colours + Scene.shapes + Scene.Relation.allCases.map(\.words),
            longest: Scene.longestCaption)
    }

    var count: Int { scenes.count }

    var details: [Detail] {
        [
            Detail(
                name: "stripes", metric: Tulip.stripes, classes: Scene.directions,
                labels: scenes.map(\.stripes)),
            Detail(
                name: "dots", metric: Tulip.dots, classes: Scene.mostDots + 1,
                labels: scenes.map(\.dots)),
        ]
    }

    func image(_ item: Int, _ view: PairView, using random: inout RandomStream) -> [Float] {
        switch view {
        case .original: originals[item]
        case .positive: scenes[item].rendered(using: &random)
        case .negative: scenes[item].swapped(using: &random).rendered(using: &random)
        }
    }

    func caption(_ item: Int, _ view: PairView, using random: inout RandomStream) -> String {
        switch view {
        case .original: scenes[item].caption
        case .positive: scenes[item].seenFromSecond.caption
        case .negative: scenes[item].swapped(using: &random).caption
        }
    }
}
