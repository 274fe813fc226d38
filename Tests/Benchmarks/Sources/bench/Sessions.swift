import Base
import Foundation
import MethodKit
import Store

/// `bench sessions FOLDER`: stores for the screen's benchmark, with the same noisy curves that it gives to others.
func sessions(in folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, count, points) in [("one", 1, 10_000), ("many", 101, 10_000), ("large", 1, 10_000_000)] {
        let path = folder.appending(path: "\(name).sqlite").path
        try? FileManager.default.removeItem(atPath: path)
        let store = try SessionStore(path: path)
        for session in 0..<count { try write(session, points, to: store) }
    }
}

/// One session with two metrics: 1/(i+1) with noise, and its square root.
private func write(_ number: Int, _ count: Int, to store: SessionStore) throws {
    let metrics = [
        Metric("loss", "a noisy walk", better: .lower), Metric("root", "its root", better: .lower),
    ]
    let (session, trials) = try store.create(
        NewSession(
            name: "run \(number)", method: "bench", methodVersion: 1, benchtop: "bench", preset: "full",
            purpose: "run", inputs: [:], metrics: metrics, machine: [:], trials: [NewTrial(arm: "a", seed: 1)]
        ))
    var random = RandomStream(seed: UInt64(number))
    for start in stride(from: 0, to: count, by: 10_000) {
        let points = (start..<start + 10_000).flatMap { step -> [Point] in
            let value = 1 / Double(step + 1) + 0.01 * random.gaussian()
            return [value, abs(value).squareRoot()].enumerated().map {
                Point(metric: $0, step: step + 1, elapsed: Double(step) * 1e-3, value: $1)
            }
        }
        try store.append([TrialBatch(trial: trials[0].id, points: points, completed: start + 10_000)])
    }
    try store.append([TrialBatch(trial: trials[0].id, status: .finished)])
    try store.setOwner(nil, of: session.id)
}
