import Foundation
import MethodKit
import Testing

enum Kind: String, InputChoice, CaseIterable { case soft, hard }

struct SampleInputs: MethodInputs {
    @Input("learning rate", in: 1e-5...1, live: true, symbol: "η") var learningRate = 0.01
    @Input("steps", in: 1...1000, symbol: "T") var steps = 10
    @Input("whether noise is on") var noise = true
    @Input("the kind of target") var kind = Kind.soft
    @Input("a file of steps", kinds: ["jsonl"]) var file = InputFile()
}

/// Inputs that need others: the height of a hard target, data of one's own, and a file that makes a tool.
struct NeedyInputs: MethodInputs {
    @Input("the kind of target") var kind = Kind.soft
    @Input("height of a hard target", in: 0...10, needs: .input("kind", is: "hard")) var height = 1.0
    @Input("a hard target's shape", kinds: ["obj"], needs: .input("kind", is: "hard", follows: true))
    var shape = InputFile()
    @Input("how soft a soft target is", in: 0...1, needs: .input("kind", is: "soft")) var give = 0.5
    @Input("steps", in: 1...1000) var steps = 10
    @Input("how steep", in: 0...1, live: true, symbol: "β") var beta = 0.5
    @Input("how fast", in: 0...1, live: true, symbol: "η") var rate = 0.5
    @Input("a file to judge", kinds: ["jsonl"], readsOnly: ["beta", "split"]) var file = InputFile()
    @Input("how lines are split", needs: .file("file")) var split = false
}

@Suite struct InputNeedTests {
    private func refusal(_ typed: [String: String]) -> String {
        do {
            return "taken: \(try NeedyInputs().choosing(typed).texts)"
        } catch { return "\(error)" }
    }

    @Test(arguments: [
        (["height": "2"], "Input height is read only when kind is hard; set kind=hard as well."),
        (
            ["shape": "a.obj", "kind": "soft"],
            "Input shape is read only when kind is hard; set kind=hard as well."
        ),
        // What follows from one input leaves the other unread.
        (
            ["shape": "a.obj", "give": "1"],
            "Input give is read only when kind is soft; set kind=soft as well."
        ),
        (["split": "on"], "Input split is read only with file; set file as well."),
        (
            ["file": "a.jsonl", "steps": "3"],
            "Input steps is read only without file; leave one of the two out."
        ),
        (["height": "much"], "Input height takes a number (0…10), and 'much' is not one."),
        (["hight": "2"], "No input is called 'hight'"),
    ])
    func whatIsNotReadIsRefused(_ typed: [String: String], _ sentence: String) {
        #expect(refusal(typed).hasPrefix(sentence))
    }

    @Test func whatIsReadIsTaken() throws {
        #expect(try NeedyInputs().choosing(["height": "2", "kind": "hard"]).height == 2)
        #expect(try NeedyInputs().choosing(["file": "a.jsonl", "beta": "0.1", "split": "on"]).split)
        // As it would be anyway, typed in any way.
        #expect(try NeedyInputs().choosing(["height": "1.0", "shape": ""]).kind == .soft)
    }

    @Test func theOtherInputFollowsWhereTheDeclarationSaysSo() throws {
        let inputs = try NeedyInputs().choosing(["shape": "a.obj"])
        #expect(inputs.kind == .hard && inputs.shape.path == "a.obj")
    }

    /// A preset, and a stored session, have all values, of which some may not be read.
    @Test func whatIsStoredIsLetBe() throws {
        var preset = NeedyInputs()
        preset.height = 3
        #expect(try preset.choosing(["steps": "5"]).height == 3)
        #expect(try NeedyInputs(texts: ["height": "2", "kind": "soft"]).height == 2)
    }

    @Test func aToolRefusesLiveEditsOfWhatItDoesNotRead() throws {
        let tool = try NeedyInputs().choosing(["file": "a.jsonl"])
        #expect(try tool.editing("beta", to: "0.2").beta == 0.2)
        #expect { try tool.editing("rate", to: "0.2") } throws: {
            "\($0)" == "Input rate is read only without file; leave one of the two out."
        }
    }

    @Test func conditionsAreSaidOnce() {
        let said = Dictionary(uniqueKeysWithValues: NeedyInputs.specs.map { ($0.name, $0.condition) })
        #expect(said["height"] == "read only when kind is hard")
        #expect(said["split"] == "read only with file")
        #expect(said["file"] == "with it, only beta, split are read")
        #expect(said["steps"] == "" && said["beta"] == "")
    }
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
