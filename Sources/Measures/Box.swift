/// An upright rectangle.
public struct Box: Sendable, Equatable {
    /// From one side to the other.
    public let x, y: ClosedRange<Double>

    /// A rectangle from its sides.
    public init(x: ClosedRange<Double>, y: ClosedRange<Double>) {
        self.x = x
        self.y = y
    }

    /// In the unit of x times that of y.
    public var area: Double { length(x) * length(y) }

    /// Where its diagonals meet.
    public var center: (x: Double, y: Double) {
        ((x.lowerBound + x.upperBound) / 2, (y.lowerBound + y.upperBound) / 2)
    }

    /// Intersection over union of two rectangles; 0 when neither has an area.
    public func iou(_ other: Box) -> Double {
        let common = overlap(x, other.x) * overlap(y, other.y), all = area + other.area - common
        return all > 0 ? common / all : 0
    }

    private func length(_ range: ClosedRange<Double>) -> Double { range.upperBound - range.lowerBound }

    private func overlap(_ a: ClosedRange<Double>, _ b: ClosedRange<Double>) -> Double {
        max(0, min(a.upperBound, b.upperBound) - max(a.lowerBound, b.lowerBound))
    }
}
