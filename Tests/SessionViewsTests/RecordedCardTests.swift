import Foundation
import MethodKit
import Testing

/// What the cards say of their recordings is read from the recordings.
@Suite struct RecordedCardTests {
    // MARK: steve

    @Test func whatCanUseBadStepsGainsMuchOfWhatKTOGains() throws {
        let card = try RecordedCard("steve")
        let gain = try card.remark("What the gain is")
        #expect(gain.contains("'unlikelihood'") && gain.contains("is level with KTO in success"))
        for metric in ["success", "greedy success", "new concept success"] {
            #expect(try card.direction(metric, "kto", over: "unlikelihood") == .level)
        }
        for arm in ["unlikelihood", "reinforce", "kto"] {
            #expect(try card.direction("success", arm, over: "sft") == .higher, "\(arm)")
        }
        #expect(card.mean("success", "unlikelihood") > card.mean("success", "sft") + 0.3)
        #expect(try card.direction("success", "kto", over: "reinforce") == .higher)
        for arm in ["masked", "balanced"] {
            #expect(try card.direction("success", arm, over: "sft") == .level, "\(arm)")
        }
        #expect(try card.direction("success", "filtered", over: "sft") == .lower)
    }

    @Test func verifiedStepsAreWorthMoreThanOutcomes() throws {
        let card = try RecordedCard("steve")
        _ = try card.remark("What verifying steps is worth")
        #expect(try card.direction("success", "outcome", over: "kto") == .lower)
        #expect(try card.direction("success", "outcome", over: "sft") == .level)
    }

    @Test func theReferencePointIsNearlyInert() throws {
        let card = try RecordedCard("steve")
        _ = try card.remark("What the reference point is worth: nothing here")
        #expect(try card.direction("success", "kto", over: "zero") == .level)
        let shares = card.seeds("z0 is zero", "kto").values
        #expect(shares.count == 5 && shares.allSatisfy { $0 > 0.5 })
    }

    @Test func thePapersBetaIsAheadOfFineTuningAndLittleElse() throws {
        let card = try RecordedCard("steve")
        _ = try card.remark("The paper's β = 0.1")
        #expect(try card.direction("success", "ktoPaper", over: "sft") == .higher)
        for arm in ["unlikelihood", "reinforce"] {
            #expect(try card.direction("success", "ktoPaper", over: arm) == .lower, "\(arm)")
        }
        for arm in ["masked", "outcome", "balanced"] {
            #expect(try card.direction("success", "ktoPaper", over: arm) == .level, "\(arm)")
        }
    }

    @Test func groundingIsKeptByFineTuning() throws {
        let card = try RecordedCard("steve"), new = "new concept grounding"
        _ = try card.remark("The paper says that fine-tuning loses grounding")
        #expect(try card.direction(new, "sft", over: "start") == .level)
        #expect(try card.direction(new, "kto", over: "start") == .lower)
        for other in ["start", "sft"] {
            #expect(try card.direction(new, "ktoPaper", over: other) == .lower)
            #expect(card.mean(new, "ktoPaper") < card.mean(new, other) - 0.5)
            #expect(try card.direction("grounding", "kto", over: other) == .level)
        }
        #expect(try card.direction("grounding", "sft", over: "start") == .higher)
    }

    @Test func newConceptsAreLearntByNoArm() throws {
        let card = try RecordedCard("steve")
        _ = try card.remark("No arm does better on new concepts")
        for arm in try Fixture.method("steve").arms.map(\.name) where arm != "start" {
            let wanted: Sign.Direction = ["ktoPaper", "filtered"].contains(arm) ? .lower : .level
            #expect(try card.direction("new concept success", arm, over: "start") == wanted, "\(arm)")
        }
    }

    @Test func theVerifierAndThePrintedLossAreAsTheCardSays() throws {
        let card = try RecordedCard("steve")
        _ = try card.remark("The verifier is right on fewer early right clicks")
        #expect(card.mean("early agreement", "start") < 0.923)
        _ = try card.remark("The arm 'printed'")
        #expect(abs(card.mean("success", "printed") - card.mean("success", "start")) < 0.05)
        #expect(card.mean("look-alike clicks", "printed") > 0.5)
    }

    // MARK: curie

    private let mixes = ["within", "within swaps", "within shifted", "within read"]

    @Test func theJudgeIsAheadOfEqualKnowledgeButOnWhatPatternsRead() throws {
        let card = try RecordedCard("curie")
        _ = try card.remark("What the idea is worth depends on who knows what")
        for mix in mixes {
            #expect(try card.direction(mix, "matcher", over: "aligned") == .higher, "\(mix)")
            let wanted: Sign.Direction = mix == "within read" ? .level : .higher
            #expect(try card.direction(mix, "matcher", over: "alignedSeen") == wanted, "\(mix)")
        }
    }

    @Test func aTableFindsWhatItHasAndAJudgeGuesses() throws {
        let card = try RecordedCard("curie")
        _ = try card.remark("What a judge adds to a table is guessing")
        #expect(card.mean("seen recall", "rulesSeen") == 1 && card.mean("hidden recall", "rulesSeen") < 0.1)
        #expect(card.mean("hidden recall", "matcher") > 0.7)
        for mix in mixes {
            #expect(try card.direction(mix, "rulesSeen", over: "aligned") == .lower, "\(mix)")
            let isAhead = try card.direction(mix, "matcherRaw", over: "aligned") == .higher
            #expect(isAhead == (mix == "within swaps"), "\(mix)")
        }
    }

    @Test func passagesAndOneMatchAreWorthNothing() throws {
        let card = try RecordedCard("curie")
        _ = try card.remark("Passages and descriptors")
        for mix in mixes {
            #expect(try card.direction(mix, "matcher", over: "matcherCore") == .level, "\(mix)")
            let pairs = zip(
                card.seeds(mix, "matcher").sorted { $0.key < $1.key },
                card.seeds(mix, "matcherOne").sorted { $0.key < $1.key })
            #expect(pairs.allSatisfy { abs($0.value - $1.value) < 0.005 }, "\(mix)")
        }
    }

    @Test func aPoorJudgeIsAheadOfROUGEOnSwapsAlone() throws {
        let card = try RecordedCard("curie")
        _ = try card.remark("A poor judge")
        let wanted: [Sign.Direction] = [.level, .higher, .level, .lower]
        for (mix, direction) in zip(mixes, wanted) {
            #expect(try card.direction(mix, "trigrams", over: "rouge") == direction, "\(mix)")
            #expect(try card.direction(mix, "nearest", over: "rouge") == .lower, "\(mix)")
            if mix != "within read" { #expect(card.mean(mix, "nearest") < 0.1) }
        }
    }

    @Test func oneErrorInTenIsEnoughOverAllAndNotWithinExtractors() throws {
        let card = try RecordedCard("curie")
        _ = try card.remark("The specification's first claim")
        #expect(card.seeds("spearman", "noisy").values.allSatisfy { $0 > 0.85 })
        #expect(card.seeds("within", "noisy").values.allSatisfy { $0 < 0.85 })
        #expect(try card.direction("spearman", "noisy", over: "aligned") == .level)
    }

    @Test func indexZeroAndPooling() throws {
        let card = try RecordedCard("curie")
        _ = try card.remark("Index 0")
        #expect(abs(card.mean("index 0 bias", "rules") + 0.1) < 0.05)
        _ = try card.remark("Pooled over extractors")
        for arm in try Fixture.method("curie").arms.map(\.name) where arm != "nearest" && arm != "rules" {
            #expect(card.mean("spearman", arm) > card.mean("within", arm), "\(arm)")
        }
    }

    // MARK: phi-decoding

    @Test func phiDecodingIsAheadOfOneAnswerAndBehindManyAtEqualTokens() throws {
        let card = try RecordedCard("phi-decoding")
        let worth = try card.remark("What it is worth")
        try expect(
            worth, card, "validity", "phi", over: ["sampled", "greedy", "bestOfN", "stepBeam", "tokenBeam"])
        for arm in ["sampled", "greedy", "sharpened"] {
            #expect(try card.direction("validity", "phi", over: arm) == .higher, "\(arm)")
        }
        for arm in ["bestOfN", "stepBeam", "tokenBeam"] {
            for own in ["phi", "phiLikeliest"] {
                #expect(try card.direction("validity", own, over: arm) == .lower, "\(own), \(arm)")
            }
            #expect(card.mean("tokens", arm) < card.mean("tokens", "phi"), "\(arm)")
        }
        #expect(card.mean("tokens", "stepBeam") < 0.9 * card.mean("tokens", "phi"))
    }

    @Test func phiDecodingsOwnChoiceLosesWhatItsTokensAreWorth() throws {
        let card = try RecordedCard("phi-decoding"), likeliest = "likeliest validity"
        let score = try card.remark("What decides is the score")
        for (metric, arm) in [("reachable", "bestOfN"), ("reachable", "tokenBeam"), ("reachable", "phi")] {
            #expect(score.contains(text(card.mean(metric, arm))), "\(metric) \(arm)")
        }
        for arm in ["bestOfN", "tokenBeam"] {
            #expect(abs(card.mean("validity", arm) / card.mean("reachable", arm) - 0.6) < 0.02, "\(arm)")
        }
        let thrown = try card.remark("What phi-decoding throws away")
        #expect(thrown.contains(text(card.mean(likeliest, "phi"))))
        #expect(thrown.contains(text(card.mean("validity", "phi"))))
        try expect(thrown, card, likeliest, "phi", over: ["phi"], in: "validity")
        for arm in ["bestOfN", "stepBeam"] {
            #expect(try card.direction(likeliest, "phi", over: arm, in: "validity") == .level, "\(arm)")
        }
        let draw = try card.remark("Half of that is the last draw")
        #expect(draw.contains(text(card.mean("validity", "phiLikeliest"))))
        try expect(draw, card, "validity", "phiLikeliest", over: ["phi", "bestOfN"])
    }

    @Test func noPartOfPhiDecodingIsShownToHelp() throws {
        let card = try RecordedCard("phi-decoding")
        let ablations = try card.remark("The paper's ablations")
        let arms = ["unclustered", "unpruned", "unforeseen", "unmasked", "phiPaper"]
        try expect(ablations, card, "validity", "phi", over: arms)
        for arm in arms { #expect(try card.direction("validity", "phi", over: arm) == .level, "\(arm)") }
        #expect(abs(card.mean("tokens", "unforeseen") / card.mean("tokens", "phi") - 1.0 / 3) < 0.03)
        let values = try card.remark("Step values know next to nothing")
        for metric in ["step value accuracy", "even value accuracy", "shuffled value accuracy"] {
            #expect(values.contains(String(format: "%.4f", card.mean(metric, "phi"))), "\(metric)")
        }
        let given = try card.remark("What the data give away")
        #expect(given.contains(text(card.mean("chance", "phi"))))
    }

    // MARK: musicinfuser

    @Test func musicInfuserListensAndForgetsLessThanOtherTraining() throws {
        let card = try RecordedCard("musicinfuser"), method = "musicinfuser"
        let worth = try card.remark("What it is worth")
        try expect(worth, card, "beat alignment", method, over: ["prior", "full", "scratch"])
        for (arm, direction) in [("full", Sign.Direction.lower), ("scratch", .lower), ("warp", .level)] {
            #expect(try card.direction("beat alignment", method, over: arm) == direction, "\(arm)")
        }
        let tempi = try card.remark("At tempi that no pair has")
        let twoSided = "two-sided alignment"
        try expect(tempi, card, twoSided, method, over: ["addition", "bestOf16", "randomStart"])
        for arm in ["uniform", "allLayers", "otherLayers"] {
            #expect(try card.direction(twoSided, method, over: arm) == .level, "\(arm)")
        }
        for metric in ["beat alignment", twoSided] {
            #expect(try card.direction(metric, "unplaced", over: "prior") == .level, "\(metric)")
        }
        let new = try card.remark("Of the style that no pair has")
        for (arm, said) in [
            ("prior", "0.19"), (method, "3.0"), ("addition", "4.1"), ("full", "8.8"), ("scratch", "13.7"),
            ("noLoRA", "1.4"), ("warp", "0.34"),
        ] {
            let mean = card.mean("new Fréchet distance", arm)
            #expect(String(format: "%.\(said.split(separator: ".")[1].count)f", mean) == said, "\(arm)")
            #expect(new.contains(said))
        }
        try expect(new, card, "energy slope", method, over: ["warp"])
        #expect(new.contains(text(card.mean("real energy slope", "prior"))))
    }

    private func text(_ value: Double) -> String { String(format: "%.3f", value) }

    /// A remark has the differences over these arms as mean and interval; where one is behind, with the sign left out.
    private func expect(
        _ remark: String, _ card: RecordedCard, _ metric: String, _ arm: String, over others: [String],
        in otherMetric: String? = nil
    ) throws {
        for other in others {
            let (mean, low, high) = try card.interval(metric, arm, over: other, in: otherMetric)
            let ahead = "\(text(mean)) [\(text(low)), \(text(high))]"
            let behind = "\(text(-mean)) [\(text(-high)), \(text(-low))]"
            #expect(remark.contains(ahead) || remark.contains(behind), "\(arm) over \(other): \(ahead)")
        }
    }
}
