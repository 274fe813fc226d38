import Tensors

@testable import Methods

/// MusicInfuser's files: official runs in float64, the law of noise levels and the skip guidance from their formulas.
let musicInfuserChecks: [String: GoldenCheck] = [
    "musicinfuser-beta-uniform": .inDouble { one in
        let law = MusicInfuser.BetaUniform(
            first: try Golden.number(one.input["beta0"]),
            halfLife: try Golden.number(one.input["half_life_steps"]))
        let u = try Golden.numbers(one.input["u"]), x = try Golden.numbers(one.input["x"])
        return try Golden.objects(one.expected["rows"]).flatMap { row -> [GoldenCheck.Result] in
            let step = Int(try Golden.number(row["step"])), beta = law.beta(at: step)
            return [
                ("beta at \(step)", beta, try Golden.number(row["beta"])),
                (
                    "mean at \(step)", MusicInfuser.BetaUniform.mean(beta: beta),
                    try Golden.number(row["mean_sigma"])
                ),
                (
                    "density at \(step)", x.map { MusicInfuser.BetaUniform.density($0, beta: beta) },
                    try Golden.numbers(row["pdf"])
                ),
                (
                    "quantiles at \(step)", u.map { MusicInfuser.BetaUniform.quantile($0, beta: beta) },
                    try Golden.numbers(row["quantiles"])
                ),
            ]
        }
    },
    "musicinfuser-audio-projector": .inFloats { one in
        let projector = MusicInfuser.AudioProjector(
            Linear(weight: try matrix(one.input["W1"]), bias: try vector(one.input["b1"])),
            Linear(weight: try matrix(one.input["W2"]), bias: try vector(one.input["b2"])))
        let frames = Int(try Golden.number(one.input["T_out"]))
        return [
            (
                "tokens", projector(try sequence(one.input["audio"]), frames: frames).doubles,
                try Golden.rows(one.expected["out"]).flatMap { $0 }
            )
        ]
    },
    "musicinfuser-zica": .inFloats { one in
        func layer(_ name: String) throws -> Linear {
            let layer = try Golden.object(one.input[name])
            return Linear(weight: try matrix(layer["W"]), bias: try vector(layer["b"]))
        }
        let heads = Int(try Golden.number(one.input["heads"]))
        let x = try sequence(one.input["x"]), audio = try sequence(one.input["audio"]),
            out = try layer("to_out")
        func zica(_ output: Linear) throws -> MusicInfuser.ZICA {
            MusicInfuser.ZICA(
                query: try layer("to_q"), key: try layer("to_k"), value: try layer("to_v"), output: output,
                heads: heads)
        }
        let zero = Linear(weight: .zeros(out.weight.shape), bias: .zeros([out.weight.shape[0]]))
        let attention = try (one.expected["attention"] as? [Any] ?? []).flatMap { try Golden.rows($0) }
        return [
            (
                "out", try zica(out)(x, audio: audio).doubles,
                try Golden.rows(one.expected["out"]).flatMap { $0 }
            ),
            (
                "out at the start", try zica(zero)(x, audio: audio).doubles,
                try Golden.rows(one.expected["out_zero_init"]).flatMap { $0 }
            ),
            ("attention", try zica(out).weights(x, audio: audio).doubles, attention.flatMap { $0 }),
        ]
    },
    "musicinfuser-lora": .inFloats { one in
        let a = try matrix(one.input["A"]), b = try matrix(one.input["B"]), x = try matrix(one.input["x"])
        let base = Linear(weight: try matrix(one.input["W"]), bias: try vector(one.input["b"]))
        func layer(_ b: Tensor) throws -> Linear {
            let adapter = LoRA(a: a, b: b, alpha: try Golden.number(one.input["alpha"]))
            return Linear(weight: base.weight, bias: base.bias, adapter: adapter)
        }
        return [
            ("y", try layer(b)(x).doubles, try Golden.rows(one.expected["y"]).flatMap { $0 }),
            (
                "y at the start", try layer(.zeros(b.shape))(x).doubles,
                try Golden.rows(one.expected["y_at_init_B_zero"]).flatMap { $0 }
            ),
            (
                "merged", try layer(b).merged.weight.doubles,
                try Golden.rows(one.expected["W_merged"]).flatMap { $0 }
            ),
        ]
    },
    "musicinfuser-flow": .inFloats { one in
        let z = try vector(one.input["z"]).reshaped([1, 3]),
            eps = try vector(one.input["eps"]).reshaped([1, 3])
        let steps = Int(try Golden.number(one.input["num_steps"])), s = try Golden.number(one.input["s"])
        return [
            (
                "schedule",
                FlowMatching.linearQuadraticSchedule(
                    steps, threshold: try Golden.number(one.input["threshold"])),
                try Golden.numbers(one.expected["sigma"])
            ),
            (
                "noised", FlowMatching.sample(z, eps, sigma: [s]).doubles,
                try Golden.numbers(one.expected["z_sigma"])
            ),
            ("target", FlowMatching.target(z, eps).doubles, try Golden.numbers(one.expected["target"])),
        ]
    },
    "musicinfuser-layer-skip": .inFloats { one in
        let full = try vector(one.input["D_full"]), without = try vector(one.input["D_skip"])
        let sigma = Float(try Golden.number(one.input["sigma"])), w = Float(try Golden.number(one.input["w"]))
        return [
            (
                "difference",
                MusicInfuser.Adaptability.difference(full, without: without, sigma: sigma).doubles,
                try Golden.numbers(one.expected["grad"])
            ),
            (
                "guided", MusicInfuser.Adaptability.guided(full, without: without, weight: w).doubles,
                try Golden.numbers(one.expected["guided"])
            ),
        ]
    },
]

private func vector(_ value: Any?) throws -> Tensor { Tensor(try Golden.numbers(value).map { Float($0) }) }

private func matrix(_ value: Any?) throws -> Tensor {
    let rows = try Golden.rows(value)
    return Tensor(rows.flatMap { $0.map { Float($0) } }, [rows.count, rows[0].count])
}

/// One sequence of tokens: [1, tokens, width]
private func sequence(_ value: Any?) throws -> Tensor {
    let rows = try matrix(value)
    return rows.reshaped([1] + rows.shape)
}
