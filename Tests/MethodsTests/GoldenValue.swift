import Foundation

/// A value of a golden file, or what the code made of the same case: numbers, texts, and lists and objects of them.
enum GoldenValue: Sendable, Equatable {
    case number(Double)
    case text(String)
    case list([GoldenValue])
    case object([String: GoldenValue])
    /// JSON's null.
    case nothing

    /// A value that JSONSerialization read; true is 1.
    ///
    /// - Throws: `GoldenError` for what is no JSON value.
    init(_ json: Any?) throws {
        switch json {
        case let value as GoldenValue: self = value
        case let number as NSNumber: self = .number(number.doubleValue)
        case let text as String: self = .text(text)
        case let list as [Any]: self = .list(try list.map { try GoldenValue($0) })
        case let object as [String: Any]: self = .object(try object.mapValues { try GoldenValue($0) })
        case is NSNull: self = .nothing
        default: throw GoldenError(description: "'\(json ?? "nothing")' is no value of a golden file")
        }
    }

    /// Where `found` is first not `wanted`, and how; nil when they agree.
    ///
    /// - Parameters:
    ///   - found: what the code made.
    ///   - wanted: what the file has, where "NaN", "Infinity" and "-Infinity" stand for those numbers.
    ///   - tolerance: how far numbers may be apart, relative where they are above 1.
    /// - Returns: as "[2].text: 3.0, not 4.0".
    static func difference(_ found: GoldenValue, _ wanted: GoldenValue, tolerance: Double) -> String? {
        switch (found, wanted) {
        case (.list(let a), .list(let b)):
            if a.count != b.count { return ": \(a.count) values, not \(b.count)" }
            for (place, pair) in zip(a, b).enumerated() {
                if let inside = difference(pair.0, pair.1, tolerance: tolerance) {
                    return "[\(place)]\(inside)"
                }
            }
            return nil
        case (.object(let a), .object(let b)):
            if Set(a.keys) != Set(b.keys) { return ": fields \(a.keys.sorted()), not \(b.keys.sorted())" }
            for (key, value) in a.sorted(by: { $0.key < $1.key }) {
                if let inside = difference(value, b[key] ?? .nothing, tolerance: tolerance) {
                    return ".\(key)\(inside)"
                }
            }
            return nil
        case (.number(let a), _):
            guard let b = try? Golden.number(wanted.plain) else { return ": \(a), not \(wanted)" }
            let distance = a.isNaN && b.isNaN || a == b ? 0 : abs(a - b) / max(1, abs(b))
            return distance <= tolerance ? nil : ": \(a), not \(b)"
        default: return found == wanted ? nil : ": \(found), not \(wanted)"
        }
    }

    private var plain: Any? {
        switch self {
        case .number(let number): number
        case .text(let text): text
        default: nil
        }
    }
}

/// What can be held against a value of a golden file.
protocol GoldenConvertible {
    var golden: GoldenValue { get }
}

extension GoldenValue: GoldenConvertible { var golden: GoldenValue { self } }
extension Double: GoldenConvertible { var golden: GoldenValue { .number(self) } }
extension Int: GoldenConvertible { var golden: GoldenValue { .number(Double(self)) } }
extension Bool: GoldenConvertible { var golden: GoldenValue { .number(self ? 1 : 0) } }
extension String: GoldenConvertible { var golden: GoldenValue { .text(self) } }
extension Array: GoldenConvertible where Element: GoldenConvertible {
    var golden: GoldenValue { .list(map(\.golden)) }
}
extension Optional: GoldenConvertible where Wrapped: GoldenConvertible {
    var golden: GoldenValue { map(\.golden) ?? .nothing }
}
extension Dictionary: GoldenConvertible where Key == String, Value: GoldenConvertible {
    var golden: GoldenValue { .object(mapValues(\.golden)) }
}
