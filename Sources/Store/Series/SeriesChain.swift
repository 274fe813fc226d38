import Base
import Foundation
import MethodKit

/// The hash chain of one series: what `prove` compares.
///
/// A link is the SHA-256 of the link before it (32 zero bytes at first) and of the steps and value bits of the
/// next 4096 points. It does not depend on when points were saved, nor on elapsed times.
public struct SeriesChain: Sendable {
    private var link = Data(count: 32)
    private var block: [UInt8] = []
    private var count = 0

    /// The chain of no points.
    public init() {}

    /// A chain that goes on after full blocks.
    init(after link: Data) { self.link = link }

    /// Adds one point.
    public mutating func append(step: Int, value: Double) {
        withUnsafeBytes(of: Int64(step).littleEndian) { block.append(contentsOf: $0) }
        withUnsafeBytes(of: value.bitPattern.littleEndian) { block.append(contentsOf: $0) }
        count += 1
        if count == SeriesShape.chunk { (link, block, count) = (last.bytes, [], 0) }
    }

    /// The link of everything that was added.
    public var last: Digest {
        count == 0 ? Digest(bytes: link) : Digest(of: link + block)
    }
}
