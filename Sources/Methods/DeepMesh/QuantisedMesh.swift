import Datasets

extension DeepMesh {
    /// A mesh as the tokeniser wants it: on a grid, vertices merged and sorted, faces rotated and sorted.
    struct QuantisedMesh: Sendable, Equatable {
        /// The grid's steps of each vertex in the order z, x, y: different ones, coarse blocks first.
        private(set) var vertices: [SIMD3<Int32>] = []
        /// Corners of each face, the smallest index first, its orientation kept.
        private(set) var faces: [SIMD3<Int32>] = []
        /// Vertices that fell onto another one.
        private(set) var merged = 0
        /// Faces that lost a corner, and faces that fell onto an equal one.
        private(set) var collapsed = 0, repeated = 0
        /// How to go back to the file's coordinates.
        let placement: Placement

        /// Where a mesh lay before it was put into the unit cube.
        struct Placement: Sendable, Equatable, Codable {
            /// The centre of its box, in x, y, z.
            var centre = SIMD3<Double>()
            /// The longest side of its box.
            var side = 2 * QuantisedMesh.fill

            /// A mesh that lies in the cube already.
            init() {}

            /// Where a mesh lies: the box of what its faces use, or of all points of a cloud.
            init(of mesh: TriangleMesh) {
                var low = SIMD3<Double>(repeating: .infinity), high = -low
                func add(_ vertex: Int) {
                    low = pointwiseMin(low, mesh.vertices[vertex])
                    high = pointwiseMax(high, mesh.vertices[vertex])
                }
                for face in mesh.faces { for corner in 0..<3 { add(Int(face[corner])) } }
                if mesh.faces.isEmpty { mesh.vertices.indices.forEach(add) }
                guard !mesh.vertices.isEmpty else { return }
                (centre, side) = (low / 2 + high / 2, (high - low).max())
            }

            /// The vertex of grid steps (z, x, y), back in the file's coordinates.
            func place(_ q: SIMD3<Int32>, levels: Int) -> SIMD3<Double> {
                func coordinate(_ axis: Int) -> Double { QuantisedMesh.coordinate(q[axis], levels: levels) }
                let unit = SIMD3(coordinate(1), coordinate(2), coordinate(0))
                return centre + unit * (side / (2 * QuantisedMesh.fill))
            }
        }

        /// Half the length of the longest side, in a cube from -1 to 1.
        static let fill = 0.95

        /// §3.1 The step of a coordinate in -1...1: round((v + 1) / 2 · n - 1/2), halves to the even one.
        static func quantise(_ v: Double, levels n: Int) -> Int32 {
            // Halves to even, as NumPy rounds.
            let step = ((v + 1) / 2 * Double(n) - 0.5).rounded(.toNearestOrEven)
            return Int32(max(0, min(Double(n - 1), step)))
        }

        /// The middle of a step: (q + 1/2) · 2 / n - 1.
        static func coordinate(_ q: Int32, levels n: Int) -> Double { (Double(q) + 0.5) * 2 / Double(n) - 1 }

        /// Puts a mesh into the cube, merges what falls together, and sorts.
        ///
        /// - Parameters:
        ///   - mesh: any triangles; a mesh without extent becomes one vertex without a face.
        ///   - vocabulary: how fine the grid is, and which blocks come first.
        init(_ mesh: TriangleMesh, _ vocabulary: Vocabulary) {
            let n = vocabulary.levels
            func step(_ v: Double) -> Int32 { Self.quantise(v, levels: n) }
            let steps = Self.placed(mesh).map { SIMD3(step($0.x), step($0.y), step($0.z)) }
            self.init(steps: steps, faces: mesh.faces, vocabulary, Placement(of: mesh))
        }

        /// The vertices of a mesh in the cube from -1 to 1, in the order z, x, y, as the grid has them.
        static func placed(_ mesh: TriangleMesh) -> [SIMD3<Double>] {
            let placement = Placement(of: mesh)
            let scale = placement.side > 0 ? 2 * fill / placement.side : 0
            return mesh.vertices.map { vertex in
                let v = (vertex - placement.centre) * scale
                return SIMD3(v.z, v.x, v.y)
            }
        }

        /// Sorts and merges vertices that lie on the grid already.
        init(
            steps: [SIMD3<Int32>], faces: [SIMD3<Int32>], _ vocabulary: Vocabulary,
            _ placement: Placement = Placement()
        ) {
            self.placement = placement
            let indices = sortVertices(steps, block: Int32(vocabulary.extent(of: 0)))
            merged = steps.count - vertices.count
            sortFaces(faces.map { SIMD3(indices[Int($0.x)], indices[Int($0.y)], indices[Int($0.z)]) })
        }

        /// Sorts by the block in the order third, second, first axis, then by the axes themselves.
        ///
        /// - Returns: the new index of each vertex.
        private mutating func sortVertices(_ steps: [SIMD3<Int32>], block: Int32) -> [Int32] {
            // Ten bits an axis: at most 1,024 steps.
            func key(_ q: SIMD3<Int32>) -> UInt64 {
                let b = q / block
                return [b.z, b.y, b.x, q.z, q.y, q.x].reduce(0) { $0 << 10 | UInt64($1) }
            }
            let keys = steps.map(key)
            var indices = Array(repeating: Int32(0), count: steps.count), last: UInt64?
            for index in keys.indices.sorted(by: { keys[$0] < keys[$1] }) {
                if keys[index] != last { vertices.append(steps[index]) }
                last = keys[index]
                indices[index] = Int32(vertices.count - 1)
            }
            return indices
        }

        /// Drops faces that collapsed or came twice, and sorts the others by their sorted corners.
        private mutating func sortFaces(_ all: [SIMD3<Int32>]) {
            let whole = all.filter { $0.x != $0.y && $0.y != $0.z && $0.z != $0.x }.map(Self.rotated)
            collapsed = all.count - whole.count
            let sorted = whole.sorted { a, b in
                let (middle, other) = (min(a.y, a.z), min(b.y, b.z))
                if a.x != b.x { return a.x < b.x }
                if middle != other { return middle < other }
                return max(a.y, a.z) != max(b.y, b.z) ? max(a.y, a.z) < max(b.y, b.z) : a.y < b.y
            }
            for face in sorted where face != faces.last { faces.append(face) }
            repeated = sorted.count - faces.count
        }

        /// The same face, beginning with its smallest corner.
        static func rotated(_ face: SIMD3<Int32>) -> SIMD3<Int32> {
            if face.x < face.y, face.x < face.z { return face }
            return face.y < face.z ? SIMD3(face.y, face.z, face.x) : SIMD3(face.z, face.x, face.y)
        }

        /// The faces by their places instead of indices: what a round trip must give back.
        var triangles: [Detokeniser.Triangle] {
            faces.map {
                Detokeniser.Triangle(vertices[Int($0.x)], vertices[Int($0.y)], vertices[Int($0.z)])
            }
        }
    }
}
