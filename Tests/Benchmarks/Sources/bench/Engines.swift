import MethodKit
import Methods

/// Each engine's own training, beside the same network in PyTorch: its very loop, with data and reports.
var engineNetworks: [Work] {
    [
        // KTO on 24 drawn steps an update; the roll-outs between the rounds are small beside them.
        engine("steve", "steve: policy on 24 steps, KTO", arm: "kto", updates: 1_050) { _ in
            ["cloning": "1", "tasks": "10", "trajectories": "20", "epochs": "20"]
        },
        // All losses on 64 pairs with positive and negative views, which are drawn anew for each update.
        engine("tulip", "tulip: all losses, 64 pairs", arm: "tulip", updates: 10, besides: 1) {
            ["scenes": "200", "heldOut": "16", "steps": "\($0)", "every": "\($0)"]
        },
        // Pretraining on 32 meshes an update.
        engine(
            "deepmesh", "deepmesh: pretraining on 32 meshes", arm: "pretrained", updates: 10, besides: 1
        ) {
            [
                "meshes": "400", "batch": "32", "pretraining": "\($0)", "candidates": "1", "perCloud": "2",
                "updates": "1", "validation": "1", "tests": "1", "longest": "8",
            ]
        },
        // The adapters on 20 pairs of music and dance; both runs look at their dances nine times.
        engine(
            "musicinfuser", "musicinfuser: adapters, 20 dances", arm: "musicinfuser", updates: 39,
            besides: 9
        ) {
            [
                "dances": "30", "layers": "4", "pretraining": "1", "probes": "8", "euler": "2",
                "pairs": "100",
                "steps": "\($0)", "batch": "20", "pieces": "8",
            ]
        },
        // The language model on 64 questions an update.
        engine(
            "phi-decoding", "phi-decoding: model on 64 squares", arm: "greedy", updates: 10, besides: 1
        ) { ["updates": "\($0)", "questions": "1"] },
        // The trained judge on a paper as five extractors read it; PyTorch is given the features, which the engine makes.
        engine("curie", "curie: matcher on a paper", arm: "matcher", updates: 40, besides: 1) {
            ["training": "\($0)", "papers": "6"]
        },
    ]
}

/// A method of the catalogue.
func method(_ id: String) -> MethodInfo {
    guard let found = catalogue.first(where: { $0.card.id == id }) else {
        preconditionFailure("no method is called '\(id)'")
    }
    return MethodInfo(found)
}

/// A work that is a run of an engine: its inputs are made of the number of updates. A run with `rest` updates, which has
/// all the others of its work (data, evaluations, samples), is taken off.
private func engine(
    _ name: String, _ title: String, arm: String, updates: Int, besides rest: Int? = nil,
    _ typed: @escaping (_ updates: Int) -> [String: String]
) -> Work {
    Work(name, title, count: updates, bar: 2) {
        let info = method(name)
        func seconds(_ updates: Int) -> Double {
            cpuSeconds { run(info, arm, typed(updates), updates: updates) }
        }
        return { count in
            guard let rest else { return seconds(count) }
            return seconds(rest + count) - seconds(rest)
        }
    }
}

private func run(_ info: MethodInfo, _ arm: String, _ typed: [String: String], updates: Int) {
    guard let texts = try? info.texts(preset: "full", typed: typed) else {
        preconditionFailure("wrong inputs: \(typed)")
    }
    let link = TrialLink()
    do { try info.run(arm, texts: texts, seed: 1, link: link) } catch {
        preconditionFailure("\(error)")
    }
    precondition((link.drain().points.map(\.step).max() ?? 0) >= updates, "not \(updates) updates")
}
