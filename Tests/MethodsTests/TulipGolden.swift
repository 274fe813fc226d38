@testable import Methods
import Tensors

/// TULIP's files: SigLIP's loss run from the authors' code, the rest written out from the formulas.
let tulipChecks: [String: GoldenCheck] = [
    "tulip-siglip": .inDouble { one in
        let x = try Golden.rows(one.input["x"]), y = try Golden.rows(one.input["y"])
        let found = contrast(
            x, y, Tulip.GeCo.sameModality(batch: x.count, negatives: 0),
            try Golden.number(one.input["logit_scale"]),
            try Golden.number(one.input["logit_bias"]))
        return [
            ("loss", [found.outcome.loss], [try Golden.number(one.expected["loss"])]),
            ("gradient of x", found.x.flatMap { $0 }, try flat(one.expected["grad_x"])),
            ("gradient of y", found.y.flatMap { $0 }, try flat(one.expected["grad_y"])),
            (
                "gradient of t", [found.outcome.scaleSlope],
                [try Golden.number(one.expected["grad_logit_scale"])]
            ),
            (
                "gradient of b", [found.outcome.biasSlope],
                [try Golden.number(one.expected["grad_logit_bias"])]
            ),
        ]
    },
    "tulip-geco": .inDouble { one in
        let x = try Golden.rows(one.input["x"]), batch = x.count
        let isSame = one.input["y_pos"] != nil
        let signs =
            isSame
            ? Tulip.GeCo.sameModality(batch: batch, negatives: batch)
            : Tulip.GeCo.imageText(batch: batch, negatives: batch)
        let rows = isSame ? x : x + (try Golden.rows(one.input["x_neg"]))
        let columns =
            try Golden.rows(one.input[isSame ? "y_pos" : "y"]) + Golden.rows(one.input["y_neg"])
        let found = contrast(
            rows, columns, signs, try Golden.number(one.input["t"]), try Golden.number(one.input["b"]))
        let names = isSame ? ["grad_x"] : ["grad_x", "grad_x_neg"]
        let others = isSame ? ["grad_pos", "grad_neg"] : ["grad_y", "grad_y_neg"]
        return [
            ("signs", signs.values.map(Double.init), try flat(one.expected["z"])),
            ("loss", [found.outcome.loss], [try Golden.number(one.expected["loss"])]),
            ("gradient of rows", found.x.flatMap { $0 }, try names.flatMap { try flat(one.expected[$0]) }),
            (
                "gradient of columns", found.y.flatMap { $0 },
                try others.flatMap { try flat(one.expected[$0]) }
            ),
        ]
    },
    "tulip-ema": .inDouble { one in
        let decay = try Golden.number(one.input["m"])
        var teacher = try Golden.numbers(one.input["teacher_before"])
        guard let steps = one.input["steps"] as? [[String: Any]] else {
            throw GoldenError(description: "'steps' is not a list")
        }
        return try steps.map { step in
            teacher = try zip(teacher, Golden.numbers(step["student"])).map {
                movedAverage($0, towards: $1, decay: decay)
            }
            return ("teacher", teacher, try Golden.numbers(step["teacher_after"]))
        }
    },
    "tulip-total": .inDouble { one in
        guard let weights = one.input["lambdas"] as? [String: Any],
            let parts = one.input["parts"] as? [String: Any]
        else { throw GoldenError(description: "'lambdas' or 'parts' is missing") }
        let losses = Tulip.LossParts(
            imageText: try Golden.number(parts["it"]), imageImage: try Golden.number(parts["ii"]),
            textText: try Golden.number(parts["tt"]), image: try Golden.number(parts["img"]),
            text: try Golden.number(parts["txt"]))
        let total = losses.total(
            Tulip.LossWeights(
                contrast: try Golden.number(weights["c"]), reconstruction: try Golden.number(weights["r"]),
                image: try Golden.number(weights["i"]), text: try Golden.number(weights["t"])))
        return [("total", [total], [try Golden.number(one.expected["total"])])]
    },
]

private func flat(_ value: Any?) throws -> [Double] { try Golden.rows(value).flatMap { $0 } }

/// The loss of given vectors, and its gradients with respect to them: slopes times the other side's vectors.
private func contrast(
    _ x: [[Double]], _ y: [[Double]], _ signs: Tulip.PairSigns, _ t: Double, _ b: Double
) -> (outcome: Tulip.SigLIP.Outcome, x: [[Double]], y: [[Double]]) {
    let products = x.flatMap { row in y.map { zip(row, $0).reduce(0) { $0 + $1.0 * $1.1 } } }
    let outcome = Tulip.SigLIP.outcome(products, signs, scale: t, bias: b)
    var dx = x.map { $0.map { _ in 0.0 } }, dy = y.map { $0.map { _ in 0.0 } }
    for i in x.indices {
        for j in y.indices {
            let slope = outcome.slopes[i * y.count + j]
            dx[i] = zip(dx[i], y[j]).map { $0 + slope * $1 }
            dy[j] = zip(dy[j], x[i]).map { $0 + slope * $1 }
        }
    }
    return (outcome, dx, dy)
}
