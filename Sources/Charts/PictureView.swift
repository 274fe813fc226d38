import Terminal

/// A picture in cells: two pixels a cell with half blocks, or one with characters of different weight.
public struct PictureView: Sendable {
    /// In pixels.
    public var width, height: Int
    /// 1 for gray, 3 for red, green, blue.
    public var channels: Int
    /// Row by row from the top, the channels of a pixel together.
    public var pixels: [UInt8]

    /// A picture from its parts.
    public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// Draws the picture as large as it fits, at whole multiples of a pixel where it is small.
    ///
    /// - Returns: the cells that it took.
    @discardableResult
    public func draw(on canvas: inout Canvas, in rect: Rect, look: Look) -> Rect {
        let perRow = look.isMono || look.glyphs == .ascii ? 1 : 2
        guard width > 0, height > 0, !rect.isEmpty, pixels.count >= width * height * channels else {
            return Rect(x: rect.x, y: rect.y, width: 0, height: 0)
        }
        // A cell is about twice as high as wide: one row of half blocks is two pixels, one of characters is two too.
        var scale = min(Double(rect.width) / Double(width), Double(rect.height * 2) / Double(height))
        if scale > 1 { scale = scale.rounded(.down) }
        let columns = max(1, Int(Double(width) * scale)),
            lines = max(1, Int(Double(height) * scale / 2 + 0.5))
        for y in 0..<min(lines, rect.height) {
            for x in 0..<min(columns, rect.width) {
                let upper = mean(x, 2 * y, scale), lower = mean(x, 2 * y + 1, scale)
                canvas[rect.x + x, rect.y + y] =
                    perRow == 2 ? Self.halves(upper, lower) : Self.character(upper, lower, look)
            }
        }
        return Rect(x: rect.x, y: rect.y, width: min(columns, rect.width), height: min(lines, rect.height))
    }

    /// The mean of the pixels that a dot covers.
    private func mean(_ x: Int, _ y: Int, _ scale: Double) -> (Int, Int, Int) {
        let left = min(width - 1, Int(Double(x) / scale)),
            right = min(width, max(left + 1, Int(Double(x + 1) / scale)))
        let top = min(height - 1, Int(Double(y) / scale)),
            bottom = min(height, max(top + 1, Int(Double(y + 1) / scale)))
        var sum = (0, 0, 0)
        for row in top..<bottom {
            for column in left..<right {
                let place = (row * width + column) * channels
                sum.0 += Int(pixels[place])
                sum.1 += Int(pixels[place + (channels == 3 ? 1 : 0)])
                sum.2 += Int(pixels[place + (channels == 3 ? 2 : 0)])
            }
        }
        let count = (right - left) * (bottom - top)
        return (sum.0 / count, sum.1 / count, sum.2 / count)
    }

    private static func halves(_ upper: (Int, Int, Int), _ lower: (Int, Int, Int)) -> Cell {
        func color(_ c: (Int, Int, Int)) -> Color { .rgb(UInt8(c.0), UInt8(c.1), UInt8(c.2)) }
        return Cell("▀", Style(color(upper), on: color(lower)))
    }

    /// Luma of BT.601, 0 to 255.
    private static func lightness(_ c: (Int, Int, Int)) -> Double {
        0.299 * Double(c.0) + 0.587 * Double(c.1) + 0.114 * Double(c.2)
    }

    /// From empty to full, by lightness.
    private static let ramp = Array(" .:-=+*#%@")

    private static func character(_ a: (Int, Int, Int), _ b: (Int, Int, Int), _ look: Look) -> Cell {
        let light = (Self.lightness(a) + Self.lightness(b)) / 510
        let share = look.theme.isLight ? 1 - light : light
        return Cell(ramp[max(0, min(ramp.count - 1, Int(share * Double(ramp.count))))], look.text)
    }
}
