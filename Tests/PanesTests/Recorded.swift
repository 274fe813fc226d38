import Base
import Foundation
import MethodKit
import SessionViews

@testable import Store

/// Sessions of the tests' methods, written point by point, so that a screen of them is the same on every machine.
struct Recorded {
    let session: SessionRecord
    let recording: Recording

    /// A claim of dunes: three seeds, three arms, an artifact of every kind.
    static let dune = Result {
        try Recorded(MethodInfo(Dune.self), "d00001", seeds: [11, 12, 13], say: dune)
    }
    /// Two reefs that were measured once.
    static let reef = Result { try Recorded(MethodInfo(Reef.self), "0ee001", seeds: [1], say: reef) }

    private init(
        _ method: MethodInfo, _ shortID: String, seeds: [UInt64],
        say: (_ arm: Int, _ seed: UInt64) -> (points: [Point], events: [TimedEvent])
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SessionStore(path: folder.appending(path: "store.sqlite").path)
        let inputs = try method.texts(preset: "smoke", typed: [:])
        let (session, trials) = try store.create(
            NewSession(
                name: "", method: method.card.id, methodVersion: method.version, benchtop: "test",
                preset: "smoke", purpose: seeds.count > 1 ? "claim" : "duel", inputs: inputs,
                metrics: method.metrics, machine: [:],
                trials: seeds.flatMap { seed in method.arms.map { NewTrial(arm: $0.name, seed: seed) } }))
        let total = try method.stages(inputs, arm: method.arms[0].name).reduce(0) { $0 + $1.total }
        for trial in trials {
            let arm = method.arms.firstIndex { $0.name == trial.arm } ?? 0
            let said = say(arm, trial.seed)
            try store.append([
                TrialBatch(
                    trial: trial.id, points: said.points, events: said.events, completed: total,
                    status: .finished)
            ])
        }
        // The short id is drawn by chance and the time is now; on a screen both stay the same.
        self.session = SessionRecord(
            id: session.id, shortID: shortID, name: "", note: "", tags: [], method: session.method,
            methodVersion: session.methodVersion, benchtop: session.benchtop, preset: session.preset,
            purpose: session.purpose, inputs: session.inputs, metrics: session.metrics, machine: [:],
            began: Date(timeIntervalSince1970: 1_800_000_000), owner: nil, files: [:])
        recording = try Recording(self.session, store, path: "\(method.card.id).sqlite") { _ in total }
    }

    // MARK: What dunes say

    private static func dune(_ arm: Int, _ seed: UInt64) -> (points: [Point], events: [TimedEvent]) {
        var random = RandomStream(seed: seed * 10 + UInt64(arm)), points: [Point] = []
        var height = 2.0 + 0.1 * Double(seed % 3)
        for step in 21...60 {
            height *= [0.985, 0.96, 1][arm]
            let time = 0.02 * Double(step) + 0.001 * Double(arm)
            let noise = (random.uniform() - 0.5) * 0.2
            points.append(Point(metric: 0, step: step, elapsed: time, value: height + noise))
            if step % 2 == 0 {
                points.append(Point(metric: 1, step: step, elapsed: time, value: 3 * noise * noise * 1000))
            }
        }
        points.append(Point(metric: 2, step: 60, elapsed: 1.21, value: Double(900 + 50 * arm) + Double(seed)))
        return (points, events(arm))
    }

    private static func events(_ arm: Int) -> [TimedEvent] {
        var events = [
            TimedEvent(step: 0, elapsed: 0, event: .stage(name: "warm", unit: "step", total: 20)),
            TimedEvent(step: 5, elapsed: 0.1, event: .log(.info, "warm → ready, σ = 0.25 × 2² …")),
            TimedEvent(step: 20, elapsed: 0.4, event: .stage(name: "blow", unit: "step", total: 40)),
        ]
        for step in stride(from: 25, through: 60, by: 5) {
            let time = 0.02 * Double(step)
            events.append(
                TimedEvent(step: step, elapsed: time, event: .log(.info, "blown over \(step) times")))
            events.append(TimedEvent(step: step, elapsed: time, event: .artifact(name: "words", words(step))))
        }
        events.append(TimedEvent(step: 40, elapsed: 0.8, event: .log(.warning, "The wind turned — “north”.")))
        events += artifacts.map { name, artifact in
            TimedEvent(step: 60, elapsed: 1.2, event: .artifact(name: name, artifact))
        }
        return events
    }

    private static func words(_ step: Int) -> Artifact {
        .text([
            Span("After \(step) steps: ", .strong), Span("the dune → the sea, ", .good),
            Span("σ² ≤ ½", .first),
            Span("\nand a café — “closed”", .faint),
        ])
    }

    /// One of each kind, by the kind's name.
    static let artifacts: [(name: String, artifact: Artifact)] = [
        (
            "table",
            .table(
                Table(
                    columns: ["grain", "σ", "count"], rows: [["quartz", "β → π", "12"], ["salt", "1", "3"]]))
        ),
        (
            "heat map",
            .heatMap(
                HeatMap(
                    (0..<20).map { Float($0 * 7 % 20) / 20 }, rows: ["a", "b — c", "δ", "e"],
                    columns: ["one", "two", "θ", "four", "five"]))
        ),
        ("image", .image(picture(0))), ("frames", .frames(Frames([picture(0), picture(3)], rate: 4))),
        ("mesh", .mesh(tetrahedron(1))),
        ("meshes", .meshes([NamedMesh("before", tetrahedron(1)), NamedMesh("after", tetrahedron(2))])),
        (
            "animation",
            .animation(
                KeypointAnimation(
                    frames: [
                        [SIMD2(-1, -1), SIMD2(0, 1), SIMD2(1, -1)],
                        [SIMD2(-1, 0), SIMD2(0, -1), SIMD2(1, 1)],
                    ],
                    bones: [[0, 1], [1, 2]], rate: 2))
        ),
        (
            "tree",
            .tree(
                Tree(
                    "dune · 3 ways", .strong,
                    children: [
                        Tree("west", .good, children: [Tree("sea"), Tree("σ → 0", .faint)]),
                        Tree("east", .bad),
                    ]))
        ),
        (
            "graph",
            .graph(
                MethodKit.Graph(
                    nodes: ["sand", "wind", "café"],
                    edges: [.init(from: 0, to: 1, label: "moves by"), .init(from: 1, to: 2, label: "≈")]))
        ),
        (
            "layers",
            .graph(
                MethodKit.Graph(
                    nodes: [.init("sand", .strong), "wind", .init("café", .bad), "sea", "tide"],
                    edges: [
                        .init(from: 0, to: 1, label: "moves by"), .init(from: 0, to: 2, label: "≈", .bad),
                        .init(from: 1, to: 3, label: "", isDashed: true), .init(from: 2, to: 3, label: "by"),
                        .init(from: 0, to: 4, label: "far"), .init(from: 3, to: 4, label: ""),
                        .init(from: 4, to: 1, label: "back", .good),
                    ]))
        ),
        ("timeline", .timeline(timeline)),
        (
            "panels",
            .panels(
                Panels([
                    Panels.Row(
                        [
                            .init(
                                "dancer",
                                .animation(
                                    KeypointAnimation(
                                        frames: [[SIMD2(-1, -1), SIMD2(0, 1), SIMD2(1, -1)]],
                                        bones: [[0, 1], [1, 2]], rate: 2))),
                            .init("said", .text([Span("kept "), Span("taken back", .struck)])),
                        ], parts: 2), Panels.Row([.init("when", .timeline(timeline))]),
                ]))
        ),
        (
            "reliability",
            .reliability(
                Reliability(confidence: [0.1, 0.5, 0.9], accuracy: [0.2, 0.45, 0.8], counts: [3, 5, 9]))
        ),
        ("plot", .plot(plot)),
        ("tensor", .tensor(NumberArray(shape: [2, 3], values: [1, 2.5, -3, 4, 5, 1e-9]))),
    ]

    private static let plot = Plot(
        x: "wind, m/s", y: "height, m",
        [
            .histogram("dunes", of: [0, 1, 1, 2, 2, 2, 3, 3, 4].map(Double.init), bins: 5),
            .line("fit", [(0, 0.5), (4, 3)]), .points("seen", [(3.5, 2), (1, 1.5), (2, 2.5)]),
            .whiskers("mean", [(2, 1, 0.5, 2)]),
            .bars("by sea — σ", [("west", 2, 1.5, 2.5), ("café", -1, -1.5, -0.5)]),
        ])

    private static let wave: [Float] = (0..<200).map { place in
        let size = Float(place % 20 - 10) / 10
        return place % 3 == 0 ? -size : size
    }

    private static let beats: [Timeline.Interval] = [0.5, 1.5, 2.5, 3.5].map { .init(at: $0, "", .good) }

    private static let timeline = Timeline(
        duration: 4,
        lanes: [
            Timeline.Lane("beats", beats),
            Timeline.Lane("wind", [.init(0.2...2.4, "north", .first), .init(3...3.9, "calm", .faint)]),
            Timeline.Lane("wave", levels: .init(wave, in: -1...1, isFilled: true)),
            Timeline.Lane(
                "height", [.init(at: 2.9, "", .bad)], levels: .init([0, 0.5, 0.25, 1, 0], in: 0...1)),
        ])

    private static func picture(_ shift: Int) -> Picture {
        Picture(
            width: 8, height: 6, channels: 1,
            pixels: Data((0..<48).map { UInt8((($0 % 8 + $0 / 8 + shift) * 20) % 256) }))
    }

    private static func tetrahedron(_ size: Float) -> Mesh {
        Mesh(
            vertices: [SIMD3(0, size, 0), SIMD3(-1, 0, -1), SIMD3(1, 0, -1), SIMD3(0, 0, 1)],
            faces: [[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]], marked: [[0, 1], [2]], meaning: "open edges")
    }

    // MARK: What reefs say

    private static func reef(_ arm: Int, _ seed: UInt64) -> (points: [Point], events: [TimedEvent]) {
        let points = [
            Point(metric: 0, step: 10, elapsed: 0.5, value: Double(10 + 7 * arm)),
            Point(metric: 1, step: 10, elapsed: 0.5, value: 3.25),
        ]
        let event = TimedEvent(step: 0, elapsed: 0, event: .stage(name: "grow", unit: "year", total: 10))
        return (points, [event])
    }
}
