import Foundation

/// One file of numbers that a paper's own code or a reference library computed.
struct GoldenFile: Sendable, CustomStringConvertible {
    /// One case of it: `input` and `expected` where the file has them, else all of the case's fields for both.
    struct Case: @unchecked Sendable {
        // because JSONSerialization's values are immutable here
        let name: String
        let input: [String: Any]
        let expected: [String: Any]
        /// The file's own fields, which some cases share.
        let file: [String: Any]
    }

    let name: String
    let tolerance: Double
    let cases: [Case]

    /// The id of the method that it belongs to: the file's name up to the first hyphen that ends a known id.
    func belongs(to id: String) -> Bool { name.hasPrefix(id + "-") }

    var description: String { name }

    /// The folder in `BENCHTOP_GOLDEN`, else the copy beside the tests.
    static var folder: URL {
        let set = ProcessInfo.processInfo.environment["BENCHTOP_GOLDEN"] ?? ""
        return set.isEmpty ? Bundle.module.bundleURL.appending(path: "Golden") : URL(filePath: set)
    }

    /// The JSON files of the folder, by name.
    private static let files: [URL] = {
        let files =
            (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
    }()

    /// All files of the folder that can be read.
    static let all: [GoldenFile] = files.compactMap(GoldenFile.init)

    /// The names of those that cannot.
    static var unreadable: [String] { files.filter { GoldenFile($0) == nil }.map(\.lastPathComponent) }

    /// The check of the longest name that this file's name begins with, so that a folder may hold several files of one
    /// shape: "steve-kto-loss-2" is read by "steve-kto-loss".
    var check: GoldenCheck? {
        let names = goldenChecks.keys.filter { name == $0 || name.hasPrefix($0 + "-") }
        return names.max { $0.count < $1.count }.flatMap { goldenChecks[$0] }
    }

    /// A file with a list of cases, or one that is a single case itself; nil when it is no JSON object.
    private init?(_ file: URL) {
        guard let data = try? Data(contentsOf: file),
            let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return nil }
        name = file.deletingPathExtension().lastPathComponent
        // Files of whole numbers alone have none.
        tolerance = (root["tolerance"] as? NSNumber)?.doubleValue ?? 1e-6
        let cases = root["cases"] as? [[String: Any]] ?? [root]
        self.cases = cases.enumerated().map { index, one in
            Case(
                name: one["name"] as? String ?? "case \(index + 1)",
                input: one["input"] as? [String: Any] ?? one,
                expected: one["expected"] as? [String: Any] ?? one, file: root)
        }
    }
}

/// What a value of a golden file cannot be read as.
struct GoldenError: Error, CustomStringConvertible {
    let description: String
}

/// Reading values; "NaN", "Infinity" and "-Infinity" stand for those floats.
enum Golden {
    static func number(_ value: Any?) throws -> Double {
        if let number = value as? NSNumber { return number.doubleValue }
        switch value as? String {
        case "NaN": return .nan
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: throw GoldenError(description: "'\(value ?? "nothing")' is not a number")
        }
    }

    /// null stands for no numbers: a gradient of nothing.
    static func numbers(_ value: Any?) throws -> [Double] {
        if value is NSNull { return [] }
        guard let list = value as? [Any] else {
            throw GoldenError(description: "'\(value ?? "nothing")' is not a list")
        }
        return try list.map { try number($0) }
    }

    static func rows(_ value: Any?) throws -> [[Double]] {
        guard let list = value as? [Any] else {
            throw GoldenError(description: "'\(value ?? "nothing")' is not a list")
        }
        return try list.map { try numbers($0) }
    }

    static func integers(_ value: Any?) throws -> [Int] { try numbers(value).map { Int($0) } }

    static func text(_ value: Any?) throws -> String {
        guard let text = value as? String else {
            throw GoldenError(description: "'\(value ?? "nothing")' is not a text")
        }
        return text
    }

    static func texts(_ value: Any?) throws -> [String] {
        guard let list = value as? [Any] else {
            throw GoldenError(description: "'\(value ?? "nothing")' is not a list")
        }
        return try list.map { try text($0) }
    }

    static func object(_ value: Any?) throws -> [String: Any] {
        guard let object = value as? [String: Any] else {
            throw GoldenError(description: "'\(value ?? "nothing")' is not an object")
        }
        return object
    }

    /// A list of objects, as steps of a trace are.
    static func objects(_ value: Any?) throws -> [[String: Any]] {
        guard let list = value as? [Any] else {
            throw GoldenError(description: "'\(value ?? "nothing")' is not a list")
        }
        return try list.map { try object($0) }
    }

    /// A value of any kind, to be held against what the code made.
    static func value(_ value: Any?) throws -> GoldenValue { try GoldenValue(value) }
}
