import Foundation

/// How a model wants what a user says to be written.
///
/// A file's template is a program (Jinja), which is not run: the families are told apart by their marks.
enum ChatTemplate: Equatable {
    /// `<|im_start|>` and `<|im_end|>` around each turn; what the system says where nobody gave it a role.
    case marked(system: String?)
    /// Llama 3's headers.
    case headers

    /// The family of a template; nil for one of no known family.
    init?(_ source: String) {
        if source.contains("<|im_start|>") {
            self = .marked(system: Self.system(in: source))
        } else if source.contains("<|start_header_id|>") {
            self = .headers
        } else {
            return nil
        }
    }

    /// What the template itself makes the system say: a text without an expression in it.
    private static func system(in source: String) -> String? {
        guard let begin = source.range(of: "<|im_start|>system\n"),
            let end = source.range(of: "<|im_end|>", range: begin.upperBound..<source.endIndex)
        else { return nil }
        let text = String(source[begin.upperBound..<end.lowerBound])
        return text.contains("{") || text.contains("'") || text.contains("+") ? nil : text
    }

    /// The text with which a model's answer to a user begins.
    func prompt(_ said: String) -> String {
        switch self {
        case .marked(let system):
            let before = system.map { "<|im_start|>system\n\($0)<|im_end|>\n" } ?? ""
            return before + "<|im_start|>user\n\(said)<|im_end|>\n<|im_start|>assistant\n"
        case .headers:
            return "<|start_header_id|>user<|end_header_id|>\n\n\(said)<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\n"
        }
    }
}
