import Foundation
import Tensors

/// Works beside PyTorch eager, a table for each limit: the same shapes, one thread each, rounds in turn.
struct SpeedTables {
    /// The tables as Markdown.
    private(set) var text = ""
    private var trouble: [String] = []

    /// Measures the works that are wanted, a table for each limit, and prints each row as it comes.
    mutating func measure(_ limits: [Limit], where isWanted: (Work) -> Bool) {
        let works = Work.all.filter(isWanted)
        if works.isEmpty { return }
        let python = Result { () throws(SideError) in try Side.python("torch") }
        let torch = try? python.get()
        if case .failure(let error) = python { trouble.append("\(error)") }
        say(Machine.sentence(torch: (try? torch?.says("versions")) ?? "PyTorch absent") + "\n")
        for limit in limits { measure(works, limit, hasTorch: torch != nil) }
        for sentence in trouble { say("\(sentence)\n") }
    }

    private mutating func say(_ line: String) {
        print(line)
        fflush(nil)
        text += line + "\n"
    }

    private mutating func measure(_ works: [Work], _ limit: Limit, hasTorch: Bool) {
        var said = "absent"
        if hasTorch {
            do {
                said = try Side.python("torch", limit.theirs).says("limits")
                if !limit.isKept(said) { trouble.append("\(limit.title): PyTorch still uses \(said).") }
            } catch { trouble.append("\(limit.title): \(error)") }
        }
        say("**\(limit.title)** (Benchtop \(limit.kernels); PyTorch \(said)):\n")
        for kind in Work.Kind.allCases {
            let these = works.filter { $0.kind == kind }
            if these.isEmpty { continue }
            for line in Row.head(kind) { say(line) }
            for work in these {
                do {
                    say(try row(work, limit, hasTorch: hasTorch).line)
                } catch { say(Row.absent(work, "\(error)")) }
            }
            say("")
        }
    }

    /// Each work has processes of its own, so that their memory is the work's.
    private mutating func row(_ work: Work, _ limit: Limit, hasTorch: Bool) throws(SideError) -> Row {
        let benchtop = try Side.benchtop(limit.ours)
        let kernels = try benchtop.says("limits")
        guard kernels == limit.kernels else {
            throw .refused("Benchtop", "kernels \(kernels) run where \(limit.kernels) were asked for")
        }
        let torch = hasTorch ? try Side.python("torch", limit.theirs) : nil
        // Memory first: the product of each round has its own.
        _ = try benchtop.number("\(work.name) \(work.kind == .step ? work.count : 2)")
        _ = try? torch?.number("\(work.name) 2")
        let memory = (try benchtop.number("memory"), try? torch?.number("memory"))
        let rounds = try Rounds(work, benchtop, torch, trouble: &trouble)
        let operations = try? torch?.number("operations \(work.name)")
        return Row(work, rounds, memory: memory, operations: operations)
    }
}
