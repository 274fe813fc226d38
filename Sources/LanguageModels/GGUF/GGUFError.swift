/// What is wrong inside a GGUF file; ``GGUFFile`` says of which.
enum GGUFError: Error, Equatable {
    /// It ends before what it announces.
    case truncated
    /// It does not begin as such a file does.
    case noGGUF
    case version(UInt32)
    case valueType(UInt32)
    /// More values than any model's file has.
    case crowded
    /// Lists in lists, deeper than any tokeniser's.
    case nesting
    case sameName(String)
    case shape(String)
    case format(String, UInt32)
    /// A tensor that does not lie in the file, or not where one may begin.
    case place(String)
    case alignment(Int)

    /// What is wrong, and what is allowed.
    var sentence: (what: String, allowed: String) {
        switch self {
        case .truncated: ("it ends before what it announces", "a whole file")
        case .noGGUF: ("it does not begin with 'GGUF'", "a GGUF file")
        case .version(let number): ("it is of version \(number)", "a GGUF file of version 2 or 3")
        case .valueType(let type): ("a value has the unknown type \(type)", "types 0 to 12")
        case .crowded: ("it announces more than eight million values", "a model's file")
        case .nesting: ("its lists lie too deep in each other", "lists of lists at most")
        case .sameName(let name): ("'\(name)' is there twice", "one of each name")
        case .shape(let name):
            ("the tensor '\(name)' has a shape that no model has", "up to four axes of whole blocks")
        case .format(let name, let number):
            (
                "the tensor '\(name)' has weights of the format \(number), which is not read here",
                WeightFormat.allCases.map(\.name).joined(separator: ", ")
            )
        case .place(let name):
            ("the tensor '\(name)' does not lie in the file", "a file whose tensors do")
        case .alignment(let bytes):
            ("its tensors are aligned to \(bytes) bytes", "a power of two from 1 to 4096")
        }
    }
}
