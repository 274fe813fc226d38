import Base
import Foundation
import Testing

@testable import MethodKit
@testable import Methods

/// What inputs of the catalogue declare to need of each other is true: where the need is not met the input is
/// refused, or makes the other one follow, and would have changed nothing; where it is met the input changes
/// something.
@Suite struct NeedsTests {
    /// An input with one of its needs.
    struct Needy: Sendable, CustomStringConvertible {
        let method: MethodInfo
        let spec: InputSpec
        let need: InputNeed
        var description: String { "\(method.card.id): \(spec.name) is \(need.text)" }
    }

    static let all = CatalogueTests.methods.flatMap { method in
        method.inputs.compactMap { spec in spec.need.map { Needy(method: method, spec: spec, need: $0) } }
    }

    @Test(arguments: CatalogueTests.methods)
    func needsNameInputsAndValuesThatThereAre(_ method: MethodInfo) throws {
        for spec in method.inputs {
            guard let need = spec.need else { continue }
            let other = try #require(
                method.inputs.first { $0.name == need.input }, "\(spec.name) names \(need.input)")
            if case .value(let value) = need.condition { _ = try other.json(value) }
        }
    }

    @Test(arguments: all)
    func whatWouldNotBeReadIsRefused(_ one: Needy) throws {
        let (value, samples) = (
            try Samples.values(one.spec, one.method)[1], try Samples.unmet(one.need, one.method)
        )
        let error = #expect(throws: InputError.self) {
            try texts(one, samples.merging([one.spec.name: value]) { $1 })
        }
        let sentence = error.map { "\($0)" } ?? ""
        #expect(sentence.hasPrefix("Input ") && sentence.contains(" is \(one.need.text); "), "\(sentence)")
        #expect(sentence.hasSuffix(".") && !sentence.contains("\n"), "\(sentence)")
    }

    @Test(arguments: all)
    func whereTheUserSaysNothingOfTheOtherItFollowsOrStays(_ one: Needy) throws {
        let value = try Samples.values(one.spec, one.method)[1]
        let before = try #require(try texts(one, [:])[one.need.input])
        let after = try? texts(one, [one.spec.name: value])
        if one.need.isMet(by: before) {
            #expect(after?[one.need.input] == before)
        } else if case .value(let wanted) = one.need.condition, one.need.follows {
            #expect(after?[one.need.input] == wanted)
        } else {
            #expect(after == nil)
        }
    }

    /// A stored session has all inputs, so what is not read may have any value there.
    @Test(arguments: all)
    func whatIsNotReadChangesNothing(_ one: Needy) throws {
        let base = try texts(one, [:]).merging(Samples.unmet(one.need, one.method)) { $1 }
        let runs = try Samples.values(one.spec, one.method).map { value in
            try run(one.method, base.merging([one.spec.name: value]) { $1 })
        }
        #expect(runs[0] == runs[1])
    }

    @Test(arguments: all)
    func whatIsReadChangesSomething(_ one: Needy) throws {
        let met = try Samples.met(one.need, one.method)
        let runs = try Samples.values(one.spec, one.method).map { value in
            try run(one.method, texts(one, met.merging([one.spec.name: value]) { $1 }))
        }
        #expect(runs[0] != runs[1])
    }

    private func texts(_ one: Needy, _ typed: [String: String]) throws -> [String: String] {
        try one.method.texts(preset: "smoke", typed: typed)
    }

    private func run(_ method: MethodInfo, _ texts: [String: String]) throws -> Run.Said {
        try Run(method, try #require(method.claims.first).arm, seed: 1, texts: texts).said
    }
}

/// Values for the inputs of any method, users' files among them.
enum Samples {
    /// Two values that differ; the second one is not the smoke preset's.
    static func values(_ spec: InputSpec, _ method: MethodInfo) throws -> [String] {
        let now = try #require(try method.texts(preset: "smoke", typed: [:])[spec.name])
        switch spec.kind {
        case .wholeNumber(let range):
            let number = try #require(Int(now))
            return [now, "\(number < range.upperBound ? number + 1 : number - 1)"]
        case .number(let range):
            let number = try #require(Double(now))
            let end = number < range.upperBound ? range.upperBound : range.lowerBound
            return [now, "\((number + end) / 2)"]
        case .choice(let names): return [now, try #require(names.first { $0 != now })]
        case .folder: return try [somePictures(), ShippedFolder.pictures.path]
        case .choices:
            return try [write("[]", "jsonl", lines: 0), write(#"{"pair": "0-abc", "chosen": "a"}"#, "jsonl")]
        case .file(let endings) where endings.contains("obj"):
            return ["box.obj", "lantern.obj"].map { "\(ShippedFolder.meshes.path)/\($0)" }
        // What stands beside a tool's own file must fit it.
        case .file where spec.name == "references": return try references()
        case .text where spec.name == "fields": return [now, "material=text"]
        case .file(let endings) where endings.contains("csv"):
            return [now, "\(ShippedFolder.extractions.path)/synonyms.csv"]
        case .file(let endings) where endings.contains("jsonl"):
            return try [write(step, "jsonl", lines: 1), write(step, "jsonl")]
        case .text: return [now, now + "?"]
        case .model: return [now, "http://127.0.0.1:1"]
        case .file: throw NoSample(input: spec.name)
        }
    }

    /// The other input as the need wants it.
    static func met(_ need: InputNeed, _ method: MethodInfo) throws -> [String: String] {
        switch need.condition {
        case .value(let value): [need.input: value]
        case .named: [need.input: try values(other(need, method), method)[1]]
        }
    }

    /// The other input as the need does not want it.
    static func unmet(_ need: InputNeed, _ method: MethodInfo) throws -> [String: String] {
        let other = try other(need, method)
        switch need.condition {
        case .value(let value):
            guard case .choice(let names) = other.kind else { throw NoSample(input: other.name) }
            return [need.input: try #require(names.first { $0 != value })]
        case .named: return [need.input: ""]
        }
    }

    private static func other(_ need: InputNeed, _ method: MethodInfo) throws -> InputSpec {
        try #require(method.inputs.first { $0.name == need.input })
    }

    /// An input of files for which there is no file here: add one.
    struct NoSample: Error { let input: String }

    /// A line of each kind that an engine judges.
    private static let step = """
        {"state": "a", "action": "x", "label": "good", "policy_logp": -1, "ref_logp": -1.5}
        {"state": "b", "action": "y", "label": "bad", "policy_logp": -2, "ref_logp": -1.5}
        {"state": "a", "action": "y", "label": "bad", "policy_logp": -2, "ref_logp": -1.7}
        """

    /// The references that come along, and the same with another material.
    private static func references() throws -> [String] {
        let path = "\(ShippedFolder.extractions.path)/references.jsonl"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return [path, try write(text.replacing("GaN", with: "AlN"), "jsonl")]
    }

    /// The first lines of a text as a file, under a name that the text gives.
    private static func write(_ text: String, _ ending: String, lines: Int = .max) throws -> String {
        let part = text.components(separatedBy: "\n").prefix(lines).joined(separator: "\n")
        let name = "benchtop-sample-\(Digest(of: Data(part.utf8)).hex.prefix(12)).\(ending)"
        let file = FileManager.default.temporaryDirectory.appending(path: name)
        try Data(part.utf8).write(to: file, options: .atomic)
        return file.path
    }

    /// Some of the pictures that come along, in a folder of their own.
    private static func somePictures() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "benchtop-sample-pictures")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let shipped = URL(filePath: ShippedFolder.pictures.path)
        let names = try FileManager.default.contentsOfDirectory(atPath: shipped.path).sorted()
        for name in names.filter({ $0.hasSuffix(".png") }).prefix(40) {
            let contents = try Data(contentsOf: shipped.appending(path: name))
            try contents.write(to: folder.appending(path: name), options: .atomic)
        }
        return folder.path
    }
}
