import Base
import Foundation
import MethodKit
import Methods
import Testing

/// What every tool must do, and what can be applied: each is tried on the shipped file that it names.
@Suite struct ToolTests {
    struct Case: Sendable, CustomStringConvertible {
        let method: MethodInfo
        let tool: MethodInfo.Tool
        var description: String { "\(method.card.id) \(tool.name)" }
    }

    static let tools = CatalogueTests.methods.flatMap { method in
        method.tools.map { Case(method: method, tool: $0) }
    }
    static let applied = CatalogueTests.methods.compactMap { method in
        method.apply.map { Case(method: method, tool: $0) }
    }

    @Test(arguments: tools + applied)
    func declaresAFileWithASample(_ one: Case) throws {
        let spec = try #require(one.method.inputs.first { $0.name == one.tool.file })
        #expect(spec.kind.isPath && !one.tool.help.isEmpty)
        #expect(FileManager.default.isReadableFile(atPath: one.tool.sample()))
    }

    @Test(arguments: tools)
    func saysTheSameTwiceInOneStep(_ one: Case) throws {
        let first = try Run(one.method, one.tool), second = try Run(one.method, one.tool)
        #expect(first.said == second.said && first.steps == 1)
        #expect(!first.artifacts.isEmpty && !first.said.points.isEmpty)
    }

    @Test(arguments: tools)
    func readsWhatItSaysItReads(_ one: Case) throws {
        for spec in one.method.inputs where one.tool.inputs.contains(spec.name) && spec.name != one.tool.file
        {
            let runs = try Samples.values(spec, one.method).map {
                try Run(one.method, one.tool, [spec.name: $0]).said
            }
            #expect(runs[0] != runs[1], "\(spec.name)")
        }
    }

    @Test(arguments: tools)
    func aFileThatIsNoneIsOneSentence(_ one: Case) throws {
        let file = try Self.copy(of: one.tool) { _ in Data(repeating: 0xA5, count: 4_096) }
        defer { try? FileManager.default.removeItem(atPath: file) }
        Self.expectSentence { _ = try Run(one.method, one.tool, file: file) }
    }

    /// A file that ends in the middle may still be one.
    @Test(arguments: tools)
    func aFileThatEndsInTheMiddleIsReadOrRefused(_ one: Case) throws {
        let file = try Self.copy(of: one.tool) { $0.prefix($0.count * 2 / 3) }
        defer { try? FileManager.default.removeItem(atPath: file) }
        do { _ = try Run(one.method, one.tool, file: file) } catch is any InputRefusal {}
    }

    @Test(arguments: tools + applied)
    func aRunRefusesWhatOnlyItReads(_ one: Case) throws {
        let error = #expect(throws: InputError.self) {
            try one.method.texts(preset: "smoke", typed: [one.tool.file: one.tool.sample()])
        }
        #expect(error == .ofTool(name: one.tool.file, tool: one.tool.name, isApplied: one.tool.isApplied))
    }

    @Test(arguments: tools)
    func refusesWhatItDoesNotReadAndNoFile(_ one: Case) throws {
        let typed = [one.tool.file: one.tool.sample()]
        let other = try #require(one.method.inputs.first { !one.tool.inputs.contains($0.name) })
        let value = try Samples.values(other, one.method)[1]
        #expect(throws: InputError.unread(name: other.name, tool: one.tool.name, reads: one.tool.inputs)) {
            let all = typed.merging([other.name: value]) { $1 }
            _ = try one.method.texts(tool: one.tool.name, preset: "smoke", typed: all)
        }
        #expect(throws: InputError.noToolFile(name: one.tool.file, tool: one.tool.name)) {
            _ = try one.method.texts(tool: one.tool.name, preset: "smoke", typed: [:])
        }
    }

    // MARK: Apply

    /// Nothing is trained: one step, from the last state, on top of what the finished trial counted.
    @Test(arguments: applied)
    func whatAnyArmLearntIsAppliedInOneStep(_ one: Case) throws {
        for arm in one.method.arms {
            let trained = try KeptRuns.run(one.method, arm.name)
            let texts = try one.method.texts(
                applying: Run.smoke(one.method), typed: [one.tool.file: one.tool.sample()])
            let runs = try (0..<2).map { _ in
                try Run(
                    one.method, arm.name, tool: one.tool.name, seed: 1, texts: texts,
                    resume: trained.lastStateAlone)
            }
            #expect(runs[0].said == runs[1].said && !runs[0].artifacts.isEmpty)
            #expect(runs[0].steps == trained.steps + 1)
            #expect(runs[0].said.points.allSatisfy { $0.step == trained.steps + 1 })
            #expect(runs[0].states[one.tool.name].map { $0.count < 1_000 } == true)
        }
    }

    @Test(arguments: applied)
    func withoutAFinishedTrialItIsRefused(_ one: Case) throws {
        let texts = try one.method.texts(
            applying: Run.smoke(one.method), typed: [one.tool.file: one.tool.sample()])
        #expect(throws: ToolError.notTrained) {
            _ = try Run(one.method, one.method.arms[0].name, tool: one.tool.name, seed: 1, texts: texts)
        }
    }

    private static func copy(of tool: MethodInfo.Tool, _ change: (Data) -> Data) throws -> String {
        let sample = URL(filePath: tool.sample())
        let file = FileManager.default.temporaryDirectory
            .appending(path: "benchtop-\(UUID()).\(sample.pathExtension)")
        try change(Data(contentsOf: sample)).write(to: file)
        return file.path
    }

    private static func expectSentence(_ body: () throws -> Void) {
        let error = #expect(throws: (any Error).self) { try body() }
        #expect(error is any InputRefusal)
        let sentence = error.map { "\($0)" } ?? ""
        #expect(sentence.hasSuffix(".") && !sentence.contains("\n"), "\(sentence)")
    }
}
