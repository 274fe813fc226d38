import ArgumentParser
import Foundation
import Tensors

/// The program: a terminal workbench for machine-learning methods.
@main
struct Benchtop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchtop",
        abstract: "A terminal workbench for machine-learning methods.",
        discussion: """
            Run a paper's method beside its honest baseline, watch the curves, change an input, and read \
            whether the paper's claim holds at desk scale.

            Exit status: 0 done; 1 the answer is no (claim not shown, proof failed); 2 nothing of that name; \
            3 input refused; 4 a trial failed; 5 the store cannot be used; 64 wrong usage; \
            128 and a signal's number when that ended it, so 130 for Ctrl-C.
            """,
        version: version,
        subcommands: [
            WorkbenchCommand.self, MethodsCommand.self, InputsCommand.self, CardCommand.self, RunCommand.self,
            DuelCommand.self, ToolCommand.self,
            ClaimCommand.self, SessionsCommand.self, ShowCommand.self, CompareCommand.self,
            ReplayCommand.self, ProveCommand.self, ResumeCommand.self, ExportCommand.self,
            DataCommand.self, ModelsCommand.self, GenerateCommand.self, DoctorCommand.self,
        ],
        defaultSubcommand: WorkbenchCommand.self)

    /// The program's version, kept in every session.
    static let version = "0.1.0"

    /// Runs the command that was typed; what goes wrong is one sentence on standard error.
    static func main() {
        // A reader that went away and a file-size limit are errors of a write, not the end.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot()
            do {
                // Only the command that says what is wrong here runs where nothing can be computed.
                if !(command is DoctorCommand) { try Compute.checkKernels() }
                try command.run()
            } catch {
                exit(withError: Failure.told(error))
            }
        } catch {
            exit(withError: error)
        }
    }
}
