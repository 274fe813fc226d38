import MethodKit
import Methods

/// Each engine's own training, beside the same network in PyTorch: its very loop, with data and reports.
func engineNetworks() -> [Network] { [steve(), tulip(), deepMesh()] }

/// KTO on 24 drawn steps an update; the roll-outs between the rounds are small beside them.
private func steve() -> Network {
    let typed = ["cloning": "1", "tasks": "10", "trajectories": "20", "epochs": "20"]
    return engine("steve", "steve: policy on 24 steps, KTO", arm: "kto", typed, updates: 1_050)
}

/// All losses on 64 pairs with positive and negative views, which are drawn anew for each update.
private func tulip() -> Network {
    let typed = { (updates: Int) in
        ["scenes": "200", "heldOut": "16", "steps": "\(updates)", "every": "\(updates)"]
    }
    return engine(
        "tulip", "tulip: all losses, 64 pairs", arm: "tulip", typed(41), updates: 40,
        rest: typed(1))
}

/// Pretraining on 32 meshes an update.
private func deepMesh() -> Network {
    let typed = { (updates: Int) in
        [
            "meshes": "400", "batch": "32", "pretraining": "\(updates)", "candidates": "1", "perCloud": "2",
            "updates": "1",
            "validation": "1", "tests": "1", "longest": "8",
        ]
    }
    return engine(
        "deepmesh", "deepmesh: pretraining on 32 meshes", arm: "pretrained", typed(41),
        updates: 40, rest: typed(1))
}

/// A method of the catalogue.
func method(_ id: String) -> MethodInfo {
    guard let found = catalogue.first(where: { $0.card.id == id }) else {
        preconditionFailure("no method is called '\(id)'")
    }
    return MethodInfo(found)
}

/// A network whose step is a run of an engine with the inputs `typed`, of which `updates` updates count; a run with the
/// inputs `rest` has all the others of its work: data, evaluations, samples.
private func engine(
    _ name: String, _ title: String, arm: String, _ typed: [String: String], updates: Int,
    rest: [String: String]? = nil
) -> Network {
    let info = method(name)
    let run = { (typed: [String: String], updates: Int) in
        guard let texts = try? info.texts(preset: "full", typed: typed) else {
            preconditionFailure("wrong inputs")
        }
        let link = TrialLink()
        do { try info.run(arm, texts: texts, seed: 1, link: link) } catch { preconditionFailure("\(error)") }
        precondition(
            (link.drain().points.map(\.step).max() ?? 0) >= updates, "not \(updates) updates")
    }
    return Network(
        name: name, title: title, steps: 1, bar: 2, updates: updates, rest: { if let rest { run(rest, 1) } }
    ) { run(typed, updates) }
}
