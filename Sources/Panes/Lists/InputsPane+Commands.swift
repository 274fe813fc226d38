import MethodKit
import SessionViews
import Terminal

extension InputsPane {
    static let commands: [Command] = [
        Command(
            "inputs.change", "change", "Type a value; a live input (~) also changes in the trials that run.",
            in: .pane(.inputs), keys: [.enter], hinted: true
        ) {
            $0.askForValue()
        },
        Command(
            "inputs.more", "more", "The next choice; a whole number up by one, another doubled.",
            in: .pane(.inputs), keys: [.right, .character("l")], hinted: true
        ) {
            $0.turn(by: 1)
        },
        Command(
            "inputs.less", "less", "The choice before; a whole number down by one, another halved.",
            in: .pane(.inputs), keys: [.left, .character("h")], hinted: true
        ) {
            $0.turn(by: -1)
        },
        Command(
            "inputs.undo", "undo", "Take the last change back.", in: .pane(.inputs), keys: [.character("u")],
            hinted: true, unless: { $0.form?.canUndo == true ? nil : "nothing was changed" }
        ) {
            $0.undo()
        },
        Command(
            "inputs.reset", "reset", "Back to the preset's value.", in: .pane(.inputs), keys: [.backspace]
        ) { bench in
            guard let row = bench.inputs.row(bench.context) else { return }
            bench.form?.reset(row)
            bench.editRunning(row)
        },
    ]
}

extension PaneContext {
    /// The value that the shown, running trials of the same method have for an input.
    func runningValue(of row: PlanForm.Row) -> String? {
        guard case .input(let place) = row, let form, let view, view.record.method == form.method.card.id,
            let trial = openTrials.first
        else { return nil }
        let name = form.method.inputs[place].name
        return trial.edited[name] ?? view.record.inputs[name]
    }
}

extension Workbench {
    fileprivate mutating func askForValue() {
        guard let form, let row = inputs.row(context) else { return }
        let help = form.help(of: row)
        prompt(form.name(of: row), "\(help.help) \(help.allowed)", text: form.text(of: row)) { bench, text in
            try bench.change(row, to: text)
        }
    }

    fileprivate mutating func turn(by places: Int) {
        guard let row = inputs.row(context) else { return }
        attempt { bench in
            try bench.form?.turn(row, by: places)
            bench.editRunning(row)
        }
    }

    fileprivate mutating func undo() {
        guard let before = form else { return }
        form?.undo()
        // Only what was taken back: another live input may differ from what runs because the user left it so.
        for row in form?.rows ?? [] where isLive(row) && form?.text(of: row) != before.text(of: row) {
            editRunning(row)
        }
    }

    private func isLive(_ row: PlanForm.Row) -> Bool {
        guard case .input(let place) = row, let form else { return false }
        return form.method.inputs[place].live
    }

    /// Changes a line of the form; a live input also in the trials that run.
    mutating func change(_ row: PlanForm.Row, to text: String) throws {
        try form?.set(row, to: text)
        editRunning(row)
    }

    /// Gives running trials the form's value of a live input.
    mutating func editRunning(_ row: PlanForm.Row) {
        guard case .input(let place) = row, let form, let now = context.runningValue(of: row),
            now != form.text(of: row)
        else { return }
        let spec = form.method.inputs[place]
        guard spec.live else {
            return say("\(spec.name) is for the next run; it cannot change while a trial runs.")
        }
        guard view?.record.isClaim != true else {
            return say("\(spec.name) is for the next run; a claim's inputs stay as they are.")
        }
        let text = form.text(of: row)
        guard let broken = brokenComparison() else { return edit(spec.name, from: now, to: text) }
        sheet = .question(
            Question(
                text: "\(spec.name) \(now) → \(text): \(broken)",
                answers: [
                    (.character("e"), "edit all the same", { $0.edit(spec.name, from: now, to: text) }),
                    (.character("n"), "leave what runs as it is; the value is for the next run", { _ in }),
                ]))
    }

    private mutating func edit(_ input: String, from now: String, to text: String) {
        let trials = openTrials.map(\.record.id)
        guard !trials.isEmpty else { return say("No trial runs any more; \(input) is for the next run.") }
        ask(.edit(trials, input: input, to: text))
        let place =
            trials.count == 1
            ? "the next step, in 1 trial." : "one coming step, the same in all \(trials.count) trials."
        say("\(input) \(now) → \(text) from \(place)")
    }

    /// What an edit of the trials that run does to a comparison with others that have ended; nil when it does nothing,
    /// because all arms of each seed get it.
    private func brokenComparison() -> String? {
        guard let view else { return nil }
        let open = openTrials, seeds = Set(open.map(\.record.seed))
        let ended = view.trials.filter { $0.status.isFinal && seeds.contains($0.record.seed) }
        guard let first = ended.first else { return nil }
        let name = { (trial: TrialView) in view.seeds.count > 1 ? trial.name : trial.record.arm }
        let others = ended.map(name).joined(separator: ", "), changed = open.map(name).joined(separator: ", ")
        let verb = ended.count > 1 ? "have ended" : first.status == .finished ? "has finished" : "has ended"
        return
            "\(others) \(verb); the edit changes only \(changed) from here on, and they are no longer paired."
    }
}
