/// Where the nodes of a directed graph lie in layers, so that most edges lead to the right and few cross: longest paths,
/// then barycentres (Sugiyama et al. 1981).
struct LayeredLayout {
    /// A node, or a place where an edge passes through a layer.
    enum Item: Hashable {
        case node(Int)
        case bend(edge: Int, layer: Int)
    }

    /// The layer of each node, from the left.
    let layers: [Int]
    /// What lies in each layer, from the top.
    private(set) var rows: [[Item]]
    /// The items that each edge passes, from left to right, whatever way it points; two of one layer where it joins
    /// neighbours. Empty where an end is no node or both are the same.
    let paths: [[Item]]

    /// - Parameters:
    ///   - count: of nodes.
    ///   - edges: by places of nodes.
    ///   - given: the layer of each node; nil lets the edges say.
    init(_ count: Int, edges: [(from: Int, to: Int)], layers given: [Int?]) {
        let sound = edges.map {
            (0..<count).contains($0.from) && (0..<count).contains($0.to) && $0.from != $0.to
        }
        let used = zip(edges, sound).filter(\.1).map(\.0)
        let layers = Self.layers(count, used, given)
        let paths = edges.enumerated().map { index, edge in
            sound[index] ? Self.path(edge, index, layers) : []
        }
        var rows = [[Item]](repeating: [], count: (layers.max() ?? -1) + 1)
        for node in 0..<count { rows[layers[node]].append(.node(node)) }
        for case .bend(let edge, let layer) in paths.joined() {
            rows[layer].append(.bend(edge: edge, layer: layer))
        }
        (self.layers, self.rows, self.paths) = (layers, rows, paths)
        for sweep in 0..<8 { order(isRightwards: sweep % 2 == 0) }
    }

    /// Longest paths; an edge that would close a circle is passed over, as depth-first search finds it.
    private static func layers(_ count: Int, _ edges: [(from: Int, to: Int)], _ given: [Int?]) -> [Int] {
        var next = [[Int]](repeating: [], count: count), isOpen = [Bool](repeating: false, count: count)
        for edge in edges { next[edge.from].append(edge.to) }
        var order: [Int] = [], isSeen = isOpen, forward = [[Int]](repeating: [], count: count)
        for root in 0..<count where !isSeen[root] {
            // By a stack of its own: a graph may be a chain of any length.
            var stack = [(node: root, place: 0)]
            (isSeen[root], isOpen[root]) = (true, true)
            while let (node, place) = stack.last {
                guard place < next[node].count else {
                    isOpen[node] = false
                    order.append(node)
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].place += 1
                let target = next[node][place]
                if !isOpen[target] { forward[node].append(target) }
                guard !isSeen[target] else { continue }
                (isSeen[target], isOpen[target]) = (true, true)
                stack.append((target, 0))
            }
        }
        var layers = given.map { $0 ?? 0 }
        for node in order.reversed() {
            for target in forward[node] where given[target] == nil {
                layers[target] = max(layers[target], layers[node] + 1)
            }
        }
        return layers
    }

    private static func path(_ edge: (from: Int, to: Int), _ index: Int, _ layers: [Int]) -> [Item] {
        let (left, right) = layers[edge.from] <= layers[edge.to] ? (edge.from, edge.to) : (edge.to, edge.from)
        let between = layers[left] + 1 < layers[right] ? Array(layers[left] + 1..<layers[right]) : []
        return [.node(left)] + between.map { .bend(edge: index, layer: $0) } + [.node(right)]
    }

    /// Sorts each layer by the mean place of what it is joined to in the layer before it.
    private mutating func order(isRightwards: Bool) {
        var neighbours: [Item: [Item]] = [:]
        for path in paths {
            for (a, b) in zip(path, path.dropFirst()) {
                isRightwards ? neighbours[b, default: []].append(a) : neighbours[a, default: []].append(b)
            }
        }
        let columns = isRightwards ? Array(rows.indices) : rows.indices.reversed()
        for (column, before) in zip(columns.dropFirst(), columns) {
            let places = Dictionary(uniqueKeysWithValues: rows[before].enumerated().map { ($1, Double($0)) })
            let keyed = rows[column].enumerated().map {
                place, item -> (key: Double, place: Int, item: Item) in
                let known = (neighbours[item] ?? []).compactMap { places[$0] }
                return (known.isEmpty ? Double(place) : known.reduce(0, +) / Double(known.count), place, item)
            }
            rows[column] = keyed.sorted { ($0.key, $0.place) < ($1.key, $1.place) }.map(\.item)
        }
    }
}
