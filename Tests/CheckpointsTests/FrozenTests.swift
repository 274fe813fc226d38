import Base
import Checkpoints
import Foundation
import Testing

/// A model as large as a base is beside its adapter.
private final class Weights: Codable {
    let values: [Float]
    nonisolated(unsafe) static var encodings = 0

    init(_ count: Int) { values = (0..<count).map { Float($0) } }

    func encode(to encoder: any Encoder) throws {
        Self.encodings += 1
        let sink = try #require(encoder.userInfo[.arraySink] as? any ArraySink)
        var container = encoder.singleValueContainer()
        try container.encode(
            values.withUnsafeBufferPointer { sink.put("weights", shape: [values.count], floats: $0) })
    }

    init(from decoder: any Decoder) throws {
        let source = try #require(decoder.userInfo[.arraySource] as? any ArraySource)
        values = try source.floats(decoder.singleValueContainer().decode(String.self)).values
    }
}

@Suite(.serialized) struct FrozenTests {
    private struct State: Codable {
        @Frozen var base: Weights
        var adapter: [Double]
        var step = 0
    }

    @Test func theBaseIsSetAsideAndComputedOnce() throws {
        let shelf = FrozenShelf()
        var state = State(base: Weights(100_000), adapter: [1, 2])
        Weights.encodings = 0
        var bytes = 0, parts: [FrozenPart] = []
        for step in 1...10 {
            state.step = step
            state.adapter.append(Double(step))
            let encoded = try StateCoding.encode(state, on: shelf)
            bytes += encoded.bytes.count
            parts += encoded.frozen
        }
        #expect(Weights.encodings == 1, "a checkpoint does not pay for the base again")
        #expect(bytes < 10_000 && parts.count == 10 && Set(parts.map(\.digest)).count == 1)
        #expect(try #require(parts[0].bytes).count > 400_000)
        #expect(parts.allSatisfy { $0 === parts[0] }, "ten checkpoints hold the bytes once")
        // A stage's result needs the bytes again, after a store has taken and released them.
        parts[0].release()
        #expect(parts[9].bytes == nil)
        let result = try StateCoding.encode(state, on: shelf, withBytes: true)
        #expect(result.frozen[0].bytes != nil && Weights.encodings == 2)
    }

    /// Whoever only has a state's bytes finds what they refer to.
    @Test func bytesNameTheirParts() throws {
        struct Two: Codable {
            var text = "frozen", names = ["frozen": "no digest"], numbers: [Double?] = [nil, 1.5, .infinity]
            var states: [State]
        }
        let one = State(base: Weights(10), adapter: [1]), other = State(base: Weights(20), adapter: [2])
        let encoded = try StateCoding.encode(Two(states: [one, other, one]), on: FrozenShelf())
        #expect(try StateCoding.frozenParts(in: encoded.bytes) == encoded.frozen.map(\.digest))
        #expect(encoded.frozen.count == 2)
        #expect(try StateCoding.frozenParts(in: StateCoding.encode([1.0, 2])).isEmpty)
    }

    @Test func aLivingBaseIsShared() throws {
        let shelf = FrozenShelf(), state = State(base: Weights(1_000), adapter: [1])
        let encoded = try StateCoding.encode(state, on: shelf)
        let again = try StateCoding.decode(State.self, from: encoded.bytes, on: shelf) { digest in
            throw FrozenError.missing(digest.hex)
        }
        #expect(again.base === state.base && again.adapter == state.adapter)
    }

    @Test func anotherTrialTakesTheBytesFromAStore() throws {
        let encoded = try StateCoding.encode(State(base: Weights(1_000), adapter: [1]), on: FrozenShelf())
        let part = encoded.frozen[0], bytes = try #require(part.bytes), shelf = FrozenShelf()
        let state = try StateCoding.decode(State.self, from: encoded.bytes, on: shelf) { digest in
            #expect(digest == part.digest)
            return bytes
        }
        #expect(state.base.values == Weights(1_000).values)
        // Its next checkpoint has the same digest, and the bytes for a store that does not have them.
        let next = try StateCoding.encode(state, on: shelf)
        #expect(next.frozen == [part] && next.frozen[0].bytes == bytes)
        #expect(throws: FrozenError.missing(part.digest.hex)) {
            try StateCoding.decode(State.self, from: encoded.bytes, on: FrozenShelf()) {
                throw FrozenError.missing($0.hex)
            }
        }
    }

    /// A state that is encoded for itself, as a model in a file, holds everything.
    @Test func withoutAShelfEverythingIsInOnePiece() throws {
        let state = State(base: Weights(100), adapter: [1])
        let back = try StateCoding.decode(State.self, from: StateCoding.encode(state))
        #expect(back.base.values == state.base.values)
    }
}
