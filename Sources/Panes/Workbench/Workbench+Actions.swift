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
        arrangement.focus == .sessions ? sessions.chosen(context)?.key : shown
    }

    var reasonNotResumable: String? {
        guard let key = chosenSession else { return "no session is shown or chosen" }
        if live[key]?.isOpen == true { return "it runs" }
        let item = listed.first { $0.key == key }
        if item?.isRecorded ?? false { return "it came with the program" }
        let statuses = live[key]?.trials.map(\.status) ?? item?.statuses ?? []
        return statuses.contains { $0 != .finished } ? nil : "all its trials have finished"
    }

    /// The method of the shown session, where a trial of it is shown that can be applied to a file.
    private var applicable: Result<(MethodInfo, TrialView), NotApplicable> {
        guard let key = shown, let view, let trial = view.trial, let method = method(view.record.method)
        else {
            return .failure(.nothingShown)
        }
        if method.apply == nil { return .failure(.noApply) }
        if view.record.isTool || trial.status != .finished { return .failure(.notFinished) }
        if view.record.methodVersion != method.version { return .failure(.otherVersion) }
        if listed.contains(where: { $0.key == key && $0.isRecorded }) { return .failure(.recorded) }
        return .success((method, trial))
    }

    var reasonNotApplicable: String? {
        guard case .failure(let reason) = applicable else { return nil }
        return reason.rawValue
    }

    /// Asks for the file; the form's values of what is read besides it count where they differ from the preset's.
    mutating func askForFile() {
        guard case .success((let method, let trial)) = applicable, let key = shown, let apply = method.apply,
            let spec = method.inputs.first(where: { $0.name == apply.file })
        else { return }
        let typed = form?.method.card.id == method.card.id ? form?.typed ?? [:] : [:]
        let read = typed.filter { apply.inputs.contains($0.key) }
        prompt("\(apply.name): \(spec.name)", "\(spec.help); \(spec.range)") { bench, text in
            let all = read.merging([spec.name: text]) { $1 }
            bench.ask(.apply(key, trial: trial.record.id, all))
        }
    }

    mutating func start(_ purpose: SessionPurpose, allArms: Bool = false) {
        attempt { bench in
            guard let form = bench.form else { return }
            bench.ask(.start(try form.plan(purpose, allArms: allArms)))
        }
    }

    /// A claim takes its time, so it says first how many trials it is.
    mutating func askForClaim() {
        guard let form, let claim = form.method.claims.first, let group = form.method.claimGroups.first else {
            return
        }
        let presets = form.preset == claim.preset ? "" : " The claim's own preset is \(claim.preset)."
        let seeds = claim.seeds.map { "\($0)" }.joined(separator: ", ")
        let (own, all) = (group.arms.count, form.method.arms.count)
        var answers: [Question.Answer] = [
            (.enter, "its \(own) arms, \(own * claim.seeds.count) trials", { $0.start(.claim) }),
            (
                .character("p"), "its arms with preset \(claim.preset)",
                { bench in
                    bench.attempt { try $0.form?.set(.preset, to: claim.preset) }
                    bench.start(.claim)
                }
            ),
            (.character("n"), "not now", { _ in }),
        ]
        if all > own {
            answers.insert(
                (
                    .character("a"), "all arms, \(all * claim.seeds.count) trials",
                    { $0.start(.claim, allArms: true) }
                ), at: 1)
        }
        sheet = .question(
            Question(
                text: "\(claim.sentence) Preset \(form.preset), seeds \(seeds).\(presets)", answers: answers))
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
        panes.each { $0.trialChanged() }
        if let trial = view?.trial { say(trial.name) }
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
        let ids = panes.ids, place = ids.firstIndex(of: arrangement.focus) ?? 0
        focus(ids[(place + places + ids.count) % ids.count])
    }

    mutating func nextTheme() {
        let place = themes.firstIndex(of: look.theme.name) ?? -1
        ask(.theme(themes[(place + 1) % themes.count]))
    }
}

/// Why what is shown cannot be applied to a file.
private enum NotApplicable: String, Error {
    case nothingShown = "nothing is shown"
    case noApply = "what this method learns is not applied to files"
    case notFinished = "only a finished trial is applied, and this is none"
    case otherVersion = "another version of the method ran it"
    case recorded =
        "it came with the program, without what its trials learnt; a run of your own can be applied"
}

/// A number of steps that is not one.
struct StepCountError: Error, CustomStringConvertible {
    let text: String
    var description: String { "'\(text)' is not a whole number in 1…1000000." }
}
