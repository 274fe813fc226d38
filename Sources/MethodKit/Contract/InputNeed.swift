/// What must hold of another input for an input to be read at all.
///
/// What the user sets and nothing reads would be recorded as if it had counted: it is refused with a sentence, or
/// makes the other input follow, as the declaration says. Values that a preset sets, or that are as they would be
/// anyway, are let be. Declare needs of choices and files; a number at the end of its range is still read.
public struct InputNeed: Sendable, Equatable {
    /// What the other input must be.
    enum Condition: Sendable, Equatable {
        case value(String), named
    }

    /// The other input's name.
    public let input: String
    /// Whether the other input takes the value by itself where the user has said nothing of it.
    public let follows: Bool
    let condition: Condition

    /// The other input has a value, as the user would type it.
    ///
    /// - Parameters:
    ///   - name: the other input's.
    ///   - value: what it must be.
    ///   - follows: whether setting this input gives the other one that value, where the user has not set it too.
    ///     For an input that cannot be meant otherwise, as a folder of data.
    /// - Returns: the need.
    public static func input(_ name: String, is value: String, follows: Bool = false) -> InputNeed {
        InputNeed(input: name, follows: follows, condition: .value(value))
    }

    /// The other input names a file or folder.
    public static func file(_ name: String) -> InputNeed {
        InputNeed(input: name, follows: false, condition: .named)
    }

    /// Whether the need is met when the other input has this text.
    func isMet(by text: String) -> Bool {
        switch condition {
        case .value(let value): text == value
        case .named: !text.isEmpty
        }
    }

    /// When the input is read, for people: "read only when data is folder".
    public var text: String {
        switch condition {
        case .value(let value): "read only when \(input) is \(value)"
        case .named: "read only with \(input)"
        }
    }

    /// What to do about it, for the end of a sentence.
    var remedy: String {
        switch condition {
        case .value(let value): "set \(input)=\(value) as well"
        case .named: "set \(input) as well"
        }
    }
}

extension MethodInputs {
    /// These inputs with some of them replaced by what the user typed, all of it read by the method: an input whose
    /// need is not met is refused, or makes the other one follow.
    ///
    /// - Throws: ``InputError``, for the first input in the order of declaration that is wrong.
    public func choosing(_ typed: [String: String]) throws -> Self {
        let typedAlone = try setting(typed), before = texts, typedTexts = typedAlone.texts
        let changed = Self.specs.filter {
            typed[$0.name] != nil && typedTexts[$0.name] != before[$0.name]
        }
        var following: [String: String] = [:]
        for need in changed.compactMap(\.need) where need.follows && typed[need.input] == nil {
            if case .value(let value) = need.condition { following[need.input] = value }
        }
        // What follows may leave unread what was typed too, so needs are held against what comes of both.
        let chosen = following.isEmpty ? typedAlone : try typedAlone.setting(following)
        let now = chosen.texts
        for spec in changed {
            if let need = spec.need, !need.isMet(by: now[need.input] ?? "") {
                throw InputError.unmet(name: spec.name, need: need)
            }
        }
        return chosen
    }
}
