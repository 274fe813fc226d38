/// One named part of a trial, with a unit and a length, so that progress and marks on charts are right.
///
/// A stage is of all arms or of some. A shared one has one result for all of its arms, or for each group of them: it
/// looks at the arm in no other way than at its group's name, and is computed once for what it reads and the seed.
public struct Stage<Inputs: MethodInputs>: Sendable {
    /// What the user sees, for example "clone".
    public let name: String
    /// What one pass of the loop is: step, question, item, round.
    public let unit: String
    /// How many of them the inputs ask for. An input that it reads must not be live.
    public let total: @Sendable (Inputs) -> Int
    /// Raw values of the arms that go through it; nil for all.
    private let arms: Set<String>?
    private let sharing: Sharing?

    /// Who gets one result, and what determines it.
    private struct Sharing {
        /// Group names by arm, nil for one group of all arms. An arm without a group has the stage for itself.
        let groups: [String: String]?
        let reads: [PartialKeyPath<Inputs> & Sendable]
    }

    /// A stage that belongs to its arm.
    public init(_ name: String, unit: String = "step", total: @escaping @Sendable (Inputs) -> Int) {
        self.init(name, unit, arms: nil, sharing: nil, total)
    }

    /// A stage of some arms: in the trials of others it makes no steps and is not spoken of.
    public init<Arm: MethodArm>(
        _ name: String, unit: String = "step", for arms: [Arm], total: @escaping @Sendable (Inputs) -> Int
    ) { self.init(name, unit, arms: Set(arms.map(\.rawValue)), sharing: nil, total) }

    /// A stage that all arms share.
    ///
    /// - Parameters:
    ///   - name: what the user sees.
    ///   - unit: what one pass of its loop is.
    ///   - reads: all inputs that its result depends on; none of them may be live. The catalogue's test changes all
    ///     others and compares the result.
    ///   - total: how many passes the inputs ask for.
    /// - Returns: a shared stage.
    public static func shared(
        _ name: String, unit: String = "step", reads: [PartialKeyPath<Inputs> & Sendable],
        total: @escaping @Sendable (Inputs) -> Int
    ) -> Stage { Stage(name, unit, arms: nil, sharing: Sharing(groups: nil, reads: reads), total) }

    /// A stage that all arms of one group share: two trainings under four decodings are one stage with two groups.
    ///
    /// - Parameters:
    ///   - name: what the user sees.
    ///   - unit: what one pass of its loop is.
    ///   - group: the name of an arm's group, which is all that the stage may look at; nil when the arm has the stage
    ///     for itself.
    ///   - reads: all inputs that its result depends on; none of them may be live.
    ///   - total: how many passes the inputs ask for.
    /// - Returns: a shared stage.
    public static func shared<Arm: MethodArm>(
        _ name: String, unit: String = "step", by group: (Arm) -> String?,
        reads: [PartialKeyPath<Inputs> & Sendable], total: @escaping @Sendable (Inputs) -> Int
    ) -> Stage {
        let pairs = Arm.allCases.compactMap { arm in group(arm).map { (arm.rawValue, $0) } }
        let sharing = Sharing(groups: Dictionary(uniqueKeysWithValues: pairs), reads: reads)
        return Stage(name, unit, arms: nil, sharing: sharing, total)
    }

    private init(
        _ name: String, _ unit: String, arms: Set<String>?, sharing: Sharing?,
        _ total: @escaping @Sendable (Inputs) -> Int
    ) {
        self.name = name
        self.unit = unit
        self.total = total
        self.arms = arms
        self.sharing = sharing
    }

    /// Whether the trials of an arm go through it.
    func isPart(of arm: String) -> Bool { arms?.contains(arm) ?? true }

    /// The name of the group with which an arm shares it, empty for all arms; nil when the arm has it for itself.
    func group(of arm: String) -> String? {
        guard let sharing else { return nil }
        guard let groups = sharing.groups else { return "" }
        return groups[arm]
    }

    /// The names of the inputs that its shared result depends on; nil for a stage that is not shared.
    var reads: [String]? { sharing.map { Inputs.names(of: $0.reads) } }
}
