/// Splits a surface into patches: a centre, and the ring of vertices around it (§3.1).
///
/// Takes the first face left, makes its vertex with most faces left the centre, and walks around it over the faces
/// that hang together; what the walk does not reach comes back later. Each step looks at the faces of one vertex
/// alone and forgets those that are done, so that the whole is linear in the faces but for the sort around a vertex.
struct PatchTraversal {
    /// A fan of triangles (centre, ring j, ring j + 1).
    struct Patch: Equatable {
        let centre: Int32
        /// Closed when the last one is the first.
        let ring: [Int32]
    }

    private let faces: [SIMD3<Int32>]
    private var isDone: [Bool]
    /// Where the search for the next face begins.
    private var cursor = 0
    /// Faces left at each vertex.
    private var degree: [Int32]
    /// The faces of each vertex lie side by side: where they begin, and how many are still listed.
    private var begin: [Int], listed: [Int]
    private var incident: [Int32]
    private var isSorted: [Bool]
    /// For the walk: how often a vertex lies on the ring's edges, and the first of these; 0 and -1 between walks.
    private var occurrences: [Int32]
    private var head: [Int32]

    /// An edge of the ring, opposite the centre; `low < high`.
    private struct RingEdge {
        let low, high, face: Int32
    }

    init(faces: [SIMD3<Int32>], vertices: Int) {
        self.faces = faces
        isDone = Array(repeating: false, count: faces.count)
        degree = Array(repeating: 0, count: vertices)
        for face in faces { for corner in 0..<3 { degree[Int(face[corner])] += 1 } }
        begin = degree.reduce(into: [0]) { $0.append(($0.last ?? 0) + Int($1)) }
        listed = Array(repeating: 0, count: vertices)
        incident = Array(repeating: 0, count: 3 * faces.count)
        isSorted = Array(repeating: false, count: vertices)
        occurrences = Array(repeating: 0, count: vertices)
        head = Array(repeating: -1, count: vertices)
        for (index, face) in faces.enumerated() {
            for corner in 0..<3 {
                let vertex = Int(face[corner])
                incident[begin[vertex] + listed[vertex]] = Int32(index)
                listed[vertex] += 1
            }
        }
    }

    /// §3.1 The next patch; nil when no face is left.
    mutating func next() -> Patch? {
        while cursor < faces.count, isDone[cursor] { cursor += 1 }
        guard cursor < faces.count else { return nil }
        let face = faces[cursor]
        let centre = (1..<3).reduce(face.x) { best, corner in
            degree[Int(face[corner])] > degree[Int(best)] ? face[corner] : best
        }
        let edges = ringEdges(around: centre)
        var (ring, first) = walk(edges)
        // The walk's own direction is arbitrary: the patch takes that of its first face.
        if !runs(faces[Int(first)], centre, ring[0], ring[1]) { ring.reverse() }
        return Patch(centre: centre, ring: ring)
    }

    /// The edges opposite `centre` of its faces that are left, sorted.
    private mutating func ringEdges(around centre: Int32) -> [RingEdge] {
        let start = begin[Int(centre)]
        let edges = (start..<start + listed[Int(centre)]).map { incident[$0] }.filter { !isDone[Int($0)] }.map
        {
            ringEdge(of: $0, opposite: centre)
        }
        let sorted =
            isSorted[Int(centre)]
            ? edges : edges.sorted { ($0.low, $0.high, $0.face) < ($1.low, $1.high, $1.face) }
        for (index, edge) in sorted.enumerated() { incident[start + index] = edge.face }
        listed[Int(centre)] = sorted.count
        isSorted[Int(centre)] = true
        return sorted
    }

    private func ringEdge(of face: Int32, opposite centre: Int32) -> RingEdge {
        let f = faces[Int(face)]
        let (a, b) = f.x == centre ? (f.y, f.z) : f.y == centre ? (f.z, f.x) : (f.x, f.y)
        return RingEdge(low: min(a, b), high: max(a, b), face: face)
    }

    /// Walks from the smallest vertex that lies on one edge alone, else from the first edge, and always along the
    /// first edge that is unused. The faces walked over are done.
    ///
    /// - Returns: the ring, and its first face.
    private mutating func walk(_ edges: [RingEdge]) -> (ring: [Int32], first: Int32) {
        // Of each edge, the next edge at its low and at its high vertex, in their order.
        var next = Array(repeating: SIMD2<Int32>(-1, -1), count: edges.count)
        for (index, edge) in edges.enumerated().reversed() {
            next[index] = SIMD2(head[Int(edge.low)], head[Int(edge.high)])
            for vertex in [edge.low, edge.high] {
                occurrences[Int(vertex)] += 1
                head[Int(vertex)] = Int32(index)
            }
        }
        defer { for edge in edges { for vertex in [edge.low, edge.high] { forget(vertex) } } }
        let ends = edges.flatMap { [$0.low, $0.high] }.filter { occurrences[Int($0)] == 1 }
        var last = ends.min() ?? edges[0].low
        var ring = [last], first: Int32?
        while let index = firstUnused(at: last, edges, next) {
            let edge = edges[index]
            finish(edge.face)
            first = first ?? edge.face
            last = edge.low == last ? edge.high : edge.low
            ring.append(last)
        }
        return (ring, first ?? edges[0].face)
    }

    /// The first edge at a vertex whose face is left; those before it are passed over for good.
    private mutating func firstUnused(at vertex: Int32, _ edges: [RingEdge], _ next: [SIMD2<Int32>]) -> Int? {
        while head[Int(vertex)] >= 0 {
            let index = Int(head[Int(vertex)])
            if !isDone[Int(edges[index].face)] { return index }
            head[Int(vertex)] = edges[index].low == vertex ? next[index].x : next[index].y
        }
        return nil
    }

    private mutating func finish(_ face: Int32) {
        isDone[Int(face)] = true
        for corner in 0..<3 { degree[Int(faces[Int(face)][corner])] -= 1 }
    }

    private mutating func forget(_ vertex: Int32) {
        occurrences[Int(vertex)] = 0
        head[Int(vertex)] = -1
    }

    /// Whether a face runs through three vertices in this order.
    private func runs(_ face: SIMD3<Int32>, _ a: Int32, _ b: Int32, _ c: Int32) -> Bool {
        face == SIMD3(a, b, c) || face == SIMD3(b, c, a) || face == SIMD3(c, a, b)
    }
}
