import Base
import Foundation
import MethodKit

@testable import Store

/// A store in a folder of its own that goes when the test ends.
final class StoreFixture {
    let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-\(UUID())")
    var path: String { folder.appending(path: "store.sqlite").path }
    private(set) var store: SessionStore

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try SessionStore(path: folder.appending(path: "store.sqlite").path)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Opens the file again, as another process would.
    func reopen() throws { store = try SessionStore(path: path) }

    func session(arms: [String] = ["a"], name: String = "") throws -> (SessionRecord, [TrialRecord]) {
        try store.create(
            NewSession(
                name: name, method: "walk", methodVersion: 1, benchtop: "test", preset: "smoke",
                purpose: "run",
                inputs: ["rate": "0.1"],
                metrics: [
                    Metric("place", "where", better: .lower), Metric("speed", "how fast", better: .neither),
                ],
                machine: ["cpu": "test"], trials: arms.map { NewTrial(arm: $0, seed: .max) }))
    }
}

/// Points of all kinds.
enum Sample {
    /// A noisy walk, as losses are.
    static func walk(_ count: Int, metric: Int = 0, seed: UInt64 = 1, from first: Int = 1) -> [Point] {
        var random = RandomStream(seed: seed), value = 3.0, time = 0.0
        return (0..<count).map { index in
            value += 0.01 * random.gaussian()
            time += 0.001 + 0.0001 * random.uniform()
            return Point(metric: metric, step: first + index, elapsed: time, value: value)
        }
    }

    /// Numbers that break careless codecs.
    static func hostile(_ count: Int, seed: UInt64) -> [Point] {
        var random = RandomStream(seed: seed)
        let odd: [Double] = [
            .nan, .infinity, -.infinity, -0.0, 0, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
            Double(bitPattern: 0x7ff8_dead_beef_0001),
        ]
        var step = random.below(10)
        return (0..<count).map { _ in
            step += random.chance(0.1) ? random.below(1 << 40) : random.below(3)
            let value =
                random.chance(0.3)
                ? odd[random.below(odd.count)]
                : random.chance(0.5) ? Double(Float(random.gaussian())) : random.gaussian()
            return Point(metric: 0, step: step, elapsed: random.uniform() * 1e6, value: value)
        }
    }
}

extension Point {
    /// Equality of bits; seconds to a tenth of a millisecond.
    func isSame(_ other: Point) -> Bool {
        metric == other.metric && step == other.step && value.bitPattern == other.value.bitPattern
            && abs(elapsed - other.elapsed) < 1e-4
    }
}

func areSame(_ a: [Point], _ b: [Point]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.isSame($1) }
}
