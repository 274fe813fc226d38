/// The edits that a trial has to apply, each before its step, and which of them it has said.
///
/// An edit may be said long before it is applied: when several trials are edited together, the slower ones say at
/// once that they will change at the common step, so that a stop in between does not lose it.
struct EditAgenda {
    private struct Item {
        let edit: Edit
        /// Its place among all that were said.
        let place: Int
        var isSaid: Bool
    }

    /// By step, and at equal steps in the order in which they were said.
    private var coming: [Item] = []
    private var count = 0
    /// What was applied so far, in that order.
    private(set) var applied: [Edit] = []

    /// The edits of a plan, in the order in which they were said; here nothing has been said yet.
    init(_ plan: [Edit]) {
        for edit in plan { add(edit, isSaid: false) }
    }

    /// Adds an edit after those that are there.
    mutating func add(_ edit: Edit, isSaid: Bool) {
        let item = Item(edit: edit, place: count, isSaid: isSaid)
        count += 1
        let index = coming.firstIndex { $0.edit.step > edit.step } ?? coming.count
        coming.insert(item, at: index)
    }

    /// What an input will be right before `step`, if an edit that is still to come says so.
    func text(of input: String, before step: Int) -> String? {
        coming.last { $0.edit.input == input && $0.edit.step <= step }?.edit.text
    }

    /// The first `count` edits that were said need not be said again: the store has them.
    mutating func markSaid(first count: Int) {
        for index in coming.indices where coming[index].place < count { coming[index].isSaid = true }
    }

    /// Whether an edit's first step is `step` or lies before it; asked at every step.
    func isDue(at step: Int) -> Bool { !coming.isEmpty && coming[0].edit.step <= step }

    /// Takes the next edit whose first step is `step` or lies before it.
    mutating func popDue(at step: Int) -> (edit: Edit, isSaid: Bool)? {
        guard let first = coming.first, first.edit.step <= step else { return nil }
        coming.removeFirst()
        applied.append(first.edit)
        return (first.edit, first.isSaid)
    }
}
