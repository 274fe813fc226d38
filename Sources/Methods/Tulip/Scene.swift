import Base

extension Tulip {
    /// Two objects in a spatial relation, on a ground whose stripes and yellow dots no caption mentions.
    struct Scene: Sendable, Equatable {
        struct Thing: Sendable, Equatable {
            let shape, colour: Int
            var words: String { "\(Scene.colours[colour]) \(Scene.shapes[shape])" }
        }

        /// Where the first thing is, seen from the second.
        enum Relation: Int, Sendable, CaseIterable {
            case left, right, above, below
            var words: String { ["left of", "right of", "above", "below"][rawValue] }
            var opposite: Relation { [.right, .left, .below, .above][rawValue] }
        }

        /// What things can look like: nine of them, told apart by caption.
        static let shapes = ["square", "cross", "ring"]
        static let colours = ["red", "green", "blue"]
        /// Directions of the stripes, and how many yellow dots there may be.
        static let directions = 4, mostDots = 3

        /// What the caption says: two things, and where the first is, seen from the second.
        var first, second: Thing
        var relation: Relation
        /// 0 lying, 1 standing, 2 and 3 the diagonals.
        var stripes: Int
        /// 0...``mostDots``
        var dots: Int

        /// A scene of two different things.
        init(using random: inout RandomStream) {
            // Number 0 to 8 is a shape and a colour: two different ones, so the caption is never ambiguous.
            let things = random.choose(2, of: 9)
            first = Thing(shape: things[0] / 3, colour: things[0] % 3)
            second = Thing(shape: things[1] / 3, colour: things[1] % 3)
            relation = Relation.allCases[random.below(4)]
            (stripes, dots) = (0, 0)
            drawDetails(using: &random)
        }

        /// Draws anew what no caption says and the probes look for.
        mutating func drawDetails(using random: inout RandomStream) {
            stripes = random.below(Self.directions)
            dots = random.below(Self.mostDots + 1)
        }

        /// Nothing of stripes, dots, sizes and exact places.
        var caption: String { "\(first.words) \(relation.words) \(second.words)" }

        /// Words of the longest caption.
        static let longestCaption = 6

        /// The same scene seen from the other thing.
        var seenFromSecond: Scene {
            var scene = self
            // "a left of b" is "b right of a": other words for the same thing, the text's positive view.
            (scene.first, scene.second, scene.relation) = (second, first, relation.opposite)
            return scene
        }

        /// The relation or the colours turned round: the smallest change that makes the caption wrong.
        func swapped(using random: inout RandomStream) -> Scene {
            var scene = self
            // Of equal colours nothing can be swapped, so the relation turns.
            if random.chance(0.5), first.colour != second.colour {
                scene.first = Thing(shape: first.shape, colour: second.colour)
                scene.second = Thing(shape: second.shape, colour: first.colour)
                return scene
            }
            scene.relation = relation.opposite
            return scene
        }

        // MARK: What scenes have in common

        /// What neither the other wording nor a swap changes. A scene and all its views are of one family, so that
        /// no view of a training scene says what only held-out scenes say.
        struct Family: Hashable {
            /// Both things' shapes and both things' colours, in order.
            let shapes, colours: [Int]
            /// Whether the things lie beside each other.
            let isLevel: Bool
        }

        var family: Family {
            Family(
                shapes: [first.shape, second.shape].sorted(),
                colours: [first.colour, second.colour].sorted(),
                isLevel: relation == .left || relation == .right)
        }

        /// A family with what no caption says.
        struct Tuple: Hashable {
            let family: Family
            let stripes, dots: Int
        }

        var tuple: Tuple { Tuple(family: family, stripes: stripes, dots: dots) }

        // MARK: Drawing

        /// Pixels along a side.
        static let side = 16

        /// Draws the scene: phase of the stripes, sizes, exact places, dots and noise are new each time. [16, 16, 3]
        func rendered(using random: inout RandomStream) -> [Float] {
            var canvas = SceneCanvas(stripes: stripes, phase: random.below(4))
            let centres = centres(using: &random)
            for (thing, centre) in zip([first, second], centres) {
                canvas.draw(thing, at: centre, radius: 2 + random.below(2))
            }
            // On a grid of two by two pixels, so that dots never overlap and can be counted.
            for place in random.choose(dots, of: (Self.side / 2) * (Self.side / 2)) {
                canvas.dot(2 * (place / (Self.side / 2)), 2 * (place % (Self.side / 2)))
            }
            // Noise makes every drawing of a scene another one, pixel for pixel.
            return canvas.pixels.map { $0 + Float(random.uniform(-0.06, 0.06)) }
        }

        /// Rows and columns of both centres.
        private func centres(using random: inout RandomStream) -> [(y: Int, x: Int)] {
            // Seven pixels or more along the relation's axis: things of radius 3 never overlap.
            let near = 3 + random.below(2), far = 11 + random.below(2)
            // Across the relation's axis both lie near the middle, each by a draw of its own.
            let across = [6 + random.below(4), 6 + random.below(4)]
            switch relation {
            case .left: return [(across[0], near), (across[1], far)]
            case .right: return [(across[0], far), (across[1], near)]
            case .above: return [(near, across[0]), (far, across[1])]
            case .below: return [(far, across[0]), (near, across[1])]
            }
        }
    }
}

extension Tulip {
    /// The pixels of a scene.
    private struct SceneCanvas {
        var pixels: [Float]

        /// Stripes two pixels wide, a little lighter than the ground.
        init(stripes: Int, phase: Int) {
            let side = Scene.side
            pixels = [Float](repeating: 0.35, count: side * side * 3)
            for y in 0..<side {
                for x in 0..<side {
                    // The direction is what the probe looks for; the phase, drawn anew each time, is not.
                    let along = stripes == 0 ? y : stripes == 1 ? x : stripes == 2 ? x + y : x - y + side
                    guard (along + phase) / 2 % 2 != 0 else { continue }
                    set(y, x, (0.55, 0.55, 0.55))
                }
            }
        }

        mutating func set(_ y: Int, _ x: Int, _ colour: (r: Float, g: Float, b: Float)) {
            let side = Scene.side
            guard (0..<side).contains(y), (0..<side).contains(x) else { return }
            let place = (y * side + x) * 3
            (pixels[place], pixels[place + 1], pixels[place + 2]) = colour
        }

        /// Two by two yellow pixels.
        mutating func dot(_ y: Int, _ x: Int) {
            for pixel in 0..<4 { set(y + pixel / 2, x + pixel % 2, (1, 1, 0)) }
        }

        mutating func draw(_ thing: Scene.Thing, at centre: (y: Int, x: Int), radius: Int) {
            // Red, green or blue: the thing's own channel is light, the others dark.
            func light(_ channel: Int) -> Float { channel == thing.colour ? 0.9 : 0.1 }
            let colour = (light(0), light(1), light(2))
            for dy in -radius...radius {
                for dx in -radius...radius where Self.covers(thing.shape, dy, dx, radius) {
                    set(centre.y + dy, centre.x + dx, colour)
                }
            }
        }

        private static func covers(_ shape: Int, _ dy: Int, _ dx: Int, _ radius: Int) -> Bool {
            switch shape {
            // Square, cross and ring, of 2 radius + 1 pixels across.
            case 0: true
            case 1: dy == 0 || dx == 0
            default: max(abs(dy), abs(dx)) == radius
            }
        }
    }
}
