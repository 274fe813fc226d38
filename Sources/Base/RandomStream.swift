import Foundation

/// A stream of random numbers that can be saved and goes on exactly where it was: xoshiro256** (Blackman
/// and Vigna 2018), its four words filled by SplitMix64 from a seed.
///
/// The words are the same on every machine. `gaussian()` calls the C library's logarithm and cosine, so
/// it repeats bit for bit on one machine.
public struct RandomStream: RandomNumberGenerator, Sendable, Equatable {
    private var words: (UInt64, UInt64, UInt64, UInt64)
    private let seed: UInt64

    /// The stream of `seed`; every seed, zero too, gives a good one.
    public init(seed: UInt64) {
        self.seed = seed
        var splitMix = SplitMix64(state: seed)
        words = (splitMix.next(), splitMix.next(), splitMix.next(), splitMix.next())
    }

    /// An independent stream that depends on this one's *seed* and on `name`, not on what was drawn so far.
    ///
    /// A part of a method that draws from a stream of its own leaves the bits of every other part alone.
    public func derive(_ name: String) -> RandomStream {
        RandomStream(seed: SplitMix64.mix(seed ^ Self.hash(name.utf8)))
    }

    /// An independent stream for part number `index`, for example one evaluation or one episode.
    public func derive(_ index: Int) -> RandomStream {
        RandomStream(seed: SplitMix64.mix(seed &+ SplitMix64.mix(UInt64(bitPattern: Int64(index)))))
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let result = Self.rotate(words.1 &* 5, 7) &* 9
        let t = words.1 << 17
        words.2 ^= words.0
        words.3 ^= words.1
        words.1 ^= words.2
        words.0 ^= words.3
        words.2 ^= t
        words.3 = Self.rotate(words.3, 45)
        return result
    }

    /// A number in [0, 1), one of 2^53 equally likely ones.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number in [low, high).
    public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

    /// A standard normal number, by Box and Muller; it takes two words and keeps none back.
    public mutating func gaussian() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// A whole number in 0..<bound, without modulo bias (Lemire 2019).
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "below(\(bound)): the bound must be positive")
        return Int(next(upperBound: UInt64(bound)))
    }

    /// True with probability `p`.
    public mutating func chance(_ p: Double) -> Bool { uniform() < p }

    /// The numbers 0..<count in random order.
    public mutating func permutation(_ count: Int) -> [Int] { (0..<count).shuffled(using: &self) }

    /// `count` different numbers of 0..<bound, in random order.
    public mutating func choose(_ count: Int, of bound: Int) -> [Int] {
        precondition(count <= bound, "choose \(count) of \(bound)")
        var numbers = Array(0..<bound)
        for index in 0..<count { numbers.swapAt(index, index + below(bound - index)) }
        return Array(numbers.prefix(count))
    }

    /// An index, drawn with probability proportional to its weight; weights are not negative and not all zero.
    public mutating func categorical(_ weights: [Double]) -> Int {
        var rest = uniform() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return weights.lastIndex { $0 > 0 } ?? weights.count - 1
    }

    private static func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }

    /// FNV-1a, so that a name means the same stream in every run; Swift's own hash does not.
    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    public static func == (a: RandomStream, b: RandomStream) -> Bool {
        a.words == b.words && a.seed == b.seed
    }
}

/// A stream is saved as five hexadecimal words: JSON numbers lose the low bits of large integers in many readers.
extension RandomStream: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let parts = try container.decode(String.self).split(separator: " ").compactMap {
            UInt64($0, radix: 16)
        }
        guard parts.count == 5 else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a random stream is five hexadecimal words")
        }
        words = (parts[0], parts[1], parts[2], parts[3])
        seed = parts[4]
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let parts = [words.0, words.1, words.2, words.3, seed]
        try container.encode(parts.map { String($0, radix: 16) }.joined(separator: " "))
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): what seeds and derives streams.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// The finaliser alone: a bijection of 64-bit words in which every input bit moves every output bit.
    static func mix(_ word: UInt64) -> UInt64 {
        var z = word
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
