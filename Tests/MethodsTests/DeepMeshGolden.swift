import Datasets
import Foundation
import Tensors

@testable import Methods

/// DeepMesh's files: tokeniser and discretisation run from the authors' code, the rest written out from the formulas.
let deepMeshChecks: [String: GoldenCheck] = [
    "deepmesh-tokens": .inDouble { one in
        let steps = try vertices(one.input["quantised_vertices"])
        let wanted = try Golden.rows(one.input["faces_processed"])
        let (corners, triangles) = try input(one)
        let placed = DeepMesh.QuantisedMesh(TriangleMesh(vertices: corners, faces: triangles), .paper)
        let given = DeepMesh.QuantisedMesh(steps: steps, faces: wanted.map(face), .paper)
        let tokens = DeepMesh.Tokeniser.tokens(of: placed, .paper)
        let decoded = DeepMesh.Detokeniser(tokens, .paper)
        return [
            ("vertices", placed.vertices.flatMap(flat), steps.flatMap(flat)),
            ("faces", placed.faces.flatMap(flat), wanted.flatMap { $0 }),
            ("tokens", tokens.map(Double.init), try Golden.numbers(one.expected["tokens"])),
            (
                "tokens of the given faces", DeepMesh.Tokeniser.tokens(of: given, .paper).map(Double.init),
                try Golden.numbers(one.expected["tokens"])
            ),
            ("patches", [Double(decoded.patchCount)], [try Golden.number(one.expected["n_patches"])]),
            (
                "triangles", sorted(decoded.triangles),
                sorted(
                    try Golden.rows(one.expected["decoded_triangles_quantised"]).map {
                        DeepMesh.Detokeniser.Triangle(step($0[0...2]), step($0[3...5]), step($0[6...8]))
                    })
            ),
        ]
    },
    "deepmesh-quantise": .inDouble { one in
        let x = try Golden.numbers(one.input["x"])
        func steps(_ levels: Int) -> [Int32] { x.map { DeepMesh.QuantisedMesh.quantise($0, levels: levels) } }
        let places = try vertices(one.input["coords"])
        let cells = places.map { q in
            (0..<3).map {
                Double(
                    DeepMesh.Vocabulary.paper.starts[$0] + DeepMesh.Vocabulary.paper.cell(of: q, level: $0))
            }
        }
        return [
            ("steps of 512", steps(512).map(Double.init), try Golden.numbers(one.expected["q512"])),
            ("steps of 128", steps(128).map(Double.init), try Golden.numbers(one.expected["q128"])),
            (
                "coordinates", steps(512).map { DeepMesh.QuantisedMesh.coordinate($0, levels: 512) },
                try Golden.numbers(one.expected["back512"])
            ),
            (
                "cells", cells.flatMap { $0 },
                try Golden.rows(one.expected["patch_block_offset_tokens"]).flatMap { $0 }
            ),
        ]
    },
    "deepmesh-sampling": .inDouble { one in
        let temperature = try Golden.number(one.input["T"])
        // The file has e^l / (-ln u)^T; the loop draws by its logarithm.
        let scores = try zip(Golden.numbers(one.input["logits"]), Golden.numbers(one.input["u"])).map {
            GumbelMax.logScore($0, $1, temperature: temperature)
        }
        return [
            ("scores", scores.map { exp($0) }, try Golden.numbers(one.expected["scores"])),
            (
                "choice", [Double(GumbelMax.choice(scores))],
                [try Golden.number(one.expected["argmax"])]
            ),
        ]
    },
    "deepmesh-hourglass": .inFloats { one in
        let n = Int(try Golden.number(one.input["n"])), k = Int(try Golden.number(one.input["k"]))
        let x = Tensor((1...n).map(Float.init), [1, n, 1])
        let groups = DeepMesh.Hourglass.grouped(x, by: k)
        // Each group sends itself to all of its tokens: which one does a token read?
        let numbers = (0..<groups.shape[1]).flatMap { Array(repeating: Float($0), count: k) }
        let read = DeepMesh.Hourglass.ungrouped(Tensor(numbers, [1, groups.shape[1], k]), by: k, tokens: n)
            .values
        let wanted = one.expected["position_reads_group"] as? [String: Any] ?? [:]
        return [
            (
                "groups", groups.values.map(Double.init),
                try Golden.rows(one.expected["groups"]).flatMap { $0 }
            ),
            (
                "shifted", groups.values.map(Double.init), try Golden.numbers(one.expected["shifted"])
            ),
        ]
            + (try (0..<n).map { place in
                let group = Int(read[place])
                return (
                    "what token \(place + 1) reads",
                    groups.values[group * k..<(group + 1) * k].map(Double.init),
                    try Golden.numbers(wanted["\(place + 1)"])
                )
            })
    },
    "deepmesh-dpo": .inDouble { one in
        func sum(_ name: String) throws -> Double { try Golden.numbers(one.input[name]).reduce(0, +) }
        let outcome = DeepMesh.DPO.outcome(
            policy: DeepMesh.DPO.Pair(win: try sum("logp_policy_win"), lose: try sum("logp_policy_lose")),
            reference: DeepMesh.DPO.Pair(win: try sum("logp_ref_win"), lose: try sum("logp_ref_lose")),
            beta: try Golden.number(one.input["beta"]))
        let win = try Golden.numbers(one.expected["grad_logp_win_each"])
        let lose = try Golden.numbers(one.expected["grad_logp_lose_each"])
        return [
            ("margin", [outcome.margin], [try Golden.number(one.expected["margin"])]),
            ("loss", [outcome.loss], [try Golden.number(one.expected["loss"])]),
            ("reward of y⁺", [outcome.rewardWin], [try Golden.number(one.expected["reward_win"])]),
            ("reward of y⁻", [outcome.rewardLose], [try Golden.number(one.expected["reward_lose"])]),
            ("slopes of y⁺", win.map { _ in outcome.slope }, win),
            ("slopes of y⁻", lose.map { _ in -outcome.slope }, lose),
        ]
    },
    "deepmesh-distances": .inDouble { one in
        func points(_ name: String) throws -> [SIMD3<Double>] {
            try Golden.rows(one.input[name]).map { SIMD3($0[0], $0[1], $0[2]) }
        }
        let found = PointDistances(try points("A"), try points("B"))
        return [
            ("Chamfer", [found.chamfer], [try Golden.number(one.expected["chamfer"])]),
            ("Hausdorff", [found.hausdorff], [try Golden.number(one.expected["hausdorff"])]),
        ]
    },
]

private func step(_ values: ArraySlice<Double>) -> SIMD3<Int32> {
    let v = values.map { Int32($0) }
    return SIMD3(v[0], v[1], v[2])
}

private func face(_ values: [Double]) -> SIMD3<Int32> { step(values[...]) }

private func flat(_ v: SIMD3<Int32>) -> [Double] { [Double(v.x), Double(v.y), Double(v.z)] }

private func vertices(_ value: Any?) throws -> [SIMD3<Int32>] { try Golden.rows(value).map { step($0[...]) } }

private func input(_ one: GoldenFile.Case) throws -> ([SIMD3<Double>], [SIMD3<Int32>]) {
    let corners = try Golden.rows(one.input["input_vertices"]).map { SIMD3($0[0], $0[1], $0[2]) }
    return (corners, try Golden.rows(one.input["input_faces"]).map(face))
}

private func sorted(_ triangles: [DeepMesh.Detokeniser.Triangle]) -> [Double] {
    triangles.map { flat($0.a) + flat($0.b) + flat($0.c) }.sorted { $0.lexicographicallyPrecedes($1) }
        .flatMap { $0 }
}
