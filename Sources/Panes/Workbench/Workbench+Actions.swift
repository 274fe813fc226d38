import MethodKit
import SessionControl
import SessionViews
import Store

/// What commands do.
extension Workbench {
    var reasonNothingRuns: String? {
        if replay?.isInUse == true { return "this is a replay" }
        return openTrials.isEmpty ? "no trial runs; r runs an arm" : nil
    }

    /// The session that a command is about: the chosen one in the list, else the shown one.
    var chosenSession: SessionKey? {
        arrangement.focus == .sessions ? sessions.chosen(self)?.key : shown
    }

    var reasonNotResumable: String? {
        guard let key = chosenSession else { return "no session is shown or chosen" }
        if live[key]?.isOpen == true { return "it runs" }
        let item = listed.first { $0.key == key }
        if item?.isRecorded ?? false { return "it came with the program" }
        let statuses = live[key]?.trials.map(\.status) ?? item?.statuses ?? []
        return statuses.contains { $0 != .finished } ? nil : "all its trials have finished"
    }

    mutating func start(_ purpose: SessionPlan.Purpose, allArms: Bool = false) {
        attempt { bench in
            guard let form = bench.form else { return }
            bench.ask(.start(try form.plan(purpose, allArms: allArms)))
        }
    }

    /// A claim takes its time, so it says first how many trials it is.
    mutating func askForClaim() {
        guard let form, let claim = form.method.claims.first else { return }
        let presets = form.preset == claim.preset ? "" : " The claim's own preset is \(claim.preset)."
        let two = "the two arms, \(2 * claim.seeds.count) trials"
        let all = "all arms, \(form.method.arms.count * claim.seeds.count) trials"
        sheet = .question(
            Question(
                text:
                    "\(claim.sentence) Preset \(form.preset), seeds \(claim.seeds.map { "\($0)" }.joined(separator: ", ")).\(presets)",
                answers: [
                    (.enter, two, { $0.start(.claim) }),
                    (.character("a"), all, { $0.start(.claim, allArms: true) }),
                    (
                        .character("p"), "the two arms with preset \(claim.preset)",
                        { bench in
                            bench.attempt { try $0.form?.set(.preset, to: claim.preset) }
                            bench.start(.claim)
                        }
                    ),
                    (.character("n"), "not now", { _ in }),
                ]))
    }

    mutating func togglePause() {
        let open = openTrials, paused = open.filter { $0.status == .paused }
        if paused.isEmpty {
            ask(.pause(open.map(\.record.id)))
        } else {
            ask(.goOn(paused.map(\.record.id)))
        }
    }

    mutating func askForSteps() {
        prompt("how many steps", "a whole number, 1…1000000", text: "10") { bench, text in
            guard let count = Int(text), (1...1_000_000).contains(count) else {
                throw StepCountError(text: text)
            }
            bench.ask(.step(bench.openTrials.map(\.record.id), count))
        }
    }

    mutating func changeTrial(by places: Int) {
        changeView { view in
            let count = view.trials.count
            if count > 0 { view.chosen = (view.current + places + count) % count }
        }
        artifact.reset()
        if let trial = view?.trial { say(trial.name) }
    }

    mutating func chooseMethod() {
        guard let method = methods.chosen(self) else { return }
        if form?.method.card.id != method.card.id { form = PlanForm(method) }
        arrangement.focus(.inputs)
    }

    mutating func askForValue() {
        guard let form, let row = inputs.row(self) else { return }
        let help = form.help(of: row)
        prompt(help.name, "\(help.help) \(help.allowed)", text: form.text(of: row)) { bench, text in
            try bench.change(row, to: text)
        }
    }

    mutating func turn(by places: Int) {
        guard let row = inputs.row(self) else { return }
        attempt { bench in
            try bench.form?.turn(row, by: places)
            bench.editRunning(row)
        }
    }

    mutating func undo() {
        form?.undo()
        for row in form?.rows ?? [] where isLive(row) { editRunning(row) }
    }

    private func isLive(_ row: PlanForm.Row) -> Bool {
        guard case .input(let place) = row, let form else { return false }
        return form.method.inputs[place].live
    }

    mutating func toggleOverlay() {
        guard let item = sessions.chosen(self) else { return }
        if let place = overlays.firstIndex(where: { $0.key == item.key }) {
            overlays.remove(at: place)
        } else if let open = live[item.key] {
            overlays.append(open)
        } else {
            ask(.overlay(item.key))
        }
    }

    mutating func overlayAll() {
        for item in sessions.found(self)
        where item.key != shown && !overlays.contains(where: { $0.key == item.key }) {
            if let open = live[item.key] { overlays.append(open) } else { ask(.overlay(item.key)) }
        }
    }

    mutating func askForDeletion() {
        guard let item = sessions.chosen(self) else { return }
        if live[item.key]?.isOpen == true { return say("It runs; stop it first.") }
        sheet = .question(
            Question(
                text:
                    "Delete session \(item.record.shortID) (\(item.record.method)) with all its trials? It cannot be taken back.",
                answers: [
                    (.character("y"), "delete it", { $0.ask(.delete(item.key)) }),
                    (.character("n"), "keep it", { _ in }),
                ]))
    }

    /// The session is gone from the store.
    public mutating func forget(_ key: SessionKey) {
        live[key] = nil
        overlays.removeAll { $0.key == key }
        if shown == key { (shown, replay) = (nil, nil) }
    }

    mutating func askToQuit() {
        guard isAnythingOpen else { return ask(.quit) }
        let count = live.values.reduce(0) { $0 + $1.trials.filter { !$0.status.isFinal }.count }
        sheet = .question(
            Question(
                text:
                    "\(count) \(count == 1 ? "trial has" : "trials have") not ended. Quitting saves a checkpoint of each; R on the session goes on there.",
                answers: [
                    (.character("q"), "quit", { $0.ask(.quit) }),
                    (.character("n"), "stay", { _ in }),
                ]))
    }

    mutating func focus(by places: Int) {
        let panes = PaneID.allCases
        let place = panes.firstIndex(of: arrangement.focus) ?? 0
        arrangement.focus(panes[(place + places + panes.count) % panes.count])
    }

    mutating func nextTheme() {
        let place = themes.firstIndex(of: look.theme.name) ?? -1
        ask(.theme(themes[(place + 1) % themes.count]))
    }

    /// The pair that the shown artifact asks about.
    private var askedPair: String? { currentArtifact.flatMap { Choice.pair(inArtifact: $0.name) } }

    /// Why nothing can be chosen now.
    var reasonNoChoice: String? { askedPair == nil ? "the artifact asks for no choice" : nil }

    /// Keeps the user's choice, and shows the next artifact.
    mutating func choose(_ side: Choice.Side) {
        guard let pair = askedPair, let session = view?.record else { return }
        // The form's file is the user's own; a session's inputs may be somebody else's.
        let set = choicesInput.flatMap { form?.text(of: $0) } ?? ""
        let file = set.isEmpty ? Names.file("\(session.method)-\(session.shortID)-choices") + ".jsonl" : set
        ask(.choose(Choice(pair: pair, chosen: side), file: file))
        let now = self
        artifact.next(by: 1, now)
    }

    /// Sets the input that takes the user's choices to the file that they are in, so that the next run learns from them.
    ///
    /// - Returns: whether the form has such an input.
    public mutating func useChoices(in file: String) -> Bool {
        guard let input = choicesInput else { return false }
        return (try? form?.set(input, to: file)) != nil
    }

    /// The form's input that takes the file of choices.
    private var choicesInput: PlanForm.Row? {
        form?.method.inputs.firstIndex { $0.kind == .choices }.map { .input($0) }
    }

    /// The artifact that the pane shows: its name and the chosen version.
    var currentArtifact: (name: String, kept: TrialView.Kept)? {
        view?.trial.flatMap { artifact.chosen(in: $0) }
    }
}

/// A number of steps that is not one.
struct StepCountError: Error, CustomStringConvertible {
    let text: String
    var description: String { "'\(text)' is not a whole number in 1…1000000." }
}
