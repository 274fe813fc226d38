import Foundation

/// Both sides in turn, round by round, until neither's times scatter or patience ends.
struct Rounds {
    /// CPU-seconds of one piece of work.
    private(set) var ours: [Double] = [], theirs: [Double] = []
    /// Operations a CPU-second: in registers, and of a 512 x 512 product.
    private(set) var peak: [Double] = [], product: [Double] = []

    /// Rounds at least and at most, and the scatter from which on there are more.
    private static let least = 5, most = 11, steady = 0.05

    /// - Throws: ``SideError`` of this program's side; PyTorch's may be absent, or fail by itself into `trouble`.
    init(_ work: Work, _ benchtop: Side, _ torch: Side?, trouble: inout [String]) throws(SideError) {
        var torch = torch
        warmUp(work, &torch, &trouble)
        while ours.count < Self.least || (scatter > Self.steady && ours.count < Self.most) {
            // What disturbs one round may pass until the next one.
            if ours.count >= Self.least { Thread.sleep(forTimeInterval: 0.5) }
            ours.append(try benchtop.number("\(work.name) \(work.count)") / Double(work.count))
            peak.append(try benchtop.number("peak"))
            product.append(40 * Self.productOperations / (try benchtop.number("product 40")))
            addTheirs(work, &torch, &trouble)
        }
    }

    /// What a 512 x 512 product comes to.
    static let productOperations = 2.0 * 512 * 512 * 512

    private func warmUp(_ work: Work, _ torch: inout Side?, _ trouble: inout [String]) {
        guard let side = torch else { return }
        do { _ = try side.number("\(work.name) 2") } catch {
            trouble.append("\(work.title), without PyTorch: \(error)")
            torch = nil
        }
    }

    private mutating func addTheirs(_ work: Work, _ torch: inout Side?, _ trouble: inout [String]) {
        guard let side = torch else { return }
        // Slower, so less often for as long a round.
        let count = max(1, work.count / 2)
        do { theirs.append(try side.number("\(work.name) \(count)") / Double(count)) } catch {
            trouble.append("\(work.title), without PyTorch: \(error)")
            torch = nil
        }
    }

    /// How far apart the middle half of a side's rounds lies, as a share of the median; the larger of both sides.
    var scatter: Double { max(Self.scatter(ours), Self.scatter(theirs)) }

    private static func scatter(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard sorted.count > 3 else { return 0 }
        return (sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]) / median(sorted)
    }
}
