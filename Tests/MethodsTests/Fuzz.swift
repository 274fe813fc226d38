import Base
import Datasets
import Foundation
import Testing

/// Readers of users' files against bytes that somebody changed: 2,000 seeded mutations, 100,000 with `BENCHTOP_SOAK`.
enum Fuzz {
    private static let rounds = ProcessInfo.processInfo.environment["BENCHTOP_SOAK"] == nil ? 2_000 : 100_000

    /// Whatever is done to a sound file's bytes, `read` takes them or refuses them with one sentence that can be shown.
    static func check(
        _ sound: [UInt8], seed: Int, _ location: SourceLocation = #_sourceLocation,
        _ read: ([UInt8]) throws -> Void
    ) throws {
        var random = RandomStream(seed: 7).derive(seed), taken = 0
        for _ in 0..<rounds {
            do {
                try read(mutated(sound, using: &random))
                taken += 1
            } catch let error as FileError {
                let sentence = "\(error)".unicodeScalars
                #expect(
                    sentence.last == "." && sentence.allSatisfy { $0.properties.generalCategory != .control },
                    sourceLocation: location)
            }
        }
        #expect(taken > 0 && taken < rounds, sourceLocation: location)
    }

    /// Bytes changed, taken out, put in, repeated, or cut off; and numbers made large.
    static func mutated(_ sound: [UInt8], using random: inout RandomStream) -> [UInt8] {
        var bytes = sound
        for _ in 0...random.below(4) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(7) {
            case 0: bytes[place] = UInt8(random.below(256))
            case 1: bytes[place] ^= UInt8(1 << random.below(8))
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(20)))
            case 3: bytes.insert(UInt8(random.below(256)), at: place)
            case 4:
                bytes.insert(
                    contentsOf: Array("99999999999999999999".utf8.prefix(1 + random.below(20))), at: place)
            case 5:
                bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.below(40))], at: place)
            default: if random.chance(0.3) { bytes.removeLast(random.below(bytes.count)) }
            }
        }
        return bytes
    }
}
