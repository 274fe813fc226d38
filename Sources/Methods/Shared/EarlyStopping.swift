import Tensors

/// Keeps the model that did best on what is held out for that (Prechelt 1998), whatever training does to it later.
struct EarlyStopping<Model: Module>: Codable {
    /// The best model so far, which does not train; nil before the first look.
    private(set) var best: Model?
    /// What it scored.
    private(set) var score: Double?

    /// Nothing looked at yet.
    init() {}

    /// Keeps a copy of the model if its score, smaller being better, is below all before.
    ///
    /// - Throws: what copying a model throws.
    mutating func look(at model: Model, score: Double) throws {
        if let known = self.score, known <= score { return }
        (best, self.score) = (try model.frozen(), score)
    }
}
