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

/// A number of steps that is not one.
struct StepCountError: Error, CustomStringConvertible {
    let text: String
    var description: String { "'\(text)' is not a whole number in 1…1000000." }
}
