import MethodKit
import Methods

/// Each engine's own training, beside the same network in PyTorch: its very loop, with data and reports.
func engineNetworks() -> [Network] { [steve()] }

/// KTO on 24 drawn steps an update; the roll-outs between the rounds are small beside them.
private func steve() -> Network {
    let typed = ["cloning": "1", "tasks": "10", "trajectories": "20", "epochs": "20"]
    return engine(Steve.self, "steve", "steve: policy on 24 steps, KTO", arm: "kto", typed, updates: 750)
}

private func engine<M: Method>(
    _ method: M.Type, _ name: String, _ title: String, arm: String, _ typed: [String: String], updates: Int
) -> Network {
    let info = MethodInfo(method)
    return Network(name: name, title: title, steps: 1, bar: 2, updates: updates) {
        guard let texts = try? info.texts(preset: "full", typed: typed) else {
            preconditionFailure("wrong inputs")
        }
        let link = TrialLink()
        do { try info.run(arm, texts: texts, seed: 1, link: link) } catch { preconditionFailure("\(error)") }
        precondition(
            link.drain().points.contains { $0.metric == 9 && $0.value == Double(updates) },
            "not \(updates) updates")
    }
}
