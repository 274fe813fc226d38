import CFaultyDisk
import Foundation
import GRDB
import MethodKit
import Testing

@testable import SessionControl
@testable import Store

/// A whole session on a disk that fails: at its first operation, at its second, and so on to the last.
@Suite(.serialized) struct FaultTests {
    /// Room that is used up, a broken disk, and another process that holds the store.
    enum Fault: String, CaseIterable, CustomTestStringConvertible {
        case full, broken, busy
        var code: Int32 {
            switch self {
            case .full: ResultCode.SQLITE_FULL.rawValue
            case .broken: ResultCode.SQLITE_IOERR_WRITE.rawValue
            case .busy: ResultCode.SQLITE_BUSY.rawValue
            }
        }
        var testDescription: String { rawValue }
    }

    static let small = ["steps": "12", "pause": "0"]

    @Test(arguments: Fault.allCases)
    func everyOperationMayFail(_ fault: Fault) throws {
        faulty_install()
        let isSoak = ProcessInfo.processInfo.environment["BENCHTOP_SOAK"] != nil
        let expected = try ["plain", "fast"].map { try Bench.undisturbed(Self.small, arm: $0) }
        var nth: Int32 = 1
        while true {
            let bench = try Bench(folder: "faulty-disk")
            // A busy store is waited for; a time-out must come within the test's life.
            try bench.store.writer?.writeWithoutTransaction { try $0.execute(sql: "PRAGMA busy_timeout = 1") }
            faulty_arm(nth, fault == .busy ? 3 : 1, fault.code, fault == .busy ? 1 : 0)
            let begun = try? bench.start(arms: ["plain", "fast"], Self.small)
            #expect(bench.controller.wait(timeout: .now() + 30), "\(fault) at \(nth): it hangs")
            let count = faulty_disarm()
            if let (session, trials) = begun {
                let ended = try bench.store.trials(of: session.id)
                #expect(ended.allSatisfy { $0.status == .finished && $0.through == 32 }, "\(fault) at \(nth)")
                #expect(try trials.map { try bench.values($0.id) } == expected, "\(fault) at \(nth)")
                #expect(try bench.store.find("last").owner == nil)
            }
            #expect(try bench.store.integrity() == [], "\(fault) at \(nth)")
            if count < nth { break }
            nth += isSoak ? 1 : max(1, nth / 12)
        }
        #expect(nth > (fault == .busy ? 3 : 10), "a session has more operations than that")
    }
}
