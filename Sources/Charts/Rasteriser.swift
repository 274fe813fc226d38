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

    /// The column of a place on the x axis; far outside, one so far away that lines keep their slopes.
    func column(_ value: Double) -> Int? {
        guard let share = x.share(value) else { return nil }
        return Int((max(-1e6, min(1e6, share)) * Double(width - 1)).rounded())
    }

    /// The row of dots of a value; far outside, one so far away that lines keep their slopes.
    func row(_ value: Double) -> Int? {
        guard let share = y.share(value) else { return nil }
        return Int(((1 - max(-1e4, min(1e4, share))) * Double(height - 1)).rounded())
    }

    /// Draws the line of a curve.
    func line(_ points: [Series.Point], into grid: inout DotGrid, _ layer: Int) {
        var open: Column?
        for place in seen(points) {
            guard let new = self.place(points[place]) else {
                close(open, into: &grid, layer)
                open = nil
                continue
            }
            if var same = open, same.x == new.x {
                same.top = min(same.top, new.top)
                same.bottom = max(same.bottom, new.bottom)
                same.last = new.last
                open = same
            } else {
                if let open { connect(open, new, into: &grid, layer) }
                close(open, into: &grid, layer)
                open = new
            }
        }
        close(open, into: &grid, layer)
    }

    /// The points that can be seen, and one on either side, to which lines lead.
    func seen(_ points: [Series.Point]) -> Range<Int> {
        guard width > 1 else { return points.indices }
        // A point half a column outside still rounds to the last column.
        let margin = 1 / Double(width - 1)
        let left = x.value(at: -margin), right = x.value(at: 1 + margin)
        let first = points.partition { $0.x >= left }, end = points.partition { $0.x > right }
        return max(0, first - 1)..<max(max(0, first - 1), min(points.count, end + 1))
    }

    /// Where a point and its envelope stand; nil for a gap.
    private func place(_ point: Series.Point) -> Column? {
        guard let x = column(point.x), let middle = row(point.y) else { return nil }
        let isSingle = point.low == point.y && point.high == point.y
        let top = isSingle ? middle : row(point.high) ?? middle
        let bottom = isSingle ? middle : row(point.low) ?? middle
        return Column(
            x: x, top: min(top, middle), bottom: max(bottom, middle), first: middle, last: middle)
    }

    private func close(_ column: Column?, into grid: inout DotGrid, _ layer: Int) {
        guard let column else { return }
        grid.fill(layer, x: column.x, from: column.top, to: column.bottom)
    }

    /// The line between two columns: the rows between neighbours are shared out half and half.
    private func connect(_ a: Column, _ b: Column, into grid: inout DotGrid, _ layer: Int) {
        let steps = b.x - a.x
        guard steps > 0 else { return }
        // What lies outside is not walked through.
        for step in max(0, -a.x - 1)..<max(max(0, -a.x - 1), min(steps, width - a.x)) {
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
        for place in seen(points) {
            let point = points[place]
            guard let x = column(point.x), let top = row(point.high), let bottom = row(point.low) else {
                before = nil
                continue
            }
            fill(from: before ?? (x, top, bottom), to: (x, top, bottom), into: &grid, layer)
            before = (x, top, bottom)
        }
    }

    /// Fills the columns after one place of a band up to the next.
    private func fill(
        from a: (x: Int, top: Int, bottom: Int), to b: (x: Int, top: Int, bottom: Int),
        into grid: inout DotGrid, _ layer: Int
    ) {
        let first = max(0, min(a.x + 1, b.x)), last = min(width - 1, b.x)
        guard first <= last else { return }
        for column in first...last {
            let share = b.x == a.x ? 1 : Double(column - a.x) / Double(b.x - a.x)
            let top = a.top + Int((Double(b.top - a.top) * share).rounded())
            let bottom = a.bottom + Int((Double(b.bottom - a.bottom) * share).rounded())
            grid.fill(layer, x: column, from: top, to: bottom, isStippled: true)
        }
    }
}

extension Array {
    /// The first place from which a condition holds, when it holds from some place on; else the end.
    func partition(_ holds: (Element) -> Bool) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
