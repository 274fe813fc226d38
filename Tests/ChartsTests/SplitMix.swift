import Foundation

/// Random numbers that are the same in every run.
struct SplitMix {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// 0 up to 1.
    var share: Double { mutating get { Double(next() >> 11) * 0x1p-53 } }
    /// -1 up to 1.
    var signed: Double { mutating get { 2 * share - 1 } }
    /// 0 up to `count`, which is left out.
    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}
