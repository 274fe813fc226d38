/// The identity of a method: what the catalogue, the card pane and the README's table show.
public struct Card: Sendable {
    /// The name the user types, for example `steve`.
    public let id: String
    /// The name people know it by.
    public let title: String
    /// Where it was published.
    public let paper: Citation
    /// The idea, in a few sentences.
    public let idea: String
    /// The paper's equations, with its own numbers or section signs, and the function that computes each.
    public let equations: [Equation]
    /// What the arms are trained or judged on, and what stands for what in the paper.
    public let data: String
    /// The paper's own headline numbers; never this program's.
    public let headline: String
    /// Each place where the engine leaves the paper, and why.
    public let differences: [String]
    /// What the desk experiment shows besides the claim: costs, failures, controls.
    public let remarks: [String]
    /// Every named part of the paper, and where it is here.
    public let parts: [Part]
    /// Every comparison of the paper that is measured here.
    public let signs: [Sign]
    /// What each arm was tuned with.
    public let tuning: [Tuning]

    /// A card from its parts.
    public init(
        id: String, title: String, paper: Citation, idea: String, equations: [Equation], data: String,
        headline: String, differences: [String], remarks: [String] = [], parts: [Part] = [],
        signs: [Sign] = [], tuning: [Tuning] = []
    ) {
        self.id = id
        self.title = title
        self.paper = paper
        self.idea = idea
        self.equations = equations
        self.data = data
        self.headline = headline
        self.differences = differences
        self.remarks = remarks
        self.parts = parts
        self.signs = signs
        self.tuning = tuning
    }
}

/// One equation of the paper.
public struct Equation: Sendable {
    /// The paper's own number: "Eq. 3", "Alg. 1", else "§3.2".
    public let number: String
    /// The formula in one line of text.
    public let formula: String
    /// The function that computes it, by its full name: "Steve.KTO.outcome"; several with commas between them.
    public let function: String

    /// An equation from its parts.
    public init(_ number: String, _ formula: String, in function: String) {
        self.number = number
        self.formula = formula
        self.function = function
    }
}

/// Where a method was published.
public struct Citation: Sendable {
    /// As the paper lists them, or the first with "et al."
    public let authors: String
    /// The paper's title.
    public let title: String
    /// Year of the version that was read.
    public let year: Int
    /// The arXiv identifier, for example "2503.12532".
    public let arXiv: String

    /// A citation from its parts.
    public init(authors: String, title: String, year: Int, arXiv: String) {
        self.authors = authors
        self.title = title
        self.year = year
        self.arXiv = arXiv
    }
}

/// A number that an engine reports over the steps.
public struct Metric: Sendable, Hashable, Codable {
    /// Which way is better; `neither` for what only describes.
    public enum Direction: String, Sendable, Codable { case lower, higher, neither }

    /// What the user types and sees.
    public let name: String
    /// What it measures and on what, in a sentence.
    public let help: String
    /// The unit, empty for pure numbers and shares.
    public let unit: String
    /// Which direction is better.
    public let better: Direction

    /// A metric from its parts.
    public init(_ name: String, _ help: String, unit: String = "", better: Direction) {
        self.name = name
        self.help = help
        self.unit = unit
        self.better = better
    }
}
