import MethodKit
import SessionViews

extension ArtifactPane {
    private static let noArtifact: @Sendable (Workbench) -> String? = {
        $0.currentArtifact == nil ? "the trial has kept nothing yet" : nil
    }

    static let commands: [Command] = [
        Command(
            "artifact.next", "next", "The trial's next artifact.", in: .pane(.artifact),
            keys: [.character("n"), .enter], hinted: true, unless: noArtifact
        ) { bench in
            bench.artifact.next(by: 1, bench.context)
        },
        Command(
            "artifact.previous", "previous", "The trial's artifact before.", in: .pane(.artifact),
            keys: [.character("N")], unless: noArtifact
        ) { bench in
            bench.artifact.next(by: -1, bench.context)
        },
        Command(
            "artifact.older", "older", "An earlier version of the artifact.", in: .pane(.artifact),
            keys: [.character("[")], hinted: true, unless: noArtifact
        ) { bench in
            bench.artifact.version(by: -1, bench.context)
        },
        Command(
            "artifact.newer", "newer", "A later version; the last follows the trial.", in: .pane(.artifact),
            keys: [.character("]")], unless: noArtifact
        ) { bench in
            bench.artifact.version(by: 1, bench.context)
        },
        Command(
            "artifact.play", "play", "Play frames, turn a mesh, or stop.", in: .pane(.artifact),
            keys: [.character("p")], hinted: true, unless: noArtifact
        ) { $0.artifact.isPlaying.toggle() },
        Command(
            "artifact.versions", "versions", "Play an artifact's versions from the first: how it grew.",
            in: .pane(.artifact), keys: [.character("v")], hinted: true, unless: noArtifact
        ) { $0.artifact.playVersions() },
        Command(
            "artifact.near", "nearer", "Show a mesh larger.", in: .pane(.artifact),
            keys: [.character("+"), .character("=")], unless: noArtifact
        ) { $0.artifact.zoom(by: 1.25) },
        Command(
            "artifact.far", "farther", "Show a mesh smaller.", in: .pane(.artifact), keys: [.character("-")],
            unless: noArtifact
        ) { $0.artifact.zoom(by: 0.8) },
        Command(
            "artifact.left", "left is better", "Of two things side by side, choose the left one.",
            in: .pane(.artifact), keys: [.character("{")], hinted: true, unless: \.reasonNoChoice
        ) { $0.choose(.a) },
        Command(
            "artifact.right", "right is better", "Of two things side by side, choose the right one.",
            in: .pane(.artifact), keys: [.character("}")], hinted: true, unless: \.reasonNoChoice
        ) { $0.choose(.b) },
        Command(
            "artifact.export", "write", "Write the artifact as an ordinary file into the current folder.",
            in: .pane(.artifact), keys: [.character("w")], hinted: true, unless: noArtifact
        ) { bench in
            if let (name, kept) = bench.currentArtifact { bench.ask(.export(name: name, kept.artifact)) }
        },
    ]
}

extension Workbench {
    /// The artifact that the pane shows: its name and the chosen version.
    var currentArtifact: (name: String, kept: TrialView.Kept)? { artifact.current(context) }

    /// The pair that the shown artifact asks about.
    private var askedPair: String? { currentArtifact?.kept.asks }

    /// Why nothing can be chosen now.
    fileprivate var reasonNoChoice: String? {
        askedPair == nil ? "the artifact asks for no choice" : nil
    }

    /// Keeps the user's choice, and shows the next artifact.
    fileprivate mutating func choose(_ side: Choice.Side) {
        guard let pair = askedPair, let session = view?.record else { return }
        // The form's file is the user's own; a session's inputs may be somebody else's.
        let set = choicesInput.flatMap { form?.text(of: $0) } ?? ""
        let file = set.isEmpty ? Names.file("\(session.method)-\(session.shortID)-choices") + ".jsonl" : set
        ask(.choose(Choice(pair: pair, chosen: side), file: file))
        artifact.next(by: 1, context)
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
}
