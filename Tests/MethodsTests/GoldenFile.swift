import Foundation

/// One file of numbers that a paper's own code or a reference library computed.
struct GoldenFile: Sendable, CustomStringConvertible {
    /// One case of it.
    struct Case: @unchecked Sendable {
        // because JSONSerialization's values are immutable here
        let name: String
        let input: [String: Any]
        let expected: [String: Any]
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

    private init?(_ file: URL) {
        guard let data = try? Data(contentsOf: file),
            let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let cases = root["cases"] as? [[String: Any]]
        else { return nil }
        name = file.deletingPathExtension().lastPathComponent
        tolerance = (root["tolerance"] as? NSNumber)?.doubleValue ?? 1e-6
        self.cases = cases.enumerated().map { index, one in
            Case(
                name: one["name"] as? String ?? "\(index)", input: one["input"] as? [String: Any] ?? [:],
                expected: one["expected"] as? [String: Any] ?? [:])
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

    /// The largest difference of two lists, relative where they are above 1; infinite when their lengths differ.
    static func distance(_ found: [Double], _ wanted: [Double]) -> Double {
        guard found.count == wanted.count else { return .infinity }
        return zip(found, wanted).map { f, w in
            if f.isNaN && w.isNaN || f == w { return 0 }
            return abs(f - w) / max(1, abs(w))
        }.reduce(0) { $0 > $1 || $0.isNaN ? $0 : $1 }
    }
}
