import ArgumentParser
import Foundation
import Panes
import Store
import Terminal

/// `benchtop [workbench]`: the screen.
struct WorkbenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workbench", abstract: "Open the workbench: choose, run, watch, change, replay.")

    @OptionGroup var store: StoreOption
    @Option(
        help:
            "The theme, by its name or its file; else the one chosen last, else one that suits the terminal.")
    var theme: String?
    @Flag(help: "Draw with seven-bit characters only.") var ascii = false
    @Option(help: "Show this session: short id, name, 'last', or a store file.") var session: String?
    @Option(help: "Trials at a time.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs is \(jobs); it must be 1…256.") }
    }

    func run() throws { try open(playing: false, speed: nil) }

    /// Opens the screen, shows a session if one was named, and stays until the user leaves.
    ///
    /// - Throws: ``Failure``, `ScreenError`, `StoreError`, `ExitCode` when a signal ended it.
    func open(playing: Bool, speed: Double?) throws {
        let settings = Settings()
        let own = try SessionStore(path: store.resolved, mode: .readWrite)
        let named = try session.map { try FoundSession($0, in: store, own: own) }
        let screen: Screen
        do { screen = try Screen(ascii: ascii || settings.isASCII) } catch {
            throw Failure("\(error)", Status.unknown)
        }
        let desk = Desk(screen, own, settings: settings, theme: theme, jobs: jobs)
        defer { screen.close() }
        if let named { desk.show(named, playing: playing, speed: speed) } else { desk.showFirst() }
        if let signal = desk.run() { throw ExitCode(128 + signal) }
    }
}
