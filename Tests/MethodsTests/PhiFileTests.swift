import Datasets
import Foundation
import MethodKit
import Testing

@testable import Methods

/// The user's own recorded steps and squares.
@Suite struct PhiFileTests {
    static func file(_ text: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// Rows of a table that the tool keeps.
    static func replayed(_ text: String, _ typed: [String: String] = [:]) throws -> [String: Table] {
        let path = try file(text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let info = MethodInfo(PhiDecoding.self), link = TrialLink()
        let texts = try info.texts(
            tool: "replay", preset: nil, typed: typed.merging(["steps": path]) { $1 })
        try info.run("replay", tool: "replay", texts: texts, seed: 1, link: link)
        return link.drain().events.reduce(into: [:]) { tables, event in
            if case .artifact(let name, .table(let table), _) = event.event { tables[name] = table }
        }
    }

    static func candidate(_ beam: Int, _ logprob: Double, _ foresight: (String, Double)?) -> String {
        let ahead = foresight.map {
            #", "foresight": "\#($0.0)", "foresight_tokens": 2, "foresight_logprob": \#($0.1)"#
        }
        return #"{"beam": \#(beam), "text": "step", "tokens": 1, "logprob": \#(logprob)\#(ahead ?? "")}"#
    }

    static func line(_ candidates: [String], previous: String = "") -> String {
        #"{"question": "q"\#(previous), "candidates": [\#(candidates.joined(separator: ", "))]}"#
    }

    /// Pruning, advantages and clusters of two steps, by hand.
    @Test func recordedStepsGoThroughTheSameRule() throws {
        let first =
            (0..<4).map { Self.candidate(0, -1, ("aa bb", -1 - Double($0) / 10)) } + [
                Self.candidate(0, -9, nil)
            ]
        let second =
            zip(["aa bb", "aa bb", "aa bb", "cc dd"], [-1, -1.1, -1, -1.1]).map {
                Self.candidate(1, $1, ($0, -1))
            } + [Self.candidate(0, -1.05, ("aa bb", -1))]
        let tables = try Self.replayed(
            [Self.line(first), Self.line(second, previous: #", "previous": [-0.25, -1]"#)]
                .joined(separator: "\n"), ["clusters": "2", "beams": "2", "sigma": "1.5"])
        let candidates = try #require(tables["candidates"]), steps = try #require(tables["steps"])
        func column(_ name: String, of table: Table) throws -> [Table.Cell] {
            let place = try #require(table.columns.firstIndex { $0.name == name })
            return table.rows.map { $0[place] }
        }
        #expect(
            try column("pruned", of: candidates).map { $0 == .text("pruned") } == (0..<10).map { $0 == 4 })
        let advantages = try column("advantage", of: candidates)
        for (cell, wanted) in zip(advantages, [-0.5, -0.55, -0.6, -0.65, nil, 0.5, 0.5, 0.5, 0.5, -0.25]) {
            guard let wanted else { continue }
            guard case .number(let found) = cell else { Issue.record("no advantage"); continue }
            #expect(abs(found - wanted) < 1e-6)
        }
        #expect(try column("eligible", of: steps) == [.number(0), .number(4)])
        #expect(try column("largest share", of: steps) == [.number(.nan), .number(0.75)])
        #expect(try column("looks ahead", of: steps) == [.text(""), .text("last")])
    }

    /// Bad lines are refused with their number, and say what is allowed.
    @Test(arguments: [
        (#"{"question": "q"}"#, "'candidates' is missing"), (#"{"candidates": []}"#, "'candidates' is empty"),
        (
            #"{"candidates": [{"beam": 0, "text": "a", "tokens": 1, "logprob": 0.4}]}"#,
            "a summed log-probability"
        ),
        (#"{"candidates": [{"beam": 0, "text": "a", "tokens": -1, "logprob": -1}]}"#, "a number of tokens"),
        (#"{"candidates": [{"beam": -1, "text": "a", "tokens": 1, "logprob": -1}]}"#, "a beam from 0 on"),
        (
            #"{"previous": [0], "candidates": [{"beam": 1, "text": "a", "tokens": 1, "logprob": -1}]}"#,
            "a beam in 0...0"
        ),
        (#"{"candidates": [{"beam": 0, "text": "a", "tokens": 1, "logprob": -1}]}"#, "has no foresight"),
        (
            #"{"previous": [], "candidates": [{"beam": 0, "text": "a", "tokens": 1, "logprob": -1}]}"#,
            "'previous' is empty"
        ),
        (
            #"{"question": "q", "candidates": [{"beam": 0, "text": "a", "tokens": 1, "logprob": -1}]}"#,
            "step 2 of its question has no 'previous'"
        ),
        ("nothing", "not JSON"),
    ])
    func badLinesAreRefused(_ line: String, _ sentence: String) throws {
        let good = Self.line([Self.candidate(0, -1, ("aa", -1))])
        let error = #expect(throws: FileError.self) { try Self.replayed(good + "\n" + line) }
        let said = error.map { "\($0)" } ?? ""
        #expect(said.contains(sentence) && said.contains("line 2"), "\(said)")
    }

    @Test(arguments: [
        (#"{"squares": [["3....", ".....", ".....", "....."]]}"#, "not 5 rows of 5"),
        (#"{"squares": [["6....", ".....", ".....", ".....", "....."]]}"#, "a cell is '6'"),
        (#"{"squares": []}"#, "it has 0 squares"),
        (#"{"squares": [["3...3", ".....", ".....", ".....", "....."]]}"#, "row 1 has 3 twice"),
        (#"{"squares": [[".....", ".2...", ".....", ".2...", "....."]]}"#, "column 2 has 2 twice"),
    ])
    func squaresThatAreNoneAreRefused(_ line: String, _ sentence: String) throws {
        let path = try Self.file(line)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var inputs = PhiDecoding.Inputs()
        inputs.squares = InputFile(path)
        let trial = PhiDecodingTests.trial(inputs)
        let state = PhiDecoding.State(model: PhiDecodingTests.model())
        let error = #expect(throws: FileError.self) { try PhiDecoding.solve(state, inputs, trial) }
        #expect(error.map { "\($0)" }?.contains(sentence) == true)
    }

    @Test func anyStepsAreReadOrRefused() throws {
        let first = Self.line([Self.candidate(0, -1, ("aa", -1)), Self.candidate(0, -2, ("bb", -1))])
        let second = Self.line(
            [Self.candidate(1, -1, ("aa", -1)), Self.candidate(0, -2, ("cc", -1))],
            previous: #", "previous": [-0.5, -1]"#)
        try Fuzz.check(Array("\(first)\n\(second)".utf8), seed: 51) { bytes in
            _ = try Self.replayed(String(decoding: bytes, as: UTF8.self), ["beams": "2", "clusters": "2"])
        }
    }

    /// One row a question, and the pictures of the first.
    @Test func ownSquaresAreCompleted() throws {
        let path = try Self.file(
            #"{"squares": [["3....", ".....", ".....", ".....", "....."]]}"# + "\n"
                + #"{"squares": [[".....", ".....", "..1..", ".....", "....."]]}"#)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var inputs = PhiDecoding.Inputs()
        inputs.squares = InputFile(path)
        let state = PhiDecoding.State(model: PhiDecodingTests.model())
        let kept = try PhiDecodingTests.said(inputs) { try PhiDecoding.solve(state, inputs, $0) }.artifacts
        guard case .table(let answers)? = kept["answers"] else {
            Issue.record("no table of answers")
            return
        }
        #expect(answers.rows.map { $0[0] } == [.number(1), .number(2)])
        #expect(answers.rows.allSatisfy { $0[2] == .text("not valid") || $0[2] == .text("valid") })
        #expect(Set(kept.keys).isSuperset(of: ["search", "steps", "agreement", "candidates", "answer"]))
    }
}
