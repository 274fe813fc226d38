import Foundation
import LanguageModels
import MethodKit

/// The fetched language model beside llama.cpp on the same file, one thread each: tokens a CPU-second of a long prompt, of a
/// text that goes on, and of sixteen beside each other.
func models() throws {
    guard PulledModel.smolLM.isHere else {
        print("language model: not measured: 'benchtop models pull smollm2' fetches it.\n")
        return
    }
    let side = Result { () throws(SideError) in try Side.python("xllamacpp") }
    let llama = try? side.get()
    if case .failure(let error) = side { print("llama.cpp's column stays empty: \(error)") }
    let file = try LocalModels.file(named: PulledModel.smolLM.name).model()
    let model = LlamaLanguageModel(file), long = String(repeating: sentence, count: 22)
    let read = Double(file.tokeniser.tokens(of: long).count)
    var ours: [[Double]] = [[], [], []], theirs: [[Double]] = [[], []]
    for round in 0..<7 {
        // What a prompt begins with alike would be read once only.
        ours[0].append(read / (try cpuSeconds { _ = try model.complete("\(round) \(long)", longest: 1) }))
        if let seconds = try? llama?.number("prompt 1") { theirs[0].append(read / seconds) }
        ours[1].append(64 / (try cpuSeconds { _ = try model.complete("\(round) \(start)", longest: 64) }))
        if let seconds = try? llama?.number("generation 1") { theirs[1].append(64 / seconds) }
        let many = ModelRequest(
            Array(repeating: "\(round) \(start)", count: 16), longest: 64, temperature: 1, seed: 1)
        var said = 0.0
        let seconds = try cpuSeconds {
            said = Double(try model.answer(many).reduce(0) { $0 + $1.tokens.count })
        }
        ours[2].append(said / seconds)
    }
    let version = (try? llama?.says("version")) ?? "absent"
    print("\(PulledModel.smolLM.what), \(Int(read)) tokens read, 64 said; \(version)")
    row("tokens a CPU-second", "Benchtop", "llama.cpp", "ratio", "bar")
    for (place, name) in ["prompt", "one text", "sixteen texts"].enumerated() {
        let own = median(ours[place]), other = place < 2 ? median(theirs[place]) : .nan
        row(name, text(own), text(other), text(own / other), place < 2 ? "1" : "-")
    }
    print()
}

private let sentence = "the old bridge over the river was rebuilt in 1987 after a flood had taken it away; "
private let start = "Once upon a time there was a"
