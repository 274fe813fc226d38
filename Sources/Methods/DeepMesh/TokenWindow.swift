/// A part of a mesh's sequence that is trained on by itself: truncated training.
///
/// Windows of a fixed length slide along the sequence by half their length; the half that a window shares with the one
/// before is read and not scored, so that each token of the mesh counts once.
struct TokenWindow: Codable, Sendable {
    /// Tokens read.
    let read: [Int]
    /// What comes after each token read; -1 where nothing is asked.
    let targets: [Int]

    /// §3.2 The windows of a mesh with its begin and end.
    static func all(of mesh: [Int], _ vocabulary: MeshVocabulary, length: Int) -> [TokenWindow] {
        let whole = [vocabulary.begin] + mesh + [vocabulary.end]
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

    /// The targets of some windows, filled up to the longest.
    static func targets(of windows: [TokenWindow]) -> [Int] {
        let longest = windows.map(\.targets.count).max() ?? 0
        return windows.flatMap { $0.targets + Array(repeating: -1, count: longest - $0.targets.count) }
    }
}
