import Foundation
import Testing

@testable import MethodKit

enum Kind: String, InputChoice, CaseIterable { case soft, hard }

struct SampleInputs: MethodInputs {
    @Input("learning rate", in: 1e-5...1, live: true, symbol: "η") var learningRate = 0.01
    @Input("steps", in: 1...1000, symbol: "T") var steps = 10
    @Input("whether noise is on") var noise = true
    @Input("the kind of target") var kind = Kind.soft
    @Input("a file of steps", kinds: ["jsonl"]) var file = InputFile()
}

/// Inputs that need others: the height of a hard target, data of one's own.
struct NeedyInputs: MethodInputs {
    @Input("the kind of target") var kind = Kind.soft
    @Input("height of a hard target", in: 0...10, needs: .input("kind", is: "hard")) var height = 1.0
    @Input("a hard target's shape", kinds: ["obj"], needs: .input("kind", is: "hard", follows: true))
    var shape = InputFile()
    @Input("how soft a soft target is", in: 0...1, needs: .input("kind", is: "soft")) var give = 0.5
    @Input("steps", in: 1...1000) var steps = 10
    @Input("a file to learn from", kinds: ["jsonl"]) var file = InputFile()
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
        (["height": "much"], "Input height takes a number (0…10), and 'much' is not one."),
        (["hight": "2"], "No input is called 'hight'"),
    ])
    func whatIsNotReadIsRefused(_ typed: [String: String], _ sentence: String) {
        #expect(refusal(typed).hasPrefix(sentence))
    }

    @Test func whatIsReadIsTaken() throws {
        #expect(try NeedyInputs().choosing(["height": "2", "kind": "hard"]).height == 2)
        #expect(try NeedyInputs().choosing(["file": "a.jsonl", "split": "on"]).split)
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

    @Test func conditionsAreSaidOnce() {
        let said = Dictionary(uniqueKeysWithValues: NeedyInputs.specs.map { ($0.name, $0.condition) })
        #expect(said["height"] == "read only when kind is hard")
        #expect(said["split"] == "read only with file")
        #expect(said["file"] == "" && said["steps"] == "")
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

/// Inputs that take a text and a model.
struct AskingInputs: MethodInputs {
    @Input("what to ask") var question = InputText("why?")
    @Input("who answers") var judge = InputModel.builtIn
}

@Suite struct InputTextTests {
    @Test func anyLineIsAText() throws {
        #expect(try AskingInputs(texts: ["question": #"a "b" \ ü {}"#]).question.text == #"a "b" \ ü {}"#)
        #expect { try AskingInputs(texts: ["question": "a\nb"]) } throws: {
            "\($0)" == "Input question takes a text (one line), and 'a\u{FFFD}b' is not one."
        }
    }

    @Test func aModelIsBuiltInPulledOrAnEndpoint() throws {
        #expect(AskingInputs().texts["judge"] == "built-in")
        #expect(try AskingInputs(texts: ["judge": "smollm2"]).judge.endpoint == nil)
        let asked = try AskingInputs(texts: ["judge": "http://127.0.0.1:8080/v1"]).judge
        #expect(asked.endpoint?.port == 8080)
        for wrong in ["", "two words", "ftp://host", "http://"] {
            #expect(throws: InputError.self) { try AskingInputs(texts: ["judge": wrong]) }
        }
    }

    @Test func keyPathsLeadToNames() {
        #expect(AskingInputs.names(of: [\.judge, \.question]) == ["judge", "question"])
        #expect(
            SampleInputs.names(of: [\.learningRate, \.noise, \.kind, \.file, \.steps])
                == ["learningRate", "noise", "kind", "file", "steps"])
    }

    @Test func whatIsNoInputIsAMistake() async {
        await #expect(processExitsWith: .failure) { _ = SampleInputs.names(of: [\.twice]) }
    }
}

extension SampleInputs {
    /// Of two inputs, so of none.
    var twice: String { "\(steps) \(noise)" }
}
