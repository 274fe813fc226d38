import Foundation
import MethodKit
import Methods
import Testing

/// The card's list of equations, the list at the head of the engine and the code agree: each function named there
/// lies in the engine's own folder and carries the equation's number in its doc comment, so that a reader with the
/// paper in hand finds it.
@Suite struct EquationTests {
    struct Place: Sendable, CustomStringConvertible {
        /// The engine's type, which is the name of its folder too.
        let engine: String
        let number, function: String
        var description: String { "\(engine) \(number) in \(function)" }
    }

    /// One place a function; an equation may name several, with commas between them.
    static let places = catalogue.flatMap { method in
        method.card.equations.flatMap { equation in
            equation.function.components(separatedBy: ", ").map {
                Place(engine: "\(method)", number: equation.number, function: $0)
            }
        }
    }

    private static func folder(_ engine: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Methods/\(engine)").standardizedFileURL
    }

    @Test(arguments: places)
    func theFunctionCarriesTheNumber(_ place: Place) throws {
        let comments = try SourceDeclarations(folder: Self.folder(place.engine)).comments[place.function]
        let found = try #require(
            comments, "no function of \(place.engine) has the full name \(place.function)")
        #expect(
            found.contains { SourceDeclarations.carries(place.number, in: $0) },
            "the comment of \(place.function) lacks \(place.number)")
    }

    /// The head is the comment of the engine's own type; names there leave the engine's out.
    @Test(arguments: places)
    func theEnginesHeadListsIt(_ place: Place) throws {
        let file = Self.folder(place.engine).appending(path: "\(place.engine).swift")
        let source = try String(contentsOf: file, encoding: .utf8)
        let head = try #require(source.components(separatedBy: "\nenum ").first)
            .components(separatedBy: "\n/// - ").dropFirst()
        let name = "`" + place.function.dropFirst(place.engine.count + 1) + "`"
        #expect(
            head.contains { SourceDeclarations.carries(place.number, in: $0) && $0.contains(name) },
            "the head of \(place.engine) does not list \(name) under \(place.number)")
    }

    // MARK: The reading itself

    private static let source = """
        extension Paper {
            /// Eq. 12 of another one.
            static func loss(_ x: Double) -> Double { x }

            /// A part.
            struct Part: Sendable {
                /// §3.3 Of the part.
                @discardableResult
                func loss(_ x: Double) -> Double {
                    let inner = x
                    return inner
                }

                enum Kind { case one }
                let value: Double
            }

            /// §3 After the part.
            static let last = 1
        }

        extension Paper.Part {
            /// Eq. 1, on two
            /// lines.
            static func more<T>(
                _ x: T
            ) -> T { x }
        }
        """

    @Test func declarationsHaveFullNames() {
        let comments = SourceDeclarations(Self.source).comments
        #expect(comments["Paper.loss"] == ["Eq. 12 of another one."])
        #expect(comments["Paper.Part"] == ["A part."])
        let tests = SourceDeclarations("@Suite struct T {\n    @Test(arguments: [1, 2]) func f() {\n    }\n}")
            .comments
        #expect(tests["T"] != nil && tests["T.f"] != nil)
        #expect(comments["Paper.Part.loss"] == ["§3.3 Of the part."])
        #expect(comments["Paper.Part.value"] == [""])
        #expect(comments["Paper.last"] == ["§3 After the part."])
        #expect(comments["Paper.Part.more"] == ["Eq. 1, on two lines."])
        #expect(
            comments["loss"] == nil && comments["Paper.more"] == nil && comments["Paper.Part.last"] == nil)
    }

    @Test(arguments: [
        ("§3", "§3.3 L = ...", false), ("§3", "§3 L = ...", true), ("§3", "see §3.", true),
        ("§3", "§31", false),
        ("§3", "§3.3, but §3 too", true), ("Eq. 1", "Eq. 12 is another", false), ("Eq. 1", "(Eq. 1)", true),
        ("Eq. 1", "Eq. 1, Fig. 5", true), ("Alg. 1", "Alg. 1.3", false), ("§3.3", "(§3.3: filtered)", true),
        ("§3", "none", false),
    ])
    func numbersMatchWhole(_ number: String, _ comment: String, _ isFound: Bool) {
        #expect(SourceDeclarations.carries(number, in: comment) == isFound)
    }
}
