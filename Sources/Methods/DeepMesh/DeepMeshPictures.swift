import Datasets
import MethodKit

extension DeepMesh {
    /// Tokens that a ribbon shows at most.
    private static let longestRibbon = 600
    /// Tokens in a line of the Hourglass's diagram, so that it fits beside its names into a narrow pane.
    private static let bandWidth = 24

    /// The beginning of a sequence, each token in the style of its level: coarse, block, offset; a new centre is
    /// strong.
    static func ribbon(_ tokens: [Int], _ vocabulary: Vocabulary) -> Artifact {
        var spans = [
            Span("new centre", .strong), Span(" "), Span("coarse", .first), Span(" "), Span("block", .second),
            Span(" "), Span("offset", .third), Span("\n"),
        ]
        for token in tokens.prefix(longestRibbon) {
            switch vocabulary.meaning(of: token) {
            case .centre: spans.append(Span("\n\(token) ", .strong))
            case .cell(let level, _):
                spans.append(Span("\(token) ", [.first, .second, .third][min(level, 2)]))
            case .begin, .end: spans.append(Span("\(token) ", .faint))
            }
        }
        let rest = tokens.count - longestRibbon
        if rest > 0 { spans.append(Span("\n… and \(rest) more", .faint)) }
        return .text(spans)
    }

    /// Which levels of the Hourglass ran for each token of a stream, from full length to the shortest.
    static func diagram(_ tokens: Int, _ hourglass: Hourglass) -> Artifact {
        // Four bands are enough to see the levels' rhythm, which goes on the same.
        let shown = min(tokens, 4 * bandWidth)
        var spans: [Span] = []
        for start in stride(from: 0, to: shown, by: bandWidth) {
            let band = start..<min(start + bandWidth, shown)
            spans.append(Span("tokens \(band.lowerBound + 1) to \(band.upperBound)\n", .faint))
            for (level, length) in hourglass.lengths.enumerated() {
                let name = length == 1 ? "full length" : "groups of \(length)"
                spans.append(Span(name.padding(toLength: 14, withPad: " ", startingAt: 0)))
                // A level over groups of n runs at every n-th token.
                let marks = band.map { $0 % length == 0 ? "#" : "." }.joined()
                spans.append(Span(marks + "\n", [.first, .second, .third][min(level, 2)]))
            }
        }
        return .text(spans)
    }

    /// The first triangles of a decoded mesh, with edges to mark.
    static func picture(_ decoded: Detokeniser, patches: Int? = nil) -> Mesh {
        let (vertices, faces) = decoded.indexed
        // Triangles come in the order of patches, so the first patches are a prefix.
        let count = patches.map { limit in decoded.patches.prefix { $0 < limit }.count } ?? faces.count
        let shown = Array(faces.prefix(count))
        // While it grows, the newest patch and its centre are marked; when it is whole, its open edges.
        let marked =
            patches.map { limit in
                let newest = zip(shown, decoded.patches).filter { $1 == limit - 1 }.map(\.0)
                let centre = vertices.firstIndex(of: decoded.centres[limit - 1])
                return newest.flatMap(sides) + (centre.map { [[$0]] } ?? [])
            } ?? Topology(of: shown).open.map { [Int($0.x), Int($0.y)] }
        return Mesh(
            vertices: vertices.map { SIMD3<Float>(upright(decoded.vocabulary.place($0))) },
            faces: shown.map { [Int($0.x), Int($0.y), Int($0.z)] }, marked: marked,
            meaning: patches == nil ? "open edges" : "edges of the newest patch")
    }

    private static func sides(of face: SIMD3<Int32>) -> [[Int]] {
        (0..<3).map { [Int(face[$0]), Int(face[($0 + 1) % 3])] }
    }

    /// The grid's axes are z, x, y of the mesh.
    private static func upright(_ p: SIMD3<Double>) -> SIMD3<Double> { SIMD3(p.y, p.z, p.x) }

    /// Two meshes side by side, open edges marked.
    static func sideBySide(
        _ left: (name: String, tokens: [Int]), _ right: (name: String, tokens: [Int]),
        _ vocabulary: Vocabulary
    ) -> Artifact {
        .meshes([left, right].map { NamedMesh($0.name, picture(Detokeniser($0.tokens, vocabulary))) })
    }
}

extension DeepMesh.State {
    /// Meshes before and after that a trial shows.
    private static let shownMeshes = 3

    /// Pairs that the score could not decide, for the user's eyes.
    func showPairs(_ choices: DeepMesh.ChoiceFile, _ inputs: DeepMesh.Inputs, _ trial: Trial<DeepMesh.Inputs>)
    {
        let byEye = pairs.count { $0.isByEye }
        trial.log(
            "\(pairs.count) pairs from \(sampled) samples, \(byEye) of them by your own choice; "
                + "\(open.count) clouds are left for it.")
        if byEye < choices.isLeft.count {
            trial.log(
                "\(choices.isLeft.count - byEye) of your \(choices.isLeft.count) choices are between other meshes: "
                    + "the seed and the inputs that they were made under bring those back.", .warning)
        }
        // The name is what a line of the choices' file repeats: it stands for these two meshes alone.
        for choice in open.prefix(inputs.shown) {
            trial.keep(
                "choose \(choice.name)",
                DeepMesh.sideBySide(("left", choice.a), ("right", choice.b), model.vocabulary),
                asks: choice.name)
        }
    }

    /// Meshes before and after the arm's updates, and one that grows patch by patch as its tokens come.
    func showMeshes(
        _ arm: DeepMesh.Arm, before start: DeepMesh.Model, _ set: DeepMesh.MeshSet, _ inputs: DeepMesh.Inputs,
        _ trial: Trial<DeepMesh.Inputs>
    ) {
        let clouds = set.test.prefix(Self.shownMeshes).map(\.cloud)
        func meshes(_ model: DeepMesh.Model, _ decoding: DeepMesh.Decoding) -> [[Int]] {
            // From one seed for both; draws part where the models say meshes of other lengths.
            var random = trial.stream("shown")
            return self.meshes(
                of: model, for: clouds, at: inputs.temperature, decoding, inputs, using: &random)
        }
        let pairs = zip(meshes(start, DeepMesh.Decoding()), meshes(model, arm.decoding))
        for (place, pair) in pairs.enumerated() {
            trial.keep(
                "before and after \(place + 1)",
                DeepMesh.sideBySide(("before", pair.0), ("after", pair.1), model.vocabulary))
        }
        if let cloud = clouds.first { stream(cloud, inputs, trial) }
    }

    /// Says a mesh for a cloud, and shows it patch by patch.
    ///
    /// - Returns: how many tokens and faces it has.
    @discardableResult
    func stream(
        _ cloud: [SIMD3<Float>], _ inputs: DeepMesh.Inputs, _ trial: Trial<DeepMesh.Inputs>
    ) -> (tokens: Int, faces: Int) {
        var random = trial.stream("streamed"), decoder = DeepMesh.Detokeniser(model.vocabulary),
            said: [Int] = []
        var shown = 0
        sampler(model, inputs, temperature: inputs.temperature).sample([cloud], using: &random) {
            tokens, isEnded in
            guard !isEnded[0] else { return }
            said.append(tokens[0])
            decoder.take(tokens[0])
            // A patch is whole when the next one begins.
            if decoder.patchCount - 1 > shown {
                shown = decoder.patchCount - 1
                trial.keep("streamed", .mesh(DeepMesh.picture(decoder, patches: shown)))
            }
        }
        trial.keep("streamed", .mesh(DeepMesh.picture(decoder)))
        trial.keep("ribbon", DeepMesh.ribbon(said, model.vocabulary))
        trial.keep("hourglass", DeepMesh.diagram(said.count, model.hourglass))
        return (said.count, decoder.patches.count)
    }
}
