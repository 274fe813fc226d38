import ArgumentParser

/// `benchtop data pull NAME`.
struct DataPullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Fetch a data set's packages with apt's own client, check them, and unpack them.")

    @Argument(help: "The data set.") var name: String

    func run() throws {
        guard let set = DataSet.all.first(where: { $0.name == name }) else {
            let names = DataSet.all.map(\.name).joined(separator: ", ")
            throw Failure("There is no data set '\(name)'; there are \(names).", Status.refused)
        }
        guard let source = set.source else {
            Output.line("\(set.name) comes with the program: \(set.use)")
            return
        }
        let count = try set.pull(source)
        Output.line("\(count) pictures with captions in \(set.folder.path); \(set.use)")
    }
}
