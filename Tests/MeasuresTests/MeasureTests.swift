import Foundation
import Measures
import Testing

/// Boxes, distances on the Earth, beats, precision and recall.
@Suite struct MeasureTests {
    @Test func precisionAndRecallOfCounts() {
        let score = PrecisionRecall(matches: 2, found: 4, wanted: 3)
        #expect(score.precision == 0.5 && score.recall == 2.0 / 3)
        #expect(abs(score.f1 - 4.0 / 7) < 1e-15)
        #expect(PrecisionRecall(matches: 0, found: 0, wanted: 0) == .zero)
    }

    @Test func boxesOverlapInPart() {
        let one = Box(x: 0...2, y: 0...2), other = Box(x: 1...3, y: 1...3)
        #expect(abs(one.iou(other) - 1.0 / 7) < 1e-15)
        #expect(one.iou(one) == 1 && one.iou(Box(x: 5...6, y: 0...2)) == 0)
        // A side in common is no overlap, and two lines have no area.
        #expect(one.iou(Box(x: 2...3, y: 0...2)) == 0)
        #expect(Box(x: 0...0, y: 0...1).iou(Box(x: 0...0, y: 0...1)) == 0)
        #expect(one.center == (1, 1) && one.area == 4)
    }

    @Test func aQuarterOfTheEarth() {
        let quarter = GreatCircle.haversine(latitude: 0, longitude: 0, toLatitude: 0, longitude: 90)
        #expect(abs(quarter - GreatCircle.radius * .pi / 2) < 1e-9)
        let poles = GreatCircle.haversine(latitude: 90, longitude: 12, toLatitude: -90, longitude: 99)
        #expect(abs(poles - GreatCircle.radius * .pi) < 1e-6)
        // Across the date line it is two degrees, not 358.
        let near = GreatCircle.haversine(latitude: 0, longitude: 179, toLatitude: 0, longitude: -179)
        #expect(abs(near - GreatCircle.radius * .pi / 90) < 1e-6)
    }

    /// The reference's own numbers: exp(-0.02² / 0.02), exp(-0.1² / 0.02) and two of 0.25 away, over four.
    @Test func beatsNearOthers() {
        let music = [0.5, 1.0, 1.5, 2.0], motion = [0.52, 0.9, 1.75]
        #expect(abs(BeatAlignment.score(of: music, near: motion, sigma: 0.1) - 0.4186508001) < 1e-9)
        #expect(BeatAlignment.score(of: music, near: music, sigma: 0.1) == 1)
        #expect(BeatAlignment.score(of: [], near: music, sigma: 0.1) == 0)
        #expect(BeatAlignment.score(of: music, near: [], sigma: 0.1) == 0)
    }

    /// Whoever moves all the time is near every beat: the other direction tells.
    @Test func movingAllTheTimeIsNoDance() {
        let music = [0.5, 1.0, 1.5, 2.0], always = (0...50).map { Double($0) * 0.05 }
        #expect(BeatAlignment.score(of: music, near: always, sigma: 0.1) > 0.999)
        #expect(BeatAlignment.f(music, always, sigma: 0.1) < 0.75)
        #expect(BeatAlignment.f(music, music, sigma: 0.1) == 1)
        #expect(BeatAlignment.f(music, [], sigma: 0.1) == 0)
        // What lies outside is not asked about, on neither side, but is near what lies inside.
        #expect(BeatAlignment.f(music, [0, 1.0, 1.5, 9], sigma: 0.1, within: 0.7...1.7) == 1)
        #expect(BeatAlignment.f(music, [0.5, 1.0, 1.4], sigma: 1e-3, within: 0.7...1.7) == 0.5)
    }
}
