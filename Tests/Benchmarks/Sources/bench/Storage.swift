import Base
import Foundation
import MethodKit
import Store

/// The store beside TensorBoard's writer and loader: points logged, load, bytes at rest, first curve.
func storage() throws {
    let side = Result { () throws(SideError) in try Side.python("tensorboard") }
    let tensorboard = try? side.get()
    if case .failure(let error) = side { print("TensorBoard's column stays empty: \(error)") }
    row("store", "Benchtop", "TensorBoard", "bar")
    let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    var ours: (write: [Double], load: [Double]) = ([], []),
        theirs: (write: [Double], load: [Double]) = ([], [])
    var bytes = 0.0
    for round in 0..<5 {
        let path = folder.appending(path: "store-\(round).sqlite").path
        let (seconds, session) = try logging(1_000_000, to: path)
        ours.write.append(1_000_000 / seconds)
        if let seconds = try? tensorboard?.number("write 30000") { theirs.write.append(30_000 / seconds) }
        let copy = folder.appending(path: "copy-\(round).sqlite").path
        try SessionStore(path: path).export(session: session, to: copy, checkpoints: false)
        bytes = Double(try FileManager.default.attributesOfItem(atPath: copy)[.size] as? Int ?? 0) / 1_000_000
        ours.load.append(1_000_000 / (try cpuSeconds { try load(copy) }))
        if let seconds = try? tensorboard?.number("load 1") {
            theirs.load.append(Double((round + 1) * 30_000) / seconds)
        }
    }
    row("points logged a CPU-second", text(median(ours.write)), text(median(theirs.write)), "1e+06")
    row("points loaded a CPU-second", text(median(ours.load)), text(median(theirs.load)), "2e+06")
    let size = (try? tensorboard?.number("bytes 0")).map { $0 / 150_000 }
    row("bytes a point at rest", text(bytes), text(size), "12")
    row(
        "µs a report on the training thread",
        text(median((0..<5).map { _ in reporting(1_000_000) })), "-", "1")
    row("first curve of 10M points, ms", text(try firstCurve(folder)), "-", "100")
    print()
}

/// A session with one trial.
private func newSession(_ store: SessionStore) throws -> (session: SessionRecord, trials: [TrialRecord]) {
    try store.create(
        NewSession(
            method: "bench", methodVersion: 1, benchtop: "bench", preset: "full", purpose: "run", inputs: [:],
            metrics: [Metric("loss", "a noisy walk", better: .lower)], machine: [:],
            trials: [NewTrial(arm: "a", seed: 1)]))
}

/// A noisy loss in batches as a controller makes them: what came in within 50 ms.
private func points(_ range: Range<Int>, _ random: inout RandomStream) -> [Point] {
    range.map {
        Point(
            metric: 0, step: $0, elapsed: Double($0) * 1e-4 + 1e-5 * random.uniform(),
            value: 1 / Double($0 + 1) + 0.01 * random.gaussian())
    }
}

/// CPU-seconds to log `count` points, durably, and the session they are in.
private func logging(_ count: Int, to path: String) throws -> (seconds: Double, session: Int64) {
    let store = try SessionStore(path: path)
    let (session, trials) = try newSession(store)
    var random = RandomStream(seed: 1)
    let batch = 20_000
    let batches = stride(from: 0, to: count, by: batch).map { points($0..<$0 + batch, &random) }
    let seconds = try cpuSeconds {
        for (index, points) in batches.enumerated() {
            try store.append([TrialBatch(trial: trials[0].id, points: points, completed: (index + 1) * batch)]
            )
        }
        try store.append([TrialBatch(trial: trials[0].id, status: .finished)])
    }
    return (seconds, session.id)
}

private func load(_ path: String) throws {
    let store = try SessionStore(path: path, mode: .readOnly)
    let trial = try store.trials(of: try store.find("last").id)[0]
    let points = try store.points(of: trial.id, metric: 0)
    precondition(points.count == 1_000_000)
}

/// Milliseconds of CPU from opening a session of 10M points to its curve.
private func firstCurve(_ folder: URL) throws -> Double {
    let path = folder.appending(path: "large.sqlite").path
    let (_, session) = try logging(10_000_000, to: path)
    let copy = folder.appending(path: "large-copy.sqlite").path
    try SessionStore(path: path).export(session: session, to: copy, checkpoints: false)
    return median(
        try (0..<5).map { _ in
            try cpuSeconds {
                let store = try SessionStore(path: copy, mode: .readOnly)
                let trial = try store.trials(of: try store.find("last").id)[0]
                let curve = try store.curve(of: trial.id, metric: 0, width: 200)
                precondition(!curve.isEmpty && curve.count <= 200)
            } * 1e3
        })
}

/// Microseconds that the training thread spends on one step with one report.
private func reporting(_ count: Int) -> Double {
    let link = TrialLink(), texts = ["steps": "\(count)"]
    let method = MethodInfo(Reports.self)
    let seconds = cpuSeconds { try? method.run("only", texts: texts, seed: 1, link: link) }
    precondition(link.drain().points.count == count)
    return seconds / Double(count) * 1e6
}

/// A method that does nothing but report.
private enum Reports: Method {
    enum Arm: String, MethodArm {
        case only
        var help: String { "reports" }
    }

    struct Inputs: MethodInputs {
        @Input("steps", in: 1...10_000_000) var steps = 1_000
    }

    static let card = Card(
        id: "reports", title: "Reports",
        paper: Citation(authors: "None", title: "None", year: 2026, arXiv: "0000.00000"),
        idea: "", equations: [], data: "", headline: "", differences: [])
    static let version = 1
    static let loss = Metric("loss", "nothing", better: .lower)
    static let metrics = [loss]
    static let stage = Stage<Inputs>("report") { $0.steps }
    static let stages = [stage]
    static let presets = [Preset<Inputs>("smoke", "")]
    static let claims: [Claim] = []
    static let coincidences: [Coincidence<Inputs>] = []

    static func run(_ arm: Arm, _ trial: Trial<Inputs>) throws {
        var state = 0.0
        try trial.run(stage, state: &state) { state, step, _ in
            state += 1
            trial.report(loss, state)
        }
    }
}
