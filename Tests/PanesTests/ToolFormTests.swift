import MethodKit
import Methods
import SessionControl
import Testing

@testable import Panes

/// A tool stands in the form where an arm does.
@Suite struct ToolFormTests {
    private let method = MethodInfo(catalogue[0])

    @Test func aToolTakesAnArmsPlace() throws {
        let tool = try #require(method.tools.first)
        var form = PlanForm(method)
        #expect(form.options(of: .arm) == method.arms.map(\.name) + method.tools.map(\.name))
        let file = try row(tool.file)
        #expect(throws: InputError.ofTool(name: tool.file, tool: tool.name, isApplied: false)) {
            try form.set(file, to: tool.sample())
        }
        let other = try row(try #require(method.inputs.first { !tool.inputs.contains($0.name) }).name)
        try form.turn(other, by: 1)
        try form.set(.arm, to: tool.name)
        // What the tool does not read is not carried over, and cannot be set.
        #expect(!form.isChanged(other))
        #expect(throws: InputError.self) { try form.turn(other, by: 1) }
        #expect(throws: InputError.noToolFile(name: tool.file, tool: tool.name)) { _ = try form.plan(.run) }
        try form.set(file, to: tool.sample())
        let plan = try form.plan(.run)
        #expect(plan.tool == tool.name && plan.purpose == .tool && plan.inputs[tool.file] == tool.sample())
        form.undo()
        form.undo()
        #expect(form.isChanged(other) && form.arm != tool.name)
    }

    private func row(_ input: String) throws -> PlanForm.Row {
        .input(try #require(method.inputs.firstIndex { $0.name == input }))
    }
}
