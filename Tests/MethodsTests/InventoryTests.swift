import Foundation
import MethodKit
import Methods
import Testing

/// What a card says of the paper's parts, signs and tuning exists.
@Suite struct InventoryTests {
    struct PartOfMethod: Sendable, CustomStringConvertible {
        let method: MethodInfo
        /// The engine's type, which is the name of its folder too.
        let engine: String
        let part: Part
        var description: String { "\(method.card.id): \(part.name)" }
    }

    static let methods = catalogue.map { MethodInfo($0) }
    static let parts = catalogue.flatMap { engine in
        engine.card.parts.map { PartOfMethod(method: MethodInfo(engine), engine: "\(engine)", part: $0) }
    }
    private static let here = URL(filePath: #filePath).deletingLastPathComponent()
    private static let tests = Result { try SourceDeclarations(folder: here) }
    private static let sources: [String: Result<SourceDeclarations, any Error>] = Dictionary(
        uniqueKeysWithValues: (catalogue.map { "\($0)" } + ["Shared"]).map { engine in
            let folder = here.appending(path: "../../Sources/Methods/\(engine)").standardizedFileURL
            return (engine, Result { try SourceDeclarations(folder: folder) })
        })

    @Test(arguments: parts)
    func functionsAndTestsExist(_ one: PartOfMethod) throws {
        guard let place = one.part.place else { return }
        let engine = try #require(Self.sources[one.engine]).get(),
            shared = try #require(Self.sources["Shared"]).get()
        for function in place.function.components(separatedBy: ", ") {
            #expect(
                engine.comments[function] != nil || shared.comments[function] != nil,
                "\(one.engine) has nothing of the full name \(function)")
        }
        guard let test = place.test else { return }
        #expect(try Self.tests.get().comments[test] != nil, "there is no test \(test)")
    }

    @Test(arguments: parts)
    func whatReachesAndShowsItIsDeclared(_ one: PartOfMethod) throws {
        guard let place = one.part.place else { return }
        let method = one.method
        switch place.reach {
        case .always: break
        case .arm(let name): #expect(method.arms.contains { $0.name == name }, "no arm \(name)")
        case .input(let name): #expect(method.inputs.contains { $0.name == name }, "no input \(name)")
        case .tool(let name):
            let tools = method.tools + [method.apply].compactMap { $0 }
            #expect(tools.contains { $0.name == name }, "no tool \(name)")
        }
        // That an artifact of the name is kept is seen where whole runs are, in the catalogue's tests.
        if case .metric(let name) = place.sight {
            #expect(method.metrics.contains { $0.name == name }, "no metric \(name)")
        }
    }

    /// Two rows of one name would hide that one of them is missing.
    @Test(arguments: methods)
    func everyPartIsNamedOnce(_ method: MethodInfo) {
        let names = method.card.parts.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(method.card.parts.allSatisfy { !$0.name.isEmpty })
    }

    @Test(arguments: methods)
    func signsAndTuningNameWhatIsDeclared(_ method: MethodInfo) {
        let arms = Set(method.arms.map(\.name))
        for sign in method.card.signs {
            #expect(arms.contains(sign.arm) && arms.contains(sign.other), "\(sign.comparison)")
            #expect(method.metrics.contains(sign.metric), "\(sign.comparison)")
            #expect(method.metrics.contains(sign.otherMetric), "\(sign.comparison)")
        }
        let claimed = Set(method.claims.flatMap(\.seeds))
        for tuning in method.card.tuning {
            #expect(arms.contains(tuning.arm) && tuning.settings > 0, "\(tuning.arm)")
            #expect(claimed.isDisjoint(with: tuning.seeds), "\(tuning.arm) was tuned on a claim's seed")
        }
    }

    @Test func countsAddUp() {
        let parts = [
            Part("a", .paper, in: "X.a", by: .always, shown: .metric("m"), test: "T.a"),
            Part("b", .code, in: "X.b", by: .arm("k"), shown: .artifact("p")),
            Part("c", .here, in: "X.c", by: .input("i"), shown: .metric("m"), standsFor: "a large one"),
            Part("d", .note, absent: "it needs a GPU"),
        ]
        let counts = PartCounts(parts)
        #expect(counts.text == "2 run, 1 stand-ins, 1 absent; 1 tested" && counts.named == 4)
    }

    /// The direction follows the interval, and a difference that one of the two does not show is no contradiction.
    @Test func aSignIsReadFromValues() throws {
        enum Arm: String, MethodArm {
            case a, b
            var help: String { "" }
        }
        let metric = Metric("m", "a number", better: .higher)
        let sign = Sign("a over b", "Table 1", metric, of: Arm.a, over: Arm.b, paper: .higher)
        let base: [UInt64: Double] = [1: 0, 2: 0, 3: 0]
        let up = try #require(sign.found([1: 1, 2: 1.1, 3: 0.9], base))
        #expect(up.direction == .higher && sign.agreement(up.direction) == .agrees)
        let down = try #require(sign.found([1: -1, 2: -1.1, 3: -0.9], base))
        #expect(sign.agreement(down.direction) == .opposite)
        let level = try #require(sign.found([1: 1, 2: -1, 3: 0.1], base))
        #expect(level.direction == .level && sign.agreement(.level) == .notShown)
        #expect(sign.found([1: 1, 9: 2], base) == nil)
    }
}
