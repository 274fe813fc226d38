import MethodKit
import Methods
import SessionControl
import Testing

@testable import Panes

/// What a finished trial has learnt is applied to a file from the screen, as `benchtop run --from` does it.
@Suite struct ApplyTests {
    private let method: MethodInfo

    init() throws { method = try #require(catalogue.map { MethodInfo($0) }.first { $0.apply != nil }) }

    @Test func aFinishedTrialIsAppliedToTheFileThatIsTyped() throws {
        let apply = try #require(method.apply)
        var (bench, trials) = try Fixture.running(method, purpose: "run", arms: [method.arms[0].name])
        bench.type("F")
        #expect(bench.notice?.text == "apply to a file: only a finished trial is applied, and this is none")
        bench.take(.status(trial: trials[0].id, .finished, message: ""))
        bench.type("F")
        bench.write("mine.file")
        bench.type("enter")
        guard case .apply(let key, trials[0].id, let typed) = bench.takeRequests().last else {
            return #expect(Bool(false), "nothing was to be applied")
        }
        #expect(key == bench.shown)
        #expect(typed == [apply.file: "mine.file"])
    }

    @Test func whatTheFormSaysOfOtherInputsCounts() throws {
        let apply = try #require(method.apply)
        let place = try #require(method.inputs.firstIndex { $0.name == apply.reads.first })
        var (bench, trials) = try Fixture.running(method, purpose: "run", arms: [method.arms[0].name])
        bench.take(.status(trial: trials[0].id, .finished, message: ""))
        try bench.form?.turn(.input(place), by: -1)
        try bench.form?.set(.seed, to: "7")
        bench.type("F")
        bench.write("mine.file")
        bench.type("enter")
        guard case .apply(_, _, let typed) = bench.takeRequests().last else {
            return #expect(Bool(false), "nothing was to be applied")
        }
        #expect(typed[method.inputs[place].name] == bench.form?.text(of: .input(place)))
        #expect(typed.count == 2)
    }

    @Test func aRecordedSessionSaysWhatIsMissing() throws {
        var bench = try Fixture.bench()
        bench.type("F")
        #expect(bench.notice?.text == "apply to a file: what this method learns is not applied to files")
    }
}
