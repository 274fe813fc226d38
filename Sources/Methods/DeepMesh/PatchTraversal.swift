extension DeepMesh {
    /// Splits a surface into patches: a centre, and the ring of vertices around it (§3.1).
    ///
    /// Takes the first face left, makes its vertex with most faces left the centre, and walks around it over the
    /// faces that hang together; what the walk does not reach comes back later, perhaps around the same centre.
    ///
    /// The edges around a centre are sorted at its first visit alone, and a face that is done is struck off
    /// around each of its corners that has been a centre. So no visit looks again at all that is left, and F
    /// faces take O(F log F) time, however they hang together; for bounded degree, as on most surfaces, O(F).
    /// Memory is O(F).
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
        /// The faces of each vertex lie side by side: where they begin.
        private var begin: [Int]
        private var incident: [Int32]
        /// Of the vertices that have been centres, what is left around them.
        private var links: VertexLinks

        init(faces: [SIMD3<Int32>], vertices: Int) {
            self.faces = faces
            isDone = Array(repeating: false, count: faces.count)
            degree = Array(repeating: 0, count: vertices)
            for face in faces { for corner in 0..<3 { degree[Int(face[corner])] += 1 } }
            begin = degree.reduce(into: [0]) { $0.append(($0.last ?? 0) + Int($1)) }
            incident = Array(repeating: 0, count: 3 * faces.count)
            links = VertexLinks(faces: faces.count, vertices: vertices)
            var end = begin
            for (index, face) in faces.enumerated() {
                for corner in 0..<3 {
                    let vertex = Int(face[corner])
                    incident[end[vertex]] = Int32(index)
                    end[vertex] += 1
                }
            }
        }

        /// §3.1 The next patch; nil when no face is left.
        mutating func next() -> Patch? {
            while cursor < faces.count, isDone[cursor] { cursor += 1 }
            guard cursor < faces.count else { return nil }
            let face = faces[cursor]
            // Of equal degrees the first corner's, as in the released code.
            let centre = (1..<3).reduce(face.x) { best, corner in
                degree[Int(face[corner])] > degree[Int(best)] ? face[corner] : best
            }
            if !links.has(centre) { addLink(of: centre) }
            var (ring, first) = walk(around: centre)
            // The walk's own direction is arbitrary: the patch takes that of its first face.
            if !runs(faces[first], centre, ring[0], ring[1]) { ring.reverse() }
            return Patch(centre: centre, ring: ring)
        }

        /// Gathers the edges opposite a vertex in its faces that are left; a face that has it twice counts twice.
        private mutating func addLink(of centre: Int32) {
            for index in begin[Int(centre)]..<begin[Int(centre) + 1] where !isDone[Int(incident[index])] {
                let f = faces[Int(incident[index])]
                let (a, b) = f.x == centre ? (f.y, f.z) : f.y == centre ? (f.z, f.x) : (f.x, f.y)
                links.gather(a, b, face: incident[index])
            }
            links.close(of: centre)
        }

        /// Walks over a centre's link from its start, and always along the first edge that is left. The faces
        /// walked over are done.
        ///
        /// - Returns: the ring, and its first face.
        private mutating func walk(around centre: Int32) -> (ring: [Int32], first: Int) {
            var last = links.start(of: centre)
            var ring = [last], first: Int?
            while degree[Int(centre)] > 0, let edge = links.firstEdge(of: centre, at: last, past: isDone) {
                finish(Int(edge.face))
                first = first ?? Int(edge.face)
                last = edge.to
                ring.append(last)
            }
            return (ring, first ?? cursor)
        }

        private mutating func finish(_ face: Int) {
            isDone[face] = true
            let f = faces[face]
            for corner in 0..<3 {
                let vertex = f[corner]
                degree[Int(vertex)] -= 1
                // No walk comes back to a vertex without faces.
                guard degree[Int(vertex)] > 0, links.has(vertex) else { continue }
                links.strike(f[(corner + 1) % 3], of: vertex)
                links.strike(f[(corner + 2) % 3], of: vertex)
            }
        }

        /// Whether a face runs through three vertices in this order.
        private func runs(_ face: SIMD3<Int32>, _ a: Int32, _ b: Int32, _ c: Int32) -> Bool {
            face == SIMD3(a, b, c) || face == SIMD3(b, c, a) || face == SIMD3(c, a, b)
        }
    }

    /// The links of vertices: the edges opposite a vertex in its faces, and which of them are left.
    ///
    /// All lie one after another in common arrays: most are small, and arrays of their own would cost more than
    /// what is in them.
    private struct VertexLinks {
        /// An edge seen from one of its ends; a link has each edge twice, once from either.
        struct Edge {
            let from, to, face: Int32

            /// Walks take the edges by their lower end, then the higher one, then the face; among the edges at
            /// one vertex that is by the other end, then the face.
            static func < (a: Edge, b: Edge) -> Bool {
                a.from != b.from ? a.from < b.from : a.to != b.to ? a.to < b.to : a.face < b.face
            }
        }

        /// A vertex of a link.
        private struct Member {
            let vertex: Int32
            /// Its first edge that may be left, and how many are.
            var head: Int32, left: Int32 = 0
        }

        /// Where the members of a link lie.
        private struct Span {
            var first: Int32 = 0, size: Int32 = 0
            var begin: Int { Int(first) }
            var count: Int { Int(size) }
        }

        /// Of each vertex; without members when it has no link yet.
        private var spans: [Span]
        /// Those of a link side by side, in ascending order.
        private var members: [Member] = []
        /// Those of a link side by side, sorted.
        private var edges: [Edge] = []
        /// How many of these belong to a link; the others belong to the next one.
        private var closed = 0
        /// A tournament for the start of each link's next walk: the member of lowest rank wins. The n members of
        /// a link have 2n places here, from twice `begin` on: their own ranks are the latter half, place k < n
        /// has the lower one of places 2k and 2k + 1, and place 1 the lowest of all.
        private var ranks: [Int32] = []

        init(faces: Int, vertices: Int) {
            spans = Array(repeating: Span(), count: vertices)
            edges.reserveCapacity(6 * faces)
            members.reserveCapacity(6 * faces)
            ranks.reserveCapacity(12 * faces)
        }

        func has(_ centre: Int32) -> Bool { spans[Int(centre)].size > 0 }

        /// Takes in an edge of the next link.
        mutating func gather(_ a: Int32, _ b: Int32, face: Int32) {
            edges.append(Edge(from: a, to: b, face: face))
            edges.append(Edge(from: b, to: a, face: face))
        }

        /// Makes the edges gathered, of which there is one at least, the link of a centre that has none.
        mutating func close(of centre: Int32) {
            edges.withUnsafeMutableBufferPointer { $0[closed...].sort(by: <) }
            let begin = members.count
            var last: Int32?
            for index in closed..<edges.count {
                let vertex = edges[index].from
                if vertex != last { members.append(Member(vertex: vertex, head: Int32(index))) }
                last = vertex
                members[members.count - 1].left += 1
            }
            closed = edges.count
            let span = Span(first: Int32(begin), size: Int32(members.count - begin))
            spans[Int(centre)] = span
            ranks.append(contentsOf: repeatElement(0, count: 2 * span.count))
            for place in (1..<2 * span.count).reversed() { ranks[2 * begin + place] = rank(place, in: span) }
        }

        /// What belongs in a place of a link's tournament: members with one edge left rank before those with
        /// more, and these before those with none.
        private func rank(_ place: Int, in span: Span) -> Int32 {
            let start = 2 * span.begin, index = place - span.count
            guard index >= 0 else { return min(ranks[start + 2 * place], ranks[start + 2 * place + 1]) }
            let left = members[span.begin + index].left
            return left == 0 ? .max : Int32(left == 1 ? index : span.count + index)
        }

        /// The smallest vertex that lies on one edge alone, else the smallest one on any.
        func start(of centre: Int32) -> Int32 {
            let span = spans[Int(centre)]
            return members[span.begin + Int(ranks[2 * span.begin + 1]) % span.count].vertex
        }

        /// The first edge at a vertex whose face is left; those before it are passed over for good.
        mutating func firstEdge(of centre: Int32, at vertex: Int32, past isDone: [Bool]) -> Edge? {
            let index = find(vertex, in: spans[Int(centre)])
            guard members[index].left > 0 else { return nil }
            while isDone[Int(edges[Int(members[index].head)].face)] { members[index].head += 1 }
            return edges[Int(members[index].head)]
        }

        /// Takes note that an edge at a vertex is gone.
        mutating func strike(_ vertex: Int32, of centre: Int32) {
            let span = spans[Int(centre)]
            let index = find(vertex, in: span)
            members[index].left -= 1
            guard members[index].left < 2 else { return }
            var place = span.count + index - span.begin
            while place > 0 {
                let rank = rank(place, in: span)
                guard ranks[2 * span.begin + place] != rank else { return }
                ranks[2 * span.begin + place] = rank
                place /= 2
            }
        }

        /// Where a vertex of a link lies among the members.
        private func find(_ vertex: Int32, in span: Span) -> Int {
            var index = span.begin, count = span.count
            while count > 1 {
                let half = count / 2
                index += members[index + half].vertex <= vertex ? half : 0
                count -= half
            }
            return index
        }
    }
}
