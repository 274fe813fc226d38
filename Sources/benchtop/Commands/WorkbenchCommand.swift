import ArgumentParser
import Foundation
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

    func run() throws {
        var opening = Opening(store: store)
        (opening.theme, opening.isASCII, opening.session, opening.jobs) = (theme, ascii, session, jobs)
        try opening.open()
    }
}

/// How the workbench is opened.
struct Opening {
    /// The user's store.
    let store: StoreOption
    /// A theme's name or file; nil takes the usual one.
    var theme: String?
    /// Whether to draw with seven-bit characters whatever the terminal can.
    var isASCII = false
    /// The session to show; nil takes the last one.
    var session: String?
    /// Whether that session plays from its beginning, and how fast.
    var isPlaying = false
    /// Times as fast as it was recorded.
    var speed: Double?
    /// Trials at a time.
    var jobs = ProcessInfo.processInfo.activeProcessorCount

    /// Opens the screen and stays until the user leaves.
    ///
    /// - Throws: ``Failure``, `StoreError`, `ExitCode` when a signal ended it.
    func open() throws {
        let settings = Settings()
        let own = try SessionStore(path: store.file(), mode: .readWrite)
        _ = try own.interruptAbandoned()
        let named = try session.map { try FoundSession($0, in: store, own: own) }
        var themes = ThemeFolder()
        // A theme that cannot be read is said before the screen is taken.
        if let theme { _ = try themes.read(theme) }
        let screen: Screen
        do { screen = try Screen(ascii: isASCII || settings.isASCII) } catch {
            throw Failure("\(error)", ExitCode.validationFailure)
        }
        defer { screen.close() }
        let loop = WorkbenchLoop(screen, own, settings: settings, theme: theme, jobs: jobs)
        loop.begin(with: named, playing: isPlaying, speed: speed)
        loop.use(settings)
        if let signal = loop.run() { throw ExitCode(128 + signal) }
    }
}
