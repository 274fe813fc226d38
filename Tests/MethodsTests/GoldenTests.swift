import Foundation
import Methods
import Testing

/// One check a golden topic: it computes a case with the very functions that the engine's loop calls, and gives each
/// value, numbers or texts or lists of them, beside the expected one.
struct GoldenCheck: Sendable {
    typealias Result = (what: String, found: any GoldenConvertible, wanted: any GoldenConvertible)
    typealias Body = @Sendable (GoldenFile.Case) throws -> [Result]

    /// The least tolerance that it is held to.
    private let leastTolerance: Double
    /// Computes a case.
    let results: Body

    /// A check of formulas in Double, held to the file's own tolerance.
    static func inDouble(_ results: @escaping Body) -> GoldenCheck {
        GoldenCheck(leastTolerance: 0, results: results)
    }

    /// A check through tensors, whose numbers are Floats: held to 2e-6 where the file asks for more.
    static func inFloats(_ results: @escaping Body) -> GoldenCheck {
        GoldenCheck(leastTolerance: 2e-6, results: results)
    }

    func tolerance(_ file: GoldenFile) -> Double { max(file.tolerance, leastTolerance) }
}

/// The checks of all engines, by the file's name. A new engine adds its table to the list.
let goldenChecks: [String: GoldenCheck] = [
    steveChecks,
    tulipChecks,
    deepMeshChecks,
    curieChecks,
    phiChecks,
    musicInfuserChecks,
].reduce(into: [:]) { all, table in
    all.merge(table) { _, _ in preconditionFailure("two checks for one golden file") }
}

/// `swift test --filter Golden`; the folder is `BENCHTOP_GOLDEN` or the copy beside this file.
@Suite struct GoldenTests {
    @Test func everyFileOfAnEngineIsRead() {
        #expect(!GoldenFile.all.isEmpty, "no golden files in \(GoldenFile.folder.path)")
        for name in GoldenFile.unreadable {
            Issue.record("\(name) is no JSON object")
        }
        for file in GoldenFile.all where catalogue.contains(where: { file.belongs(to: $0.card.id) }) {
            #expect(file.check != nil, "no check reads \(file.name)")
        }
    }

    @Test(arguments: GoldenFile.all.filter { $0.check != nil })
    func agrees(_ file: GoldenFile) throws {
        let check = try #require(file.check)
        #expect(!file.cases.isEmpty)
        for one in file.cases {
            let results = try check.results(one)
            #expect(!results.isEmpty, "\(file), \(one.name): nothing is compared")
            for (what, found, wanted) in results {
                let difference = GoldenValue.difference(
                    found.golden, wanted.golden, tolerance: check.tolerance(file))
                #expect(difference == nil, "\(file), \(one.name), \(what)\(difference ?? "")")
            }
        }
        print("Golden \(file.name): \(file.cases.count) cases ran.")
    }

    /// Files of engines to come hold texts, lists of texts and nested lists: none may fall through.
    @Test(arguments: GoldenFile.all) func everyValueIsCarried(_ file: GoldenFile) throws {
        for one in file.cases {
            for value in [one.input, one.expected, one.file] { _ = try GoldenValue(value) }
        }
    }

    // MARK: The comparison itself

    /// Two values that differ, and where.
    @Test(arguments: [
        ("1.0", "1.00001", ": 1.0, not 1.00001"), ("1e9", "1.000000001e9", nil),
        ("[1, 2]", "[1]", ": 2 values, not 1"),
        ("[[1], [2, 3]]", "[[1], [2, 4]]", "[1][1]: 3.0, not 4.0"), ("true", "1", nil),
        (#"{"a": ["x", "y"]}"#, #"{"a": ["x", "z"]}"#, #".a[1]: text("y"), not text("z")"#),
        (#"{"a": 1}"#, #"{"b": 1}"#, #": fields ["a"], not ["b"]"#), ("null", "null", nil),
        (#"["NaN"]"#, #"["NaN"]"#, nil), ("[]", "null", ": list([]), not nothing"),
        ("1", #""1""#, #": 1.0, not text("1")"#),
    ])
    func differencesAreNamed(_ found: String, _ wanted: String, _ difference: String?) throws {
        func value(_ text: String) throws -> GoldenValue {
            let json = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            return try GoldenValue(json)
        }
        #expect(
            GoldenValue.difference(try value(found), try value(wanted), tolerance: 1e-6) == difference)
    }

    @Test func namesOfNumbersStandForThem() throws {
        let wanted = try GoldenValue(["NaN", "-Infinity", "Infinity"])
        #expect(
            GoldenValue.difference([Double.nan, -.infinity, .infinity].golden, wanted, tolerance: 0) == nil)
        #expect(GoldenValue.difference([Double.nan, 1, .infinity].golden, wanted, tolerance: 1) != nil)
    }

    /// Tensors are given their own precision, and formulas in Double are not.
    @Test func onlyFloatsAreGivenMoreThanTheFileSays() throws {
        let file = try #require(GoldenFile.all.first { $0.tolerance < 1e-8 && $0.tolerance > 0 })
        #expect(GoldenCheck.inDouble { _ in [] }.tolerance(file) == file.tolerance)
        #expect(GoldenCheck.inFloats { _ in [] }.tolerance(file) == 2e-6)
    }
}
