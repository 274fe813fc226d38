import Foundation
import MethodKit
import Methods
import Testing

/// The card's list of equations and the code agree: each function named there carries the equation's number in its doc
/// comment, so that a reader with the paper in hand finds it.
@Suite struct EquationTests {
    struct Place: Sendable, CustomStringConvertible {
        let id, number, function: String
        var description: String { "\(id) \(number) in \(function)" }
    }

    /// One place a function; an equation may name several, with commas between them.
    static let places = catalogue.flatMap { method in
        method.card.equations.flatMap { equation in
            equation.function.components(separatedBy: ", ").map {
                Place(id: method.card.id, number: equation.number, function: $0)
            }
        }
    }

    /// The lines of all engines' sources.
    static let lines: [String] = {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../Sources/Methods")
        let files = FileManager.default.enumerator(
            at: sources.standardizedFileURL, includingPropertiesForKeys: nil)
        return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }.flatMap {
            file in
            ((try? String(contentsOf: file, encoding: .utf8)) ?? "").components(separatedBy: "\n")
        }
    }()

    @Test(arguments: places)
    func theFunctionCarriesTheNumber(_ place: Place) {
        let name = place.function.components(separatedBy: ".").last ?? place.function
        let comments = Self.lines.indices.filter { Self.declares(name, Self.lines[$0]) }.map(Self.comment)
        #expect(!comments.isEmpty, "no function is called \(name)")
        #expect(
            comments.contains { $0.contains(place.number) }, "the comment of \(name) lacks \(place.number)")
    }

    private static func declares(_ name: String, _ line: String) -> Bool {
        ["func \(name)(", "func \(name)<", "var \(name):", "let \(name) =", "\(name)("].contains {
            line.contains($0)
        }
            && ["func ", "var ", "let ", "init("].contains { line.contains($0) }
    }

    /// The doc comment above a line.
    private static func comment(above index: Int) -> String {
        let above = lines[..<index].reversed().map { $0.trimmingCharacters(in: .whitespaces) }
        return above.prefix { $0.hasPrefix("///") || $0.hasPrefix("@") }.joined(separator: " ")
    }
}
