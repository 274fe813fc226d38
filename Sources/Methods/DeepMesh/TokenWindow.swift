import Tensors

extension DeepMesh {
    /// A part of a mesh's sequence that is trained on by itself: truncated training.
    ///
    /// Windows of a fixed length slide along the sequence by half their length; the half that a window shares with
    /// the one before is read and not scored, so that each token of the mesh counts once.
    struct TokenWindow: Codable, Sendable {
        /// Tokens read.
        let read: [Int]
        /// What comes after each token read; -1 where nothing is asked.
        let targets: [Int]

        /// §3.2 The windows of a mesh with its begin and end.
        static func all(of mesh: [Int], _ vocabulary: Vocabulary, length: Int) -> [TokenWindow] {
            let whole = [vocabulary.begin] + mesh + [vocabulary.end]
            // Half a window is read again as context and not scored again, so every token is scored once.
            let stride = max(1, length / 2)
            var windows: [TokenWindow] = [], scored = 0, start = 0
            repeat {
                let end = min(start + length, whole.count - 1)
                let targets = (start..<end).map { $0 < scored ? -1 : whole[$0 + 1] }
                windows.append(TokenWindow(read: Array(whole[start..<end]), targets: targets))
                scored = end
                start += stride
            } while scored < whole.count - 1
            return windows
        }
    }

    /// The windows of some meshes, and which mesh each is of.
    struct WindowBatch {
        /// Mesh by mesh.
        let windows: [TokenWindow]
        /// The place of each window's mesh.
        let owners: [Int]
        /// How many meshes there are.
        private let count: Int
        /// Tokens of the longest window, to which the others are filled up.
        private let longest: Int

        /// Truncated training (§3.2): each token of a mesh is scored in one window, so sums over its windows are sums
        /// over the mesh.
        init(_ meshes: [[Int]], _ vocabulary: Vocabulary, length: Int) {
            let parts = meshes.map { TokenWindow.all(of: $0, vocabulary, length: length) }
            windows = parts.flatMap { $0 }
            owners = parts.enumerated().flatMap { mesh, part in part.map { _ in mesh } }
            count = meshes.count
            longest = windows.map(\.read.count).max() ?? 0
        }

        /// What a model scores after each token, given the cloud of each mesh: [windows, longest, vocabulary]
        func scores(_ model: Model, _ clouds: [[SIMD3<Float>]]) -> Tensor {
            model(windows.map(\.read), owners.map { clouds[$0] })
        }

        /// What is asked after each token, window by window: [windows * longest]
        var targets: [Int] { TokenBatch.targets(windows.map(\.targets)) }

        /// Numbers of tokens, window by window, summed up over each mesh: of log-probabilities log π(y|x), where a mean
        /// would forget how long the mesh is.
        func sums(_ values: [Double]) -> [Double] {
            var sums = Array(repeating: 0.0, count: count)
            for (place, value) in values.enumerated() { sums[owners[place / longest]] += value }
            return sums
        }

        /// A number of each mesh at all of its tokens: the slopes of what ``sums(_:)`` made.
        func spread(_ values: [Double]) -> [Double] {
            owners.flatMap { Array(repeating: values[$0], count: longest) }
        }
    }
}
