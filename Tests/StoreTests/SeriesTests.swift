import Base
import Foundation
import MethodKit
import Testing

@testable import Store

@Suite struct SeriesTests {
    @Test(arguments: 0..<40)
    func blocksComeBackBitForBit(_ seed: Int) throws {
        var random = RandomStream(seed: UInt64(seed))
        let points = Sample.hostile(random.below(4096), seed: UInt64(seed) + 100)
        let data = SeriesBlock.encode(points[...])
        #expect(areSame(try SeriesBlock.decode(data, metric: 0), points))
    }

    @Test func everyFlippedBitOfABlockIsNoticed() throws {
        let data = SeriesBlock.encode(Sample.walk(50)[...])
        for bit in 0..<data.count * 8 {
            var damaged = data
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: (any Error).self) { try SeriesBlock.decode(damaged, metric: 0) }
        }
        for count in 0..<data.count {
            #expect(throws: (any Error).self) { try SeriesBlock.decode(Data(data.prefix(count)), metric: 0) }
        }
    }

    @Test func sealedBlobs() throws {
        var random = RandomStream(seed: 1)
        for count in [0, 1, 511, 513, 100_000] {
            for plain in [Data(count: count), Data((0..<count).map { _ in UInt8(random.below(256)) })] {
                let sealed = Sealed.seal(plain)
                #expect(try Sealed.open(sealed) == plain)
                var damaged = sealed
                damaged[random.below(damaged.count)] ^= 0x10
                // Some bits of a deflate stream mean nothing; what comes back is never something else.
                let back = try? Sealed.open(damaged)
                #expect(back == nil || back == plain)
            }
        }
    }

    /// Points given in batches of random sizes come back, and so does everything derived from them.
    @Test(arguments: [1, 7, 300, 5_000])
    func pointsComeBackHoweverTheyWereSaved(_ most: Int) throws {
        let fixture = try StoreFixture()
        let (_, trials) = try fixture.session()
        let points = Sample.walk(most == 1 ? 200 : 20_000), other = Sample.walk(90, metric: 1, seed: 2)
        var random = RandomStream(seed: UInt64(most)), given = 0
        while given < points.count {
            let part = points[given..<min(given + 1 + random.below(most), points.count)]
            given += part.count
            let second = other.filter { part.first!.step...part.last!.step ~= $0.step }
            try fixture.store.append([
                TrialBatch(trial: trials[0].id, points: Array(part) + second, completed: given)
            ])
            if random.chance(0.05) { try fixture.reopen() }
        }
        var chain = SeriesChain()
        for point in points { chain.append(step: point.step, value: point.value) }
        for isFinished in [false, true] {
            if isFinished { try fixture.store.append([TrialBatch(trial: trials[0].id, status: .finished)]) }
            #expect(areSame(try fixture.store.points(of: trials[0].id, metric: 0), points))
            #expect(
                areSame(
                    try fixture.store.points(of: trials[0].id, metric: 0, steps: 50...190),
                    Array(points[49..<190])))
            #expect(areSame(try fixture.store.points(of: trials[0].id, metric: 1), other))
            #expect(try fixture.store.chain(of: trials[0].id)["place"] == chain.last)
            #expect(
                try fixture.store.lastValue(of: trials[0].id, metric: 0)?.isSame(points[points.count - 1])
                    == true)
            #expect(try fixture.store.integrity() == [])
        }
        let late = TrialBatch(trial: trials[0].id, points: Sample.walk(1))
        #expect(try fixture.store.append([late]) == [late.trial: .notRunning(trial: late.trial)])
    }

    @Test func curvesSumUpExactlyTheirPoints() throws {
        let fixture = try StoreFixture()
        let (_, trials) = try fixture.session()
        var points = Sample.walk(100_000)
        points[61_803] = Point(metric: 0, step: 61_804, elapsed: points[61_803].elapsed, value: 1e6)
        points[9] = Point(metric: 0, step: 10, elapsed: points[9].elapsed, value: .nan)
        for start in stride(from: 0, to: points.count, by: 10_000) {
            try fixture.store.append([
                TrialBatch(trial: trials[0].id, points: Array(points[start..<start + 10_000]))
            ])
        }
        var random = RandomStream(seed: 4)
        for _ in 0..<60 {
            let width = 1 + random.below(300), low = 1 + random.below(99_000)
            let range = random.chance(0.3) ? nil : low...(low + random.below(99_999 - low + 1))
            let buckets = try fixture.store.curve(of: trials[0].id, metric: 0, steps: range, width: width)
            let wanted = points.filter { range?.contains($0.step) ?? true }
            #expect(buckets.count <= width)
            #expect(buckets.reduce(0) { $0 + $1.count } == wanted.count)
            #expect(zip(buckets, buckets.dropFirst()).allSatisfy { $0.lastStep < $1.firstStep })
            for bucket in buckets {
                let naive = try #require(Bucket(points[(bucket.firstStep - 1)...(bucket.lastStep - 1)]))
                #expect(bucket.count == naive.count && bucket.nonFinite == naive.nonFinite)
                #expect(bucket.min == naive.min && bucket.max == naive.max || naive.min.isNaN)
                #expect(abs(bucket.sum - naive.sum) <= 1e-9 * abs(naive.sum) + 1e-9)
            }
            if range?.contains(61_804) ?? true { #expect(buckets.contains { $0.max == 1e6 }) }
        }
    }

    @Test func atRestAPointTakesFewBytes() throws {
        let fixture = try StoreFixture()
        let (session, trials) = try fixture.session()
        for part in 0..<50 {
            try fixture.store.append([
                TrialBatch(
                    trial: trials[0].id,
                    points: Sample.walk(4_000, seed: UInt64(part), from: part * 4_000 + 1))
            ])
        }
        let copy = fixture.folder.appending(path: "copy.sqlite").path
        try fixture.store.export(session: session.id, to: copy, checkpoints: false)
        let size = try FileManager.default.attributesOfItem(atPath: copy)[.size] as? Int ?? 0
        #expect(Double(size) / 200_000 < 12)
    }
}
