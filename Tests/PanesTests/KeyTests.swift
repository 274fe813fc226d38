import Foundation
import Methods
import SessionControl
import SessionViews
import Store
import Terminal
import Testing

@testable import MethodKit
@testable import Panes

@Suite struct KeyTests {
    @Test func everyKeyMeansOneThingInItsPlace() {
        let keymap = Keymap()
        for (scope, commands) in Dictionary(grouping: keymap.commands, by: \.scope) {
            let keys = commands.flatMap(\.keys)
            #expect(Set(keys).count == keys.count, "a key has two meanings \(scope.title)")
        }
        #expect(Set(keymap.commands.map(\.id)).count == keymap.commands.count)
        for command in keymap.commands {
            #expect(!command.keys.isEmpty && command.help.hasSuffix("."), "\(command.id)")
            for key in command.keys { #expect(Key(name: key.name) == key) }
        }
    }

    @Test func keysAreRemappedByTheirNames() throws {
        var keymap = Keymap()
        try keymap.remap(["run.arm": ["ctrl+r", "f5"]])
        #expect(keymap.command(for: .function(5), pane: .charts, isReplay: false)?.id == "run.arm")
        #expect(keymap.command(for: .character("r"), pane: .charts, isReplay: false) == nil)
        #expect(throws: KeymapError.self) { try keymap.remap(["run.arms": ["r"]]) }
        #expect(throws: KeymapError.noKey("hyper+r", "run.arm")) {
            try keymap.remap(["run.arm": ["hyper+r"]])
        }
    }

    @Test func aDisabledCommandSaysWhy() throws {
        var bench = try Fixture.bench()
        bench.type("X")
        #expect(bench.notice?.text == "stop: no trial runs; r runs an arm")
        bench.type("R")
        #expect(bench.notice?.text.contains("came with the program") == true)
        #expect(bench.takeRequests().isEmpty)
    }

    @Test func thePaletteFindsAndDoesCommands() throws {
        var bench = try Fixture.bench()
        bench.type("ctrl+p")
        bench.write("log y")
        bench.type("enter")
        #expect(bench.sheet == nil)
        #expect(bench.charts.isLog)
    }

    @Test func helpIsSearched() throws {
        var bench = try Fixture.bench()
        let all = HelpSheet.rows(bench, "").count
        #expect(all > bench.keymap.commands.count)
        #expect((1..<all).contains(HelpSheet.rows(bench, "checkpoint").count))
        bench.type("?")
        bench.write("nothing of that kind")
        #expect(bench.screen.contains("search"))
    }

    @Test func aLiveInputChangesWhatRuns() throws {
        var (bench, trials) = try Fixture.running()
        let method = Fixture.catalogue[0]
        let place = try #require(method.inputs.firstIndex { $0.name == "rate" })
        bench.type("2")
        for _ in 0..<place + 3 { bench.type("down") }
        bench.type("h")
        guard case .edit(let ids, "rate", "0.05") = bench.takeRequests().first else {
            return #expect(Bool(false), "no edit was asked for")
        }
        #expect(ids == trials.map(\.id))
        bench.type("u")
        // What runs has not said yet that it changed, so undoing asks for nothing.
        #expect(bench.form?.text(of: .input(place)) == "0.1")
    }

    /// Puts the cursor of the inputs on one of them.
    private func point(_ bench: inout Workbench, at name: String) throws {
        let place = try #require(Fixture.catalogue[0].inputs.firstIndex { $0.name == name })
        bench.type("2", "g")
        for _ in 0..<place + 3 { bench.type("down") }
    }

    @Test func anEditThatBreaksAComparisonIsAskedAbout() throws {
        var (bench, trials) = try Fixture.running()
        bench.take(.status(trial: trials[0].id, .finished, message: ""))
        try point(&bench, at: "rate")
        bench.type("h")
        #expect(bench.takeRequests().isEmpty)
        guard case .question(let question) = bench.sheet else {
            return #expect(Bool(false), "nothing was asked")
        }
        #expect(question.text.contains("flat has finished; the edit changes only wave from here on"))
        bench.type("n")
        #expect(bench.takeRequests().isEmpty && bench.sheet == nil)
        bench.type("h", "e")
        guard case .edit([trials[1].id], "rate", "0.025") = bench.takeRequests().first else {
            return #expect(Bool(false), "no edit was asked for")
        }
        #expect(bench.notice?.text.contains("in 1 trial") == true)
    }

    /// What was left as it is in the trials that run stays so when something else is taken back.
    @Test func undoingOneInputEditsNoOther() throws {
        var (bench, _) = try Fixture.running()
        try point(&bench, at: "rate")
        bench.type("h")
        _ = bench.takeRequests()
        try point(&bench, at: "gust")
        bench.type("h")
        bench.type("u")
        #expect(bench.takeRequests().isEmpty)
    }

    /// Curves of other sessions come when they have been read; whoever has gone on by then is not disturbed.
    @Test func whatIsReadTooLateIsDropped() throws {
        var bench = try Fixture.bench()
        let other = try Fixture.recording("reef").whole
        bench.type("3", "down", "space")
        guard case .overlay(other.key) = bench.takeRequests().first else {
            return #expect(Bool(false), "nothing was asked for")
        }
        #expect(bench.isAwaited(overlay: other.key) && bench.screen.contains("? o"))
        bench.type("space")
        #expect(!bench.isAwaited(overlay: other.key) && bench.takeRequests().isEmpty)
        bench.type("space", "esc")
        #expect(!bench.isAwaited(overlay: other.key))
        bench.type("space")
        bench.lay(over: other)
        #expect(bench.overlays.count == 1 && bench.screen.contains("sessions +1"))
    }

    @Test func aDetailOfAWindowThatHasGoneIsDropped() throws {
        var (bench, trials) = try Fixture.running()
        var batch = TrialLink.Batch()
        let count = 3 * Curve.most
        batch.points = (1...count).map { Point(metric: 0, step: $0, elapsed: Double($0), value: 1) }
        batch.completed = count
        bench.take(.said(trial: trials[0].id, batch))
        bench.type("4", "left", "+", "+")
        guard case .detail(let first) = bench.takeRequests().first else {
            return #expect(Bool(false), "no detail was asked for")
        }
        #expect(bench.takeRequests().isEmpty, "a detail is asked for once")
        bench.type("H")
        bench.take([], for: first)
        #expect(bench.charts.details.isEmpty)
        guard case .detail(let second) = bench.takeRequests().first else {
            return #expect(Bool(false), "no detail was asked for")
        }
        bench.take([], for: second)
        #expect(bench.charts.details[second] != nil && bench.awaitedDetails.isEmpty)
    }

    /// A session that another process writes grows under the user's cursor.
    @Test func moreOfTheShownSessionKeepsWindowsAndCursors() throws {
        var bench = try Fixture.bench()
        bench.show("tree")
        bench.type("4", "left", "+", "t")
        let (window, trial) = (bench.charts.window, bench.view?.current)
        #expect(window != nil)
        bench.update(Replay(try Fixture.recording(), atEnd: true))
        #expect(bench.charts.window == window && bench.view?.current == trial)
        #expect(bench.currentArtifact?.name == "tree")
    }

    @Test func whatIsBeingReadIsSaid() throws {
        var bench = Workbench(catalogue: Fixture.catalogue, look: Look())
        bench.resize(width: 120, height: 40)
        bench.pending = "reading sessions"
        #expect(bench.screen.components(separatedBy: "reading sessions…").count == 4)
    }

    @Test func aClaimsInputsStay() throws {
        var (bench, _) = try Fixture.running(purpose: "claim")
        let place = try #require(Fixture.catalogue[0].inputs.firstIndex { $0.name == "rate" })
        bench.type("2")
        for _ in 0..<place + 3 { bench.type("down") }
        bench.type("h")
        #expect(bench.takeRequests().isEmpty)
        #expect(bench.notice?.text.contains("claim's inputs stay") == true)
    }

    @Test func anOpenedSessionBringsItsMethod() throws {
        var bench = try Fixture.bench()
        #expect(bench.form?.method.card.id == "dune")
        bench.show(Replay(try Fixture.recording("reef"), atEnd: true))
        #expect(bench.form?.method.card.id == "reef")
        #expect(bench.methods.chosen(bench.context)?.card.id == "reef")
    }

    @Test func versionsPlayFromTheFirstToTheNewest() throws {
        var bench = try Fixture.bench()
        bench.show("words")
        let steps = try #require(bench.view?.trial?.artifacts.first { $0.name == "words" }).versions.map(
            \.step)
        bench.type("v")
        var shown = [bench.currentArtifact?.kept.step ?? -1]
        while bench.isMoving {
            _ = bench.advance(by: 0.05)
            let step = bench.currentArtifact?.kept.step ?? -1
            if step != shown.last { shown.append(step) }
        }
        #expect(steps.count > 3 && shown == steps)
    }

    @Test func aChoiceIsOneKey() throws {
        var (bench, trials) = try Fixture.running()
        bench.type("6", "{")
        #expect(bench.takeRequests().isEmpty && bench.notice != nil)
        var batch = TrialLink.Batch()
        batch.events = ["12-ab", "15-cd"].map { (pair: String) in
            TimedEvent(
                step: 0, elapsed: 0,
                event: .artifact(name: "pair \(pair)", .text([Span("two meshes")]), asks: pair))
        }
        for trial in trials { bench.take(.said(trial: trial.id, batch)) }
        bench.type("}", "{")
        let chosen = bench.takeRequests().compactMap { request -> Choice? in
            if case .choose(let choice, let file) = request, file.hasSuffix("choices.jsonl") {
                choice
            } else {
                nil
            }
        }
        #expect(chosen == [Choice(pair: "12-ab", chosen: .b), Choice(pair: "15-cd", chosen: .a)])
    }

    /// The cursor of the charts leads to the log whatever lies along the x axis.
    @Test func theLogFollowsTheCursorOnEveryAxis() throws {
        for axis in XAxes.all {
            var bench = try Fixture.bench(120, 40)
            while bench.charts.axis.name != axis.name { bench.type("x") }
            bench.type("left")
            let end = try #require(bench.charts.crosshair)
            #expect(bench.context.pointedStep == 59, "\(axis.name)")
            for _ in 0..<30 { bench.type("left") }
            let middle = try #require(bench.charts.crosshair), step = try #require(bench.context.pointedStep)
            #expect(middle < end && (28...33).contains(step), "step \(step) on \(axis.name)")
            #expect(bench.screen.contains("at \(axis.readout(middle))"))
        }
    }

    @Test func quittingAsksWhileTrialsRun() throws {
        var (bench, _) = try Fixture.running()
        bench.type("q")
        #expect(bench.takeRequests().isEmpty)
        bench.type("n")
        #expect(bench.sheet == nil)
        bench.type("q", "q")
        guard case .quit = bench.takeRequests().first else { return #expect(Bool(false), "it did not quit") }
    }

    @Test func pauseStepAndStopAreOrders() throws {
        var (bench, trials) = try Fixture.running()
        bench.type("space", "s", "X")
        let requests = bench.takeRequests()
        guard case .pause(let paused) = requests[0], case .step(_, 1) = requests[1], case .stop = requests[2]
        else {
            return #expect(Bool(false), "\(requests)")
        }
        #expect(paused == trials.map(\.id))
        bench.type("S")
        bench.write("x")
        bench.type("enter")
        #expect(bench.screen.contains("is not a whole number"))
    }

    @Test func aFailureIsSaid() throws {
        var (bench, trials) = try Fixture.running()
        bench.take(.status(trial: trials[1].id, .failed, message: "The engine crashed: so it is."))
        #expect(bench.screen.contains("The engine crashed"))
        #expect(bench.view?.log.last?.level == .error)
    }

    @Test func theMouseDoesWhatKeysDo() throws {
        var bench = try Fixture.bench(120, 40)
        let layout = bench.layout
        let inputs = try #require(layout.rect(of: .inputs))
        bench.take(.mouse(Mouse(.press, x: inputs.x + 3, y: inputs.y + 3)))
        #expect(bench.arrangement.focus == .inputs)
        #expect(bench.inputs.cursor.row == 2)
        let charts = try #require(layout.rect(of: .charts))
        bench.take(.mouse(Mouse(.press, x: charts.x + 40, y: charts.y + 6)))
        #expect(bench.charts.crosshair != nil)
        bench.take(.mouse(Mouse(.wheelUp, x: charts.x + 40, y: charts.y + 6)))
        #expect(bench.charts.window != nil)
        let hint = try #require(FooterLine.hints(bench, width: 120).last { $0.command.id == "help" })
        bench.take(.mouse(Mouse(.press, x: hint.columns.lowerBound, y: 39)))
        guard case .help = bench.sheet else { return #expect(Bool(false), "the footer was not clicked") }
    }

    @Test func escapeSequencesInTextsAreShown() throws {
        var (bench, trials) = try Fixture.running()
        var batch = TrialLink().drain()
        batch.events = [
            TimedEvent(step: 1, elapsed: 0, event: .log(.info, "evil \u{1b}[2J\u{9d}0;x\u{7} text"))
        ]
        bench.take(.said(trial: trials[0].id, batch))
        var writer = FrameWriter(colors: .mono)
        let bytes = String(decoding: writer.bytes(for: bench.draw()), as: UTF8.self)
        #expect(bytes.contains("evil"))
        #expect(!bytes.contains("\u{1b}[2J\u{9d}") && !bytes.contains("\u{7}") && !bytes.contains("\u{9d}"))
    }
}

@Suite struct PlanFormTests {
    @Test func anInputMakesTheOneThatItNeedsFollowOrIsRefused() throws {
        let method = try #require(Methods.catalogue.map { MethodInfo($0) }.first { $0.card.id == "tulip" })
        var form = PlanForm(method)
        func row(_ name: String) throws -> PlanForm.Row {
            .input(try #require(method.inputs.firstIndex { $0.name == name }))
        }
        let folder = FileManager.default.temporaryDirectory.path
        try form.set(row("images"), to: folder)
        #expect(form.texts["data"] == "folder")
        #expect(throws: InputError.self) { try form.set(row("data"), to: "scenes") }
        #expect(throws: InputError.self) { try form.set(row("scenes"), to: "100") }
        #expect(form.texts["data"] == "folder" && form.texts["images"] == folder)
        try form.set(row("images"), to: "")
        #expect(form.texts["data"] == "scenes")
        #expect(try form.help(of: row("images")).allowed == "a folder; read only when data is folder")
    }

    @Test func linesAreSetTurnedResetAndUndone() throws {
        var form = PlanForm(Fixture.catalogue[0])
        #expect(form.arm == "wave" && form.preset == "quick")
        try form.turn(.preset, by: 1)
        #expect(form.preset == "full")
        try form.set(.seed, to: "7")
        let row = PlanForm.Row.input(try #require(form.method.inputs.firstIndex { $0.name == "gust" }))
        try form.set(row, to: "0.2")
        #expect(form.isChanged(row) && form.texts["gust"] == "0.2")
        try form.turn(row, by: -1)
        #expect(form.text(of: row) == "0.1")
        #expect(throws: InputError.self) { try form.set(row, to: "-3") }
        #expect(form.text(of: row) == "0.1")
        form.undo()
        #expect(form.text(of: row) == "0.2")
        form.reset(row)
        #expect(!form.isChanged(row))
        #expect(throws: SeedError.self) { try form.set(.seed, to: "-1") }
        let plan = try form.plan(.claim)
        #expect(plan.seeds == [11, 12, 13] && plan.arms == ["flat", "wave", "still"])
    }
}
