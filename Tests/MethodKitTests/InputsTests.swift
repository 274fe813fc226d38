import Foundation
import MethodKit
import Testing

enum Kind: String, InputChoice, CaseIterable { case soft, hard }

struct SampleInputs: MethodInputs {
    @Input("η", "learning rate", in: 1e-5...1, live: true) var learningRate = 0.01
    @Input("T", "steps", in: 1...1000) var steps = 10
    @Input("", "whether noise is on") var noise = true
    @Input("", "the kind of target") var kind = Kind.soft
    @Input("", "a file of steps", kinds: ["jsonl"]) var file = InputFile()
}

@Suite struct InputsTests {
    @Test func specsComeFromTheDeclarations() {
        let specs = SampleInputs.specs
        #expect(specs.map(\.name) == ["learningRate", "steps", "noise", "kind", "file"])
        #expect(specs.map(\.symbol) == ["η", "T", "", "", ""])
        #expect(specs.map(\.live) == [true, false, false, false, false])
        #expect(
            specs.map(\.range) == [
                "1e-05…1", "1…1000", "on, off", "soft, hard", "a file that ends in .jsonl",
            ])
        #expect(specs.map(\.initial) == ["0.01", "10", "on", "soft", ""])
    }

    @Test func textsReadBack() throws {
        let inputs = try SampleInputs(texts: ["learningRate": "0.3", "noise": "off", "kind": "hard"])
        #expect(inputs.learningRate == 0.3 && !inputs.noise && inputs.kind == .hard && inputs.steps == 10)
        #expect(try SampleInputs(texts: inputs.texts).texts == inputs.texts)
        #expect(try inputs.setting(["steps": "20"]).learningRate == 0.3)
    }

    @Test(arguments: [
        (["step": "3"], "No input is called 'step' (did you mean 'steps'?)"),
        (["steps": "x"], "Input steps takes a whole number (1…1000), and 'x' is not one."),
        (["steps": "0"], "Input steps is '0'; it must be 1…1000."),
        (["learningRate": "nan"], "Input learningRate takes a number"),
        (["kind": "sof"], "Input kind takes one of a list (soft, hard), and 'sof' is not one."),
        (["file": "a.txt"], "Input file is 'a.txt'; it must be a file that ends in .jsonl."),
    ])
    func wrongInputsGetOneSentence(_ typed: [String: String], _ sentence: String) {
        #expect { try SampleInputs(texts: typed) } throws: { "\($0)".hasPrefix(sentence) }
    }

    @Test func onlyLiveInputsChangeWhileRunning() throws {
        #expect(try SampleInputs().editing("learningRate", to: "0.5").learningRate == 0.5)
        #expect { try SampleInputs().editing("steps", to: "5") } throws: {
            "\($0)" == "Input steps cannot change while a trial runs; learningRate can."
        }
    }

    @Test func nearestNames() {
        #expect(Names.nearest(to: "learnigRate", among: ["learningRate", "steps"]) == "learningRate")
        #expect(Names.nearest(to: "stpes", among: ["learningRate", "steps"]) == "steps")
        #expect(Names.nearest(to: "qqq", among: ["learningRate", "steps"]) == nil)
    }
}
