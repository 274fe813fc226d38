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
            "Neutral steps made bad ones", .paper, in: "Steve.State.draw", by: .input("neutral"),
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
            shown: .metric("z0"), test: "SteveIdeaTests.z0IsDetached"),
        Part(
            "Mismatched pairs by rotation within the batch", .note,
            in: "Steve.KTO.mismatched, Steve.KTO.batch",
            by: .arm("kto"), shown: .metric("z0"), test: "SteveIdeaTests.mismatchedPairsTurnRoundTheBatch"),
        Part(
            "β = 0.1", .paper, in: "Steve.KTO.papersBeta", by: .arm("ktoPaper"), shown: .metric("success"),
            test: "CatalogueTests.armsCoincideWhenTheIdeaIsOff"),
        Part(
            "Reward of a step, β r", .note, in: "Steve.KTO.rewardMeans", by: .arm("kto"),
            shown: .metric("good reward"), test: "GoldenTests.agrees"),
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
            shown: .metric("bad reward"), test: "SteveStateTests.theReferenceIsKeptOrRefreshed"),
        Part(
            "Reference policy by fine-tuning on planner trajectories", .paper, in: "Steve.Demonstrator.click",
            by: .always, shown: .metric("clone loss"), test: "SteveWorldTests.demonstrationsCarryTheHabits",
            standsFor: "a vision-language model fine-tuned on a planner's trajectories"),
        Part(
            "LoRA adapters, α 16, on a frozen base", .paper, in: "Steve.Policy.adapt", by: .input("rank"),
            shown: .metric("success"), test: "SteveIdeaTests.adaptersStartAtTheFrozenBase"),
        Part(
            "Two adapters, reference and actor, on one base", .paper, in: "Steve.Policy.adapt",
            by: .input("rank"),
            shown: .metric("bad reward"), test: "SteveTests.adaptersLearnToo",
            standsFor: "two adapters in one memory; here the reference is a copy that does not train"),
        Part(
            "Cosine schedule, batches of 16, two epochs", .paper, in: "Steve.Inputs.updates",
            by: .input("epochs"),
            shown: .metric("updates"), test: "SteveTests.everyTrainedArmGetsEquallyManyUpdates"),
        Part(
            "Success within a step budget (WinAgentArena)", .paper, in: "Steve.TaskTest", by: .always,
            shown: .metric("success"), test: "SteveIdeaTests.aTestCountsWhatIsDone",
            standsFor: "154 tasks on Windows; here tasks of MiniDesk"),
        Part(
            "Grounding after agent training (ScreenSpot)", .paper, in: "Steve.TaskTest", by: .always,
            shown: .metric("new concept grounding"),
            test: "SteveTests.theControlsAndGroundingPointAsTheCardSays",
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
            "GPT-4o as planner", .paper,
            absent: "the wanted concept is told at each step, so nothing is planned"),
        Part("DPO on the same steps", .paper, absent: "steps are judged one by one, and there are no pairs"),
    ]

    /// What the paper compares, and which way it goes there.
    static let signs: [Sign] = [
        Sign("success, KTO over fine-tuning", "Table 1", success, of: Arm.kto, over: Arm.sft, paper: .higher),
        Sign(
            "success at the paper's β = 0.1, KTO over fine-tuning", "Table 1", success, of: Arm.ktoPaper,
            over: Arm.sft, paper: .higher),
        Sign(
            "success, KTO over the start agent", "Fig. 5", success, of: Arm.kto, over: Arm.start,
            paper: .higher),
        Sign(
            "grounding of what was not trained, KTO over fine-tuning", "Table 4", conceptGrounding,
            of: Arm.kto,
            over: Arm.sft, paper: .higher),
        Sign(
            "the same at the paper's β", "Table 4", conceptGrounding, of: Arm.ktoPaper, over: Arm.sft,
            paper: .higher),
        Sign(
            "grounding of what was not trained, KTO over the start agent", "Table 4", conceptGrounding,
            of: Arm.kto, over: Arm.start, paper: .higher),
        Sign(
            "grounding of what was not trained, fine-tuning over the start agent", "Table 4",
            conceptGrounding,
            of: Arm.sft, over: Arm.start, paper: .lower),
        Sign(
            "grounding in the rounds, KTO over fine-tuning", "Table 4", grounding, of: Arm.kto, over: Arm.sft,
            paper: .higher),
        Sign(
            "grounding in the rounds, fine-tuning over the start agent", "Table 4", grounding, of: Arm.sft,
            over: Arm.start, paper: .lower),
    ]

    /// Settings that each arm was given before anything was recorded; more for those that have two numbers to choose.
    static let tuning: [Tuning] = [
        Tuning(Arm.kto, 22, over: "rate and β"), Tuning(Arm.ktoPaper, 10, over: "rate"),
        Tuning(Arm.sft, 22, over: "rate"), Tuning(Arm.balanced, 22, over: "rate"),
        Tuning(Arm.filtered, 10, over: "rate"), Tuning(Arm.masked, 22, over: "rate"),
        Tuning(Arm.unlikelihood, 26, over: "rate and λ_U"), Tuning(Arm.reinforce, 26, over: "rate and λ_U"),
        Tuning(Arm.printed, 10, over: "rate"),
    ]
}
