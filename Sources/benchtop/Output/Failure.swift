import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import Store
import Tensors

/// Exit statuses, beside the parser's own 64.
enum Status {
    /// The answer is no: a claim is not shown, a proof failed.
    static let negative = ExitCode(1)
    /// No method, session or file of that name.
    static let unknown = ExitCode(2)
    /// An input was refused.
    static let refused = ExitCode(3)
    /// A trial failed.
    static let failed = ExitCode(4)
    /// The store is damaged or cannot be written.
    static let store = ExitCode(5)

    /// A session that is not there is not a store that is damaged.
    static func of(store error: any Error) -> ExitCode {
        switch error {
        case StoreError.noSession, StoreError.ambiguous: unknown
        case StoreError.owned, StoreError.running, StoreError.hasDescendants, StoreError.cannotDescend,
            StoreError.olderInUse, StoreError.differs:
            refused
        default: store
        }
    }
}

/// A sentence for standard error, and the exit status that goes with it.
struct Failure: Error, CustomStringConvertible {
    let description: String
    let status: ExitCode

    init(_ sentence: String, _ status: ExitCode) {
        description = sentence
        self.status = status
    }

    /// Writes `error`'s sentence to standard error.
    ///
    /// - Returns: the exit status; errors of the parser and exit statuses come back as they are.
    static func told(_ error: any Error) -> any Error {
        let failure: Failure
        switch error {
        case is ExitCode, is CleanExit, is ValidationError: return error
        // Help is asked for by an error of the parser's own, whose type is not public.
        case _ where String(reflecting: type(of: error)).hasPrefix("ArgumentParser."): return error
        case let known as Failure: failure = known
        case is any InputRefusal, is PresetError, is ArmError, is KernelsError:
            failure = Failure("\(error)", Status.refused)
        case is StoreError: failure = Failure("\(error)", Status.of(store: error))
        case is ResumeError: failure = Failure("\(error)", Status.refused)
        case let error as CustomStringConvertible: failure = Failure(error.description, Status.failed)
        default: failure = Failure(error.localizedDescription, Status.failed)
        }
        Output.complain(failure.description)
        return failure.status
    }
}
