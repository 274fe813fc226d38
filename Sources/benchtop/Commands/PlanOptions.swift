import ArgumentParser
import Foundation
import MethodKit
import SessionControl
import TOMLKit

/// What `run`, `duel` and `claim` have in common.
struct PlanOptions: ParsableArguments {
    @Option(help: "Named values of the inputs: smoke, quick or full.") var preset: String?
    @Option(name: .customLong("set"), help: "An input and its value, as name=value; may be repeated.")
    var settings: [String] = []
    @Option(help: "A TOML file of inputs, one 'name = value' a line; --set wins over it.") var config: String?
    @Option(help: "What to call the session.") var name = ""
    @Option(help: "Trials at a time.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Threads of one trial; part of what decides a result's bits.") var threads = 1
    @Option(name: .customLong("out"), help: "A folder for the metrics and artifacts as ordinary files.")
    var folder: String?
    @Flag(help: "One JSON object a line, flushed at once.") var json = false

    func validate() throws {
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs is \(jobs); it must be 1…256.") }
        guard (1...256).contains(threads) else {
            throw ValidationError("--threads is \(threads); it must be 1…256.")
        }
    }

    /// The inputs that were typed: those of the file, then those of `--set`.
    ///
    /// - Throws: ``Failure``.
    func typed() throws -> [String: String] {
        var typed = try config.map(Self.inputs(inFile:)) ?? [:]
        for setting in settings {
            guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
                throw Failure("--set takes name=value, and '\(setting)' is not of that form.", Status.refused)
            }
            typed[String(setting[..<equals])] = String(setting[setting.index(after: equals)...])
        }
        return typed
    }

    private static func inputs(inFile path: String) throws -> [String: String] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Failure("The file '\(path)' cannot be read as text.", Status.refused)
        }
        do {
            let table = try TOMLTable(string: text)
            return try Dictionary(
                uniqueKeysWithValues: table.map { name, value in
                    guard let text = self.text(of: value) else {
                        throw Failure(
                            "In '\(path)', \(name) must be a number, a text, true or false.", Status.refused)
                    }
                    return (name, text)
                })
        } catch let error as TOMLParseError {
            throw Failure(
                "'\(path)' is not TOML: line \(error.source.begin.line), \(error.description).",
                Status.refused)
        }
    }

    private static func text(of value: any TOMLValueConvertible) -> String? {
        if let text = value.string { return text }
        if let flag = value.bool { return flag.text }
        if let number = value.int { return number.text }
        return value.double?.text
    }
}
