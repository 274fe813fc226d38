import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import Store

/// `benchtop resume ID`: goes on where a session was stopped.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a session that was stopped, bit for bit.")

    @Argument(help: "A session: short id, name, or 'last'.") var session: String
    @OptionGroup var store: StoreOption
    @Option(help: "Trials at a time.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "One JSON object a line, flushed at once.") var json = false

    func run() throws {
        let store = try store.open()
        let session = try store.find(session)
        let method = try Catalogue.method(session.method)
        try SessionRunner(
            store: store, jobs: jobs, threads: Int(session.machine["threads"] ?? "") ?? 1, json: json,
            folder: nil
        ).resume(session, of: method)
    }
}
