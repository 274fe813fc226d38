import Base
import Checkpoints
import Foundation
import Testing

@Suite struct RandomStreamTests {
    /// The first outputs of the published reference code, xoshiro256** seeded by SplitMix64.
    @Test func isXoshiro256StarStar() {
        var stream = RandomStream(seed: 0)
        #expect(stream.next() == 0x99EC_5F36_CB75_F2B4)
        #expect(stream.next() == 0xBF6E_1F78_4956_452A)
    }

    @Test func goesOnAfterSavingBitForBit() throws {
        var stream = RandomStream(seed: .max).derive("data")
        for _ in 0..<1000 { _ = stream.gaussian() }
        var again = try JSONDecoder().decode(RandomStream.self, from: JSONEncoder().encode(stream))
        #expect(stream == again)
        for _ in 0..<100 { #expect(stream.gaussian().bitPattern == again.gaussian().bitPattern) }
        #expect(stream.derive("x") == again.derive("x"))
    }

    @Test func derivedStreamsDiffer() {
        let stream = RandomStream(seed: 7)
        var words = Set<UInt64>()
        for name in ["a", "b", "data", "weights"] {
            var derived = stream.derive(name)
            words.insert(derived.next())
        }
        for index in 0..<1000 {
            var derived = stream.derive(index)
            words.insert(derived.next())
        }
        #expect(words.count == 1004)
    }

    @Test func momentsAreRight() {
        var stream = RandomStream(seed: 3)
        let n = 200_000
        let draws = (0..<n).map { _ in stream.gaussian() }
        let mean = draws.reduce(0, +) / Double(n)
        let variance = draws.map { $0 * $0 }.reduce(0, +) / Double(n)
        #expect(abs(mean) < 0.01 && abs(variance - 1) < 0.02)
        let picks = (0..<n).map { _ in stream.categorical([1, 0, 3]) }
        #expect(picks.count { $0 == 1 } == 0)
        #expect(abs(Double(picks.count { $0 == 2 }) / Double(n) - 0.75) < 0.01)
    }

    @Test func choosesWithoutReplacement() {
        var stream = RandomStream(seed: 5)
        for _ in 0..<100 {
            let chosen = stream.choose(7, of: 10)
            #expect(Set(chosen).count == 7 && chosen.allSatisfy { 0..<10 ~= $0 })
        }
    }
}

@Suite struct SafetensorsTests {
    static func sample() -> Safetensors {
        var file = Safetensors()
        let values: [Float] = [1, -2, .infinity, 0x1.fffffep-3]
        file.tensors["layer.weight"] = values.withUnsafeBufferPointer { .init(shape: [2, 2], floats: $0) }
        file.tensors["empty"] = .init(type: "I64", shape: [0, 3], bytes: Data())
        file.metadata["note"] = "quotes \" and ü"
        return file
    }

    @Test func readsWhatItWrites() throws {
        let file = Self.sample()
        let read = try Safetensors(file.encoded())
        #expect(read == file)
        #expect(read.tensors["layer.weight"]?.floats == [1, -2, .infinity, 0x1.fffffep-3])
        #expect(try read.encoded() == file.encoded())
    }

    @Test func headerIsAligned() throws {
        let bytes = try Self.sample().encoded()
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(length % 8 == 0)
    }

    /// Whatever a damaged file holds, reading it ends in a value or an error of this module.
    @Test func damagedFilesAreRefused() throws {
        let whole = try Self.sample().encoded()
        for count in 0..<whole.count - 1 {
            #expect(throws: SafetensorsError.self) { try Safetensors(whole.prefix(count)) }
        }
        var stream = RandomStream(seed: 1)
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0...stream.below(4) { bytes[stream.below(bytes.count)] = UInt8(stream.below(256)) }
            do { _ = try Safetensors(bytes) } catch { #expect(error is SafetensorsError) }
        }
    }
}

@Suite struct StateCodingTests {
    struct State: Codable, Equatable {
        var step = 3
        var values: [Double] = [0.1, -0.0, .pi, .infinity, .leastNonzeroMagnitude]
        var words: [UInt64] = [.max, 1 << 63]
        var stream = RandomStream(seed: 9)
        var note: String? = nil
    }

    @Test func keepsEveryBit() throws {
        let state = State()
        let read = try StateCoding.decode(State.self, from: StateCoding.encode(state))
        #expect(read == state)
        #expect(read.values.map(\.bitPattern) == state.values.map(\.bitPattern))
        #expect(try StateCoding.encode(read) == StateCoding.encode(state))
    }

    @Test func refusesAnotherState() throws {
        let bytes = try StateCoding.encode("text")
        #expect(throws: DecodingError.self) { try StateCoding.decode(State.self, from: bytes) }
        #expect(throws: SafetensorsError.self) {
            try StateCoding.decode(State.self, from: Data("nonsense!".utf8))
        }
    }
}
