import Base
import Checkpoints
import Foundation
import MethodKit
import Testing

@testable import Store

/// The stored bytes of everything, held by the files in the folder Golden: whatever Swift's names become, these files
/// stay, for they are what users' stores hold. With BENCHTOP_RECORD=1 files of new kinds are written; an existing file
/// is never written again.
@Suite struct FormatTests {
    static let picture = Picture(
        width: 3, height: 2, channels: 3, pixels: Data((0..<18).map { UInt8($0 * 14) }))
    static let gray = Picture(width: 2, height: 2, channels: 1, pixels: Data([0, 80, 160, 255]))
    static let mesh = Mesh(
        vertices: [SIMD3(0, 0, 0.1), SIMD3(1, 0, 0), SIMD3(0, 1, 0)], faces: [[0, 1, 2]],
        marked: [[0, 1], [2]], meaning: "seams")

    static let timeline = Timeline(
        duration: 1.5,
        lanes: [
            .init("beats", [.init(at: 0.5), .init(0.75...1, "rest", .bad)]),
            .init("wave", levels: .init([-1, 0.1, .infinity], in: -1...1, isFilled: true)),
        ])

    /// One of each kind.
    static let artifacts: [Artifact] = [
        .text([Span("a \u{1b}[31m", .good), Span("line\n")]),
        .table(Table(columns: ["a", "b"], rows: [["1", "2"], ["x,y", "\""]])),
        .heatMap(HeatMap([.nan, 1, 0.1, -2], rows: ["r", "s"], columns: ["a", "b"], range: -1...1)),
        .image(picture), .frames(Frames([gray, gray], rate: 12.5)), .mesh(mesh),
        .meshes([NamedMesh("one", mesh), NamedMesh("none", Mesh(vertices: [], faces: []))]),
        .animation(
            KeypointAnimation(
                frames: [[SIMD2(0, 0), SIMD2(0.5, -1)], [SIMD2(0.1, 0), SIMD2(0.5, 1)]], bones: [[0, 1]],
                rate: 25)),
        .timeline(timeline),
        .panels(
            Panels([
                Panels.Row(
                    [.init("text", .text([Span("a", .struck)])), .init("image", .image(gray))], parts: 2),
                Panels.Row([.init("time", .timeline(timeline))]),
            ])),
        .tree(Tree("root", .strong, children: [Tree("leaf"), Tree("other", .bad)])),
        .graph(Graph(nodes: ["a", "b"], edges: [Graph.Edge(from: 0, to: 1, label: "is")])),
        .reliability(Reliability(confidence: [0.25, 0.75], accuracy: [0.2, 0.8], counts: [4, 5])),
        .plot(
            Plot(
                x: "depth", y: "count",
                [
                    .line("l", [(0, 1), (1, .nan)]), .points("p", [(2, 0.1), (1, 3)]),
                    .bars("b", [("one", 1), ("two", -2)]), .bars("i", [("one", 1, 0, .infinity)]),
                    .histogram("h", of: [0, 0, 1], bins: 2), .whiskers("w", [(0, 1, 0.5, 2)]),
                ])),
        .tensor(NumberArray(shape: [2, 2], values: [1, .infinity, 0.1, -0.0])),
    ]

    /// One of each kind of event, and one of each kind of artifact.
    static let events: [(name: String, event: TrialEvent)] =
        [
            ("event stage", .stage(name: "walk", unit: "step", total: 9)),
            ("event log", .log(.warning, "a \u{1b}[31m line\n")),
            ("event edit", .edit(Edit(step: 3, input: "rate", text: "0.2", before: "0.1", by: .socket))),
            (
                "event exchange",
                .exchange(
                    Exchange(
                        input: "judge",
                        request: ModelRequest(
                            ["a \u{1b}[31m prompt"], longest: 8, temperature: 0.5, stops: ["\n"],
                            seed: .max),
                        answers: [
                            ModelAnswer(
                                "so", tokens: [.init("s", -0.1), .init("o", nil)], isWhole: false)
                        ]))
            ),
            (
                "event exchange of scores",
                .exchange(
                    Exchange(
                        input: "judge", request: ModelRequest(["a"], scoring: ["b"]),
                        answers: [ModelAnswer("b")]))
            ),
            (
                "artifact table of numbers",
                .artifact(
                    name: "kept",
                    .table(
                        Table(
                            columns: ["task", .number("time", unit: "s")],
                            rows: [["one", .number(0.1)], ["none", .number(.nan)]])))
            ),
            (
                "artifact graph in layers",
                .artifact(
                    name: "kept",
                    .graph(
                        Graph(
                            nodes: [Graph.Node("a", .good, layer: 1), "b"],
                            edges: [.init(from: 0, to: 1, label: "is", .bad, isDashed: true)])))
            ),
            (
                "artifact animation with names",
                .artifact(
                    name: "kept",
                    .animation(
                        KeypointAnimation(
                            frames: [[SIMD2(0, 0.5)]], bones: [], rate: 10, names: ["hips"])))
            ),
            ("event edit by nobody", .edit(Edit(step: 3, input: "rate", text: "0.2", before: "0.1"))),
            ("event artifact that asks", .artifact(name: "two", .text([Span("a or b")]), asks: "12-ab")),
        ] + artifacts.map { ("artifact \($0.type)", .artifact(name: "kept", $0)) }

    /// Made anew each time: a store that has its frozen part releases the bytes.
    static var checkpoint: Checkpoint {
        Checkpoint(
            step: 40, stage: "walk", stageStep: 30, isFinal: true, elapsed: 1.5, points: [40, 7], events: 3,
            edits: 2, state: Data([1, 2, 3]), record: Data([4]), frozen: [FrozenPart(Data([5]))])
    }

    /// Compares bytes with the file of that name.
    func expect(_ bytes: Data, _ name: String) throws {
        let file = name.replacing(" ", with: "-") + ".json"
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(file)")
        if ProcessInfo.processInfo.environment["BENCHTOP_RECORD"] == "1",
            !FileManager.default.fileExists(atPath: source.path)
        {
            return try bytes.write(to: source)
        }
        let kept = try Data(contentsOf: Bundle.module.bundleURL.appending(path: "Golden/\(file)"))
        #expect(
            String(decoding: bytes, as: UTF8.self) == String(decoding: kept, as: UTF8.self),
            "the stored form of \(name) has changed; stores that exist could not be read")
    }

    @Test func storedEventsAreTheGoldenOnes() throws {
        for (name, event) in Self.events {
            let (json, blobs) = try event.stored()
            try expect(json, name)
            for (digest, bytes) in blobs { #expect(Digest(of: bytes) == digest) }
            let back = try TrialEvent(stored: json, blobs: blobs)
            // What has a gap is not equal to itself, its bytes are.
            #expect(try back.stored().json == json)
            if !name.contains("heat map"), !name.contains("plot") { #expect(back == event) }
        }
    }

    @Test func everyKindIsAmongThem() throws {
        #expect(Set(Self.artifacts.map(\.type)) == Set(Artifact.storedTypes))
        #expect(Artifact.storedTypes.count == Set(Artifact.storedTypes).count)
        #expect(Set(Self.events.map(\.event.kind)) == Set(TrialEvent.storedKinds))
        #expect(LogLevel.allCases.map(\.rawValue) == ["debug", "info", "warning", "error"])
        #expect(
            TrialStatus.allCases.map(\.rawValue) == [
                "queued", "running", "paused", "finished", "stopped", "failed", "interrupted",
            ])
    }

    @Test func storedHeadsAndTextsAreTheGoldenOnes() throws {
        let head = CheckpointHead(Self.checkpoint)
        try expect(head.encoded(), "checkpoint head")
        #expect(try JSONDecoder.exact.decode(CheckpointHead.self, from: head.encoded()) == head)
        #expect(head.digests.count == 3)
        let plain = Checkpoint(
            step: 1, stage: "walk", stageStep: 1, isFinal: false, elapsed: 0, points: [], events: 0, edits: 0,
            state: Data(), record: Data())
        try expect(CheckpointHead(plain).encoded(), "checkpoint head plain")
        let metric = Metric("loss", "what is learned", unit: "nat", better: .lower)
        try expect(Data(JSONText.of([metric]).utf8), "metrics")
        let owner = SessionOwner(pid: 7, host: "here", boot: "b", started: "9")
        try expect(Data(JSONText.of(owner).utf8), "owner")
        let files = ["images": SessionFile(digest: Digest(of: Data()).hex, path: "/tmp/a b")]
        try expect(Data(JSONText.of(files).utf8), "files")
    }

    /// What was stored once is read for ever, whatever this version would write.
    @Test func goldenFilesAreRead() throws {
        let folder = Bundle.module.bundleURL.appending(path: "Golden")
        let blobs = try Self.events.reduce(into: [Digest: Data]()) { blobs, sample in
            blobs.merge(try sample.event.stored().blobs) { $1 }
        }
        var read = 0
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where ["event-", "artifact-"].contains(where: file.lastPathComponent.hasPrefix) {
            let event = try TrialEvent(stored: Data(contentsOf: file), blobs: blobs)
            if case .unknown = event { Issue.record("\(file.lastPathComponent) is not understood") }
            if case .artifact(_, .unknown, _) = event {
                Issue.record("\(file.lastPathComponent) is not understood")
            }
            read += 1
        }
        #expect(read >= Self.events.count)
    }

    static let newer = [
        #"{"kind":"probe","where":[1,2, 3],"ü":"\u00fc"}"#,
        #"{"kind":"artifact","name":"ghost","type":"hologram","content":{"beams":3}}"#,
        #"{"kind":"log","level":"shout","text":"a level that is not known"}"#,
        #"{"kind":"artifact","name":"words","type":"text","content":{"spans":[{"text":"a","style":"gold"}]}}"#,
        #"[1]"#,
    ]

    @Test(arguments: newer)
    func whatANewerVersionStoredIsKeptByteForByte(_ text: String) throws {
        let json = Data(text.utf8), event = try TrialEvent(stored: json, blobs: [:])
        #expect(try event.stored().json == json)
        let fixture = try StoreFixture(), other = try StoreFixture()
        let (session, trials) = try fixture.session()
        try fixture.store.append([
            TrialBatch(
                trial: trials[0].id, events: [TimedEvent(step: 1, elapsed: 0, event: event)], completed: 1)
        ])
        let copy = fixture.folder.appending(path: "copy.sqlite").path
        try fixture.store.export(session: session.id, to: copy, checkpoints: false)
        let added = try other.store.importSessions(from: copy)
        let trial = try #require(try other.store.trials(of: added[0].id).first)
        let back = try #require(try other.store.events(of: trial.id).first?.event)
        #expect(back == event)
        #expect(try back.stored().json == json)
        #expect(try other.store.integrity() == [], "it is not damaged")
        if case .artifact(let name, let artifact, _) = back {
            #expect(try artifact.files(named: name).map(\.contents) == [json])
            #expect(try artifact.files(named: name)[0].name == "\(name).json")
        }
    }

    @Test func whoAskedForAnEditIsKeptEvenWhenUnknown() throws {
        let json = Data(
            #"{"before":"1","by":"oracle","input":"rate","kind":"edit","step":2,"text":"3"}"#.utf8)
        guard case .edit(let edit) = try TrialEvent(stored: json, blobs: [:]) else {
            Issue.record("an edit is expected")
            return
        }
        #expect(edit.by == Edit.Source(rawValue: "oracle"))
        #expect(try TrialEvent.edit(edit).stored().json == json)
    }

    /// What draws relies on these; a store may come from anywhere.
    @Test(arguments: [
        #"{"type":"heat map","content":{"values":[1],"rows":["a","b"],"columns":["c"]}}"#,
        #"{"type":"mesh","content":{"vertices":[[0,0,0]],"faces":[[0,1,2]],"marked":[],"meaning":""}}"#,
        #"{"type":"animation","content":{"frames":[[[0,0]],[]],"bones":[[0,0]],"rate":1}}"#,
        #"{"type":"animation","content":{"frames":[[[0,0]]],"bones":[],"rate":1,"names":[]}}"#,
        #"{"type":"timeline","content":{"duration":0,"unit":"s","lanes":[]}}"#,
        #"{"type":"timeline","content":{"duration":1,"unit":"s","lanes":[{"name":"a","intervals":[{"begin":1,"end":0,"label":"","style":"plain"}]}]}}"#,
        #"{"type":"panels","content":{"rows":[{"panels":[],"parts":0}]}}"#,
        #"{"type":"panels","content":{"rows":[{"panels":[{"name":"a b","artifact":{"type":"text","content":{"spans":[]}}},{"name":"a_b","artifact":{"type":"text","content":{"spans":[]}}}],"parts":1}]}}"#,
        #"{"type":"graph","content":{"nodes":["a"],"edges":[],"layers":[7]}}"#,
        #"{"type":"graph","content":{"nodes":["a"],"edges":[],"styles":[]}}"#,
        #"{"type":"reliability","content":{"confidence":[1],"accuracy":[],"counts":[1]}}"#,
        #"{"type":"tensor","content":{"shape":[4611686018427387904,4],"values":"AAAAAA=="}}"#,
        #"{"type":"plot","content":{"x":"","y":"","series":[{"name":"","kind":"bars","x":[],"y":[1],"low":[],"high":[],"labels":[]}]}}"#,
        #"{"type":"plot","content":{"x":"","y":"","series":[{"name":"","kind":"histogram","x":[1],"y":[1],"low":[],"high":[],"labels":[]}]}}"#,
        #"{"type":"plot","content":{"x":"","y":"","series":[{"name":"","kind":"whiskers","x":[1],"y":[1],"low":[],"high":[],"labels":[]}]}}"#,
        #"{"type":"image","content":{"width":-1,"height":-1,"channels":1,"pixels":"AA=="}}"#,
    ])
    func impossibleShapesAreRefused(_ text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder.exact.decode(Artifact.self, from: Data(text.utf8))
        }
    }

    @Test func picturesAreStoredOnceAndNotAsText() throws {
        let fixture = try StoreFixture()
        let (session, trials) = try fixture.session(arms: ["a", "b"])
        let noise = Picture(
            width: 100, height: 100, channels: 3,
            pixels: Data((0..<30_000).map { _ in UInt8.random(in: 0...255) }))
        let event = TrialEvent.artifact(
            name: "film", .frames(Frames(Array(repeating: noise, count: 20), rate: 1)))
        for trial in trials {
            let events = (1...10).map { TimedEvent(step: $0, elapsed: 0, event: event) }
            try fixture.store.append([TrialBatch(trial: trial.id, events: events, completed: 10)])
        }
        let size = try #require(try fixture.store.sizes().sessions.first)
        #expect(size.session == session.id && (30_000..<31_000).contains(size.ownBlobs), "\(size)")
        #expect(size.events < 20 * 3_000)
        #expect(try fixture.store.events(of: trials[1].id).map(\.event) == Array(repeating: event, count: 10))
    }
}
