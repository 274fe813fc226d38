import Terminal

/// Draws a curve into a layer of dots.
///
/// Each column of dots shows everything that lies in it: from the smallest to the largest value, and its share of
/// the line to the next column. A spike of one step is never lost, however many steps share its column.
struct Rasteriser {
    let x, y: Scale
    let width, height: Int

    /// What lies in one column of dots; rows of dots from the top.
    private struct Column {
        var x: Int
        var top, bottom: Int
        var first, last: Int
    }

    /// The column of a place on the x axis.
    func column(_ value: Double) -> Int? {
        guard let share = x.share(value), share > -4, share < 5 else { return nil }
        return Int((share * Double(width - 1)).rounded())
    }

    /// The row of dots of a value; far outside, a row just outside.
    func row(_ value: Double) -> Int? {
        guard let share = y.share(value) else { return nil }
        return Int(((1 - max(-1, min(2, share))) * Double(height - 1)).rounded())
    }

    /// Draws the line of a curve.
    func line(_ points: [Series.Point], into grid: inout DotGrid, _ layer: Int) {
        var open: Column?
        for point in points {
            guard let x = column(point.x), let middle = row(point.y) else {
                if let open { grid.fill(layer, x: open.x, from: open.top, to: open.bottom) }
                open = nil
                continue
            }
            let top = row(point.high) ?? middle, bottom = row(point.low) ?? middle
            if open?.x == x, var same = open {
                same.top = min(same.top, top, middle)
                same.bottom = max(same.bottom, bottom, middle)
                same.last = middle
                open = same
            } else {
                let new = Column(
                    x: x, top: min(top, middle), bottom: max(bottom, middle), first: middle, last: middle)
                if let before = open {
                    connect(before, new, into: &grid, layer)
                    grid.fill(layer, x: before.x, from: before.top, to: before.bottom)
                }
                open = new
            }
        }
        if let open { grid.fill(layer, x: open.x, from: open.top, to: open.bottom) }
    }

    /// The line between two columns: the rows between neighbours are shared out half and half.
    private func connect(_ a: Column, _ b: Column, into grid: inout DotGrid, _ layer: Int) {
        let steps = b.x - a.x
        // What lies far outside is not walked through.
        let seen = max(0, -a.x - 1)..<max(max(0, -a.x - 1), min(steps, width - a.x))
        for step in steps > 0 ? seen : 0..<0 {
            let from = a.last + (b.first - a.last) * step / steps
            let to = a.last + (b.first - a.last) * (step + 1) / steps
            let middle = from + (to - from) / 2
            grid.fill(layer, x: a.x + step, from: from, to: middle)
            grid.fill(layer, x: a.x + step + 1, from: from == to ? to : middle + (to > from ? 1 : -1), to: to)
        }
    }

    /// Fills the area between low and high, every other dot.
    func band(_ points: [Series.Point], into grid: inout DotGrid, _ layer: Int) {
        var before: (x: Int, top: Int, bottom: Int)?
        for point in points {
            guard let x = column(point.x), let top = row(point.high), let bottom = row(point.low) else {
                before = nil
                continue
            }
            let start = before ?? (x, top, bottom)
            for column in min(start.x + 1, x)...x where column >= 0 && column < width {
                let share = x == start.x ? 1 : Double(column - start.x) / Double(x - start.x)
                let from = start.top + Int((Double(top - start.top) * share).rounded())
                let to = start.bottom + Int((Double(bottom - start.bottom) * share).rounded())
                for y in stride(from: max(0, from), through: min(height - 1, to), by: 1)
                where (column + y) % 2 == 0 {
                    grid.fill(layer, x: column, from: y, to: y)
                }
            }
            before = (x, top, bottom)
        }
    }
}
