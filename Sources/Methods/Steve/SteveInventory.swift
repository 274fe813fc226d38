import MethodKit

extension Steve {
    /// Every named part of the paper, and where it is here.
    static let parts: [Part] = [
        Part(
            "Step verifier V(x_t, {r_t, a_t}, x_{t+1})", .paper, in: "Steve.Verifier.judge",
            by: .input("noise"),
            shown: .metric("agreement"), test: "SteveWorldTests.theVerifierSeesPixelsAlone",
            standsFor: "GPT-4o on two screenshots; its verdicts enter as the labels of the tool's file"),
        Part(
            "Good, neutral and harmful verdicts", .paper, in: "Steve.Verifier.look", by: .always,
            shown: .artifact("screen"), test: "SteveWorldTests.withoutStrayPixelsTheScreensTellTheTruth"),
        Part(
            "Neutral steps made bad ones", .paper, in: "Steve.label", by: .input("neutral"),
            shown: .artifact("rounds"), test: "SteveStateTests.neutralStepsAreBadOnesOrIgnored"),
        Part(
            "The verifier's error rates, early and late (step > 7)", .paper, in: "Steve.Verifier.judge",
            by: .input("noise"), shown: .metric("early agreement"),
            test: "SteveWorldTests.theVerifierErrsAsOftenAsThePapers"),
        Part(
            "KTO loss", .note, in: "Steve.KTO.outcome", by: .arm("kto"), shown: .metric("loss"),
            test: "GoldenTests.agrees"),
        Part(
            "The loss as printed, λ_y - σ(β (r - z0))", .paper, in: "Steve.KTO.outcome", by: .arm("printed"),
            shown: .metric("success"), test: "SteveIdeaTests.thePrintedLossTakesLambdaAsItStands"),
        Part(
            "Reference point z0, clamped and without gradient", .note, in: "Steve.KTO.z0", by: .arm("kto"),
            shown: .metric("z0"), test: "SteveIdeaTests.aTablesGradientHoldsZ0"),
        Part(
            "What the reference point is worth: z0 = 0", .here, in: "Steve.settings", by: .arm("zero"),
            shown: .metric("z0 is zero"),
            test: "SteveIdeaTests.withoutAReferencePointRewardsAreHeldAgainstZero"),
        Part(
            "What step verification is worth: the trajectory's outcome as label", .here, in: "Steve.label",
            by: .arm("outcome"), shown: .metric("success"),
            test: "SteveIdeaTests.aLabelIsTheVerdictOrTheOutcome"),
        Part(
            "Mismatched pairs by rotation within the batch", .note,
            in: "Steve.KTO.mismatched, Steve.KTO.batch",
            by: .arm("kto"), shown: .metric("z0"), test: "SteveIdeaTests.mismatchedPairsTurnRoundTheBatch"),
        Part(
            "β = 0.1", .paper, in: "Steve.KTO.papersBeta", by: .arm("ktoPaper"), shown: .metric("success"),
            test: "SteveIdeaTests.eachArmHasItsSettings"),
        Part(
            "Reward of a step, β r", .note, in: "Steve.KTO.outcome", by: .tool("score"),
            shown: .metric("good reward"), test: "GoldenTests.agrees"),
        Part(
            "Log-ratios of good and bad steps", .here, in: "Steve.KTO.Batch.logRatios", by: .always,
            shown: .metric("log-ratio margin"),
            test: "SteveIdeaTests.ktoTakesEightGoodAndEightBadStepsWithTheirOwnReferences"),
        Part(
            "Weights λ_D and λ_U, and their advised balance", .here, in: "Steve.KTO.balance",
            by: .tool("score"),
            shown: .artifact("batches"), test: "SteveStateTests.theWeightsBalanceUnequalNumbers"),
        Part(
            "Fine-tuning on good steps, the baseline", .paper, in: "Steve.idea", by: .arm("sft"),
            shown: .metric("success"), test: "SteveIdeaTests.eachArmPushesTheStepsThatItTakes"),
        Part(
            "Three rounds, each rolled out by the last one's policy", .paper, in: "Steve.run",
            by: .input("trajectories"), shown: .artifact("rounds"),
            test: "SteveStateTests.eachRoundIsRolledOutByTheLastOnesPolicy"),
        Part(
            "Roll-outs record x_t, a_t and x_{t+1}", .paper, in: "Steve.State.rollOut",
            by: .input("trajectories"),
            shown: .artifact("screen"), test: "SteveStateTests.aTrajectoryHangsTogether"),
        Part(
            "Reference policy, kept or refreshed", .paper, in: "Steve.State.begin", by: .input("reference"),
            shown: .metric("bad log-ratio"), test: "SteveStateTests.theReferenceIsKeptOrRefreshed"),
        Part(
            "Reference policy by fine-tuning on planner trajectories", .paper, in: "Steve.Demonstrator.click",
            by: .always, shown: .metric("clone loss"), test: "SteveWorldTests.demonstrationsCarryTheHabits",
            standsFor: "a vision-language model fine-tuned on a planner's trajectories"),
        Part(
            "LoRA adapters, α 16, on a frozen base", .paper, in: "Steve.Policy.adapt", by: .input("rank"),
            shown: .metric("success"), test: "SteveIdeaTests.alphaIsSixteen"),
        Part(
            "Two adapters, reference and actor, on one base", .paper, in: "Steve.Policy.adapt",
            by: .input("rank"),
            shown: .metric("bad log-ratio"), test: "SteveIdeaTests.adaptersStartAtTheFrozenBase",
            standsFor: "two adapters in one memory; here the reference is a copy that does not train"),
        Part(
            "Batches of 16, half good and half bad", .paper, in: "Steve.Draw.ktoBatch", by: .arm("kto"),
            shown: .metric("loss"),
            test: "SteveIdeaTests.ktoTakesEightGoodAndEightBadStepsWithTheirOwnReferences"),
        Part(
            "Two epochs", .paper, in: "Steve.Inputs.updates", by: .input("epochs"),
            shown: .metric("updates"), test: "SteveStateTests.updatesArePassesOverTheStepBudgets",
            standsFor: "passes over the data; here as many draws with replacement"),
        Part(
            "Cosine schedule", .paper, in: "Steve.State.learn", by: .always, shown: .metric("success"),
            test: "SteveStateTests.theRateFallsAsACosineOverARound"),
        Part(
            "Success within a step budget (WinAgentArena)", .paper,
            in: "Steve.TaskTest, Steve.MiniDesk.Attempt",
            by: .always, shown: .metric("success"),
            test: "SteveWorldTests.anAttemptHasTwoStepsToSpare",
            standsFor: "154 tasks on Windows; here tasks of MiniDesk"),
        Part(
            "Success from round to round", .paper, in: "Steve.State.end", by: .input("trajectories"),
            shown: .metric("first round success"), test: "SteveTests.firstRoundSuccessIsTheFirstRounds"),
        Part(
            "Grounding after agent training (ScreenSpot)", .paper, in: "Steve.TaskTest", by: .always,
            shown: .metric("new concept grounding"),
            test: "SteveIdeaTests.aTestCountsWhatIsDone",
            standsFor: "ScreenSpot; here clicks on concepts that no round asks for"),
        Part(
            "Tasks scaled from seeds, checked for feasibility", .paper, in: "Steve.MiniDesk.task",
            by: .always,
            shown: .artifact("screen"), test: "SteveWorldTests.tasksHaveTwoToEightDifferentConcepts",
            standsFor: "tasks that a language model writes and checks; here the desk's rules"),
        Part(
            "The agent, a 7B vision-language model", .paper, in: "Steve.Policy", by: .always,
            shown: .artifact("habits"), test: "SteveIdeaTests.slotsAreNotRead",
            standsFor: "Qwen2-VL-7B; its log-probabilities enter by the tool's file"),
        Part(
            "Your own run's judged steps", .here, in: "Steve.score", by: .tool("score"),
            shown: .artifact("steps"),
            test: "SteveFileTests.mismatchedPairsAreFoundInTheFile"),
        Part(
            "Live picture of a screen with its verdict", .here, in: "Steve.picture", by: .always,
            shown: .artifact("screen")),
        Part(
            "Map of habits, a row a concept", .here, in: "Steve.habitMap", by: .always,
            shown: .artifact("habits"), test: "SteveIdeaTests.whatIsAvoidedIsNotDrawn"),
        Part(
            "UI-grounding stage: a vision-language model trained to point at elements", .paper,
            absent: "widgets are given as such, and there is no screenshot to point into"),
        Part(
            "Verification prompt, and an endpoint that answers it", .paper,
            absent:
                "the verifier is a comparison of pixels; verdicts of a real one come in as labels of the tool's file"
        ),
        Part(
            "Reasoning r_t beside each action", .paper,
            absent: "the policy says nothing; the verifier reads the wanted concept alone"),
        Part(
            "Vision encoder, frozen", .paper, absent: "the policy reads widgets by their numbers"),
        Part(
            "Grounding by the size of widgets", .paper, absent: "widgets have no size"),
        Part(
            "Success by application", .paper, absent: "the desk is one application"),
        Part(
            "OmniParser with GPT-4V and the grounding model with GPT-4o, as baselines", .paper,
            absent: "they are large models on Windows; their numbers are the paper's alone"),
        Part(
            "GPT-4o as planner", .paper,
            absent: "the wanted concept is told at each step, so nothing is planned"),
        Part("DPO on the same steps", .paper, absent: "steps are judged one by one, and there are no pairs"),
    ]

    /// What the paper compares, and which way it goes there.
    ///
    /// ScreenSpot is one number over all elements; here what the rounds asked for and what they did not are told apart, so
    /// two rows stand for one of the paper's. Its base is the grounding model before any agent training; here it is the
    /// start agent, which has learnt from demonstrations.
    static let signs: [Sign] = [
        Sign("success, KTO over fine-tuning", "Table 1", success, of: Arm.kto, over: Arm.sft, paper: .higher),
        Sign(
            "success at the paper's β = 0.1, KTO over fine-tuning", "Table 1", success, of: Arm.ktoPaper,
            over: Arm.sft, paper: .higher),
        Sign(
            "success, KTO over the start agent", "Fig. 5", success, of: Arm.kto, over: Arm.start,
            paper: .higher),
        Sign(
            "KTO's success after the third round over that after the first", "Fig. 5", success, of: Arm.kto,
            over: Arm.kto, in: firstSuccess, paper: .higher),
        Sign(
            "the verifier's agreement on early right clicks over late ones (the paper's late steps may be of any kind)",
            "Fig. 4", earlyAgreement, of: Arm.kto, over: Arm.kto, in: lateAgreement, paper: .higher),
        Sign(
            "grounding of what no round asked for, KTO over fine-tuning (82.5 and 80.5 of all elements)",
            "Table 4",
            conceptGrounding, of: Arm.kto, over: Arm.sft, paper: .higher),
        Sign(
            "the same at the paper's β", "Table 4", conceptGrounding, of: Arm.ktoPaper, over: Arm.sft,
            paper: .higher),
        Sign(
            "grounding of what no round asked for, KTO over the start agent (82.5 and 82.2 of all elements)",
            "Table 4",
            conceptGrounding, of: Arm.kto, over: Arm.start, paper: .level),
        Sign(
            "grounding of what no round asked for, fine-tuning over the start agent (80.5 and 82.2)",
            "Table 4",
            conceptGrounding, of: Arm.sft, over: Arm.start, paper: .lower),
        Sign(
            "grounding in the rounds, KTO over fine-tuning (the same row of the paper)", "Table 4", grounding,
            of: Arm.kto, over: Arm.sft, paper: .higher),
        Sign(
            "grounding in the rounds, KTO over the start agent (the same row)", "Table 4", grounding,
            of: Arm.kto, over: Arm.start, paper: .level),
        Sign(
            "grounding in the rounds, fine-tuning over the start agent (the same row)", "Table 4", grounding,
            of: Arm.sft, over: Arm.start, paper: .lower),
    ]

    /// Settings that each arm was given before anything was recorded: the same eight rates for each, on tests of 400 tasks.
    /// β = 1 and the shares of λ_U are an earlier desk's, whose screens showed no look-alike of another concept.
    static let tuning: [Tuning] = [
        Tuning(Arm.kto, 8, over: "rate"), Tuning(Arm.zero, 8, over: "rate"),
        Tuning(Arm.outcome, 8, over: "rate"), Tuning(Arm.ktoPaper, 8, over: "rate"),
        Tuning(Arm.sft, 8, over: "rate"), Tuning(Arm.balanced, 8, over: "rate"),
        Tuning(Arm.filtered, 8, over: "rate"), Tuning(Arm.masked, 8, over: "rate"),
        Tuning(Arm.unlikelihood, 8, over: "rate"), Tuning(Arm.reinforce, 8, over: "rate"),
        Tuning(Arm.printed, 8, over: "rate"),
    ]
}
