/// A value of a GGUF file's metadata.
enum GGUFValue: Equatable {
    case integer(Int)
    case number(Double)
    case truth(Bool)
    case text(String)
    case list([GGUFValue])

    var integer: Int? {
        switch self {
        case .integer(let value): value
        default: nil
        }
    }

    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    var truth: Bool? {
        switch self {
        case .truth(let value): value
        default: nil
        }
    }

    var text: String? {
        switch self {
        case .text(let value): value
        default: nil
        }
    }

    var list: [GGUFValue]? {
        switch self {
        case .list(let values): values
        default: nil
        }
    }
}
