/// A rectangle of cells.
public struct Rect: Hashable, Sendable {
    /// Column and row of the top left cell, from 0.
    public var x, y: Int
    /// In cells, never negative.
    public var width, height: Int

    /// A rectangle; negative sizes become 0.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// Whether there is no cell in it.
    public var isEmpty: Bool { width == 0 || height == 0 }

    /// Whether a cell lies in it.
    public func contains(x: Int, y: Int) -> Bool {
        x >= self.x && y >= self.y && x < self.x + width && y < self.y + height
    }

    /// The rectangle without a margin on each side.
    public func inset(by columns: Int, _ rows: Int? = nil) -> Rect {
        let rows = rows ?? columns
        return Rect(x: x + columns, y: y + rows, width: width - 2 * columns, height: height - 2 * rows)
    }

    /// The first `rows` rows, and the rest.
    public func split(top rows: Int) -> (top: Rect, rest: Rect) {
        let rows = max(0, min(height, rows))
        return (
            Rect(x: x, y: y, width: width, height: rows),
            Rect(x: x, y: y + rows, width: width, height: height - rows)
        )
    }

    /// The last `rows` rows, and the rest.
    public func split(bottom rows: Int) -> (rest: Rect, bottom: Rect) {
        let parts = split(top: height - max(0, min(height, rows)))
        return (parts.top, parts.rest)
    }

    /// The first `columns` columns, and the rest.
    public func split(left columns: Int) -> (left: Rect, rest: Rect) {
        let columns = max(0, min(width, columns))
        return (
            Rect(x: x, y: y, width: columns, height: height),
            Rect(x: x + columns, y: y, width: width - columns, height: height)
        )
    }

    /// The last `columns` columns, and the rest.
    public func split(right columns: Int) -> (rest: Rect, right: Rect) {
        let parts = split(left: width - max(0, min(width, columns)))
        return (parts.left, parts.rest)
    }

    /// A rectangle of a size in the middle of this one, as far as it fits.
    public func centred(width: Int, height: Int) -> Rect {
        let (w, h) = (min(self.width, width), min(self.height, height))
        return Rect(x: x + (self.width - w) / 2, y: y + (self.height - h) / 2, width: w, height: h)
    }
}
