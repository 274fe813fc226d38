import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import Store

/// `benchtop export ID`: a session as ordinary files.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a session as CSV, JSON lines, ordinary files or weights.")

    /// What can be written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, jsonl, files, safetensors, sqlite
    }

    /// Whose artifacts a copy has.
    enum Artifacts: String, ExpressibleByArgument, CaseIterable {
        case all
        case firstSeed = "first-seed"
    }

    @Argument(help: "A session: short id, name, 'last', or a store file.") var session: String
    @Option(
        help:
            "csv: every point; jsonl: every record; files: all of it as a folder; safetensors: the trained states; sqlite: a store of its own."
    )
    var format: Format
    @Option(name: .customLong("out"), help: "Where to write; csv and jsonl go to standard output without it.")
    var path: String?
    @OptionGroup var store: StoreOption
    @Flag(help: "With sqlite: keep the checkpoints, so that the copy can be resumed.") var checkpoints = false
    @Option(help: "With sqlite: whose artifacts the copy has, those of all trials or of the first seed's.")
    var artifacts = Artifacts.all
    @Flag(help: "Say what was written as one JSON object a line.") var json = false

    func validate() throws {
        if path == nil, format != .csv, format != .jsonl {
            throw ValidationError("--format \(format.rawValue) needs --out.")
        }
        if format != .sqlite, checkpoints || artifacts != .all {
            throw ValidationError("--checkpoints and --artifacts belong to --format sqlite.")
        }
    }

    func run() throws {
        let found = try FoundSession(session, in: store)
        if let path { try check(path) }
        let files = SessionFiles(found.session, found.store)
        if let path { try write(files, found, to: path) } else { try print(files) }
        try found.tellLosses()
    }

    private func check(_ path: String) throws {
        switch format {
        case .csv, .jsonl, .sqlite: try OutputTarget.checkFile(path)
        case .files, .safetensors: try OutputTarget.makeFolder(path)
        }
    }

    private func print(_ files: SessionFiles) throws {
        let sink: SessionFiles.Sink = { Output.write($0, to: STDOUT_FILENO) }
        if format == .csv { try files.csv(sink) } else { try files.jsonl(sink) }
    }

    private func write(_ files: SessionFiles, _ found: FoundSession, to path: String) throws {
        let target = URL(filePath: path)
        switch format {
        case .csv: try SessionFiles.write(to: target) { sink in try files.csv(sink) }
        case .jsonl: try SessionFiles.write(to: target) { sink in try files.jsonl(sink) }
        case .files: try files.write(to: target)
        case .safetensors: try files.states(to: target)
        case .sqlite:
            try found.store.export(
                session: found.session.id, to: path, checkpoints: checkpoints,
                artifacts: artifacts == .all ? .all : .firstSeed)
        }
        if json { return _ = try Output.json(["kind": "written", "format": format.rawValue, "path": path]) }
        Output.line("Written to \(path).")
    }
}
