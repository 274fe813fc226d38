import Foundation

/// A colour of text or ground.
public enum Color: Hashable, Sendable {
    /// What the terminal uses when nothing is said.
    case none
    /// Red, green and blue, 0 to 255 each.
    case rgb(UInt8, UInt8, UInt8)

    /// A colour from "#rrggbb" or "default"; nil for anything else.
    public init?(_ text: String) {
        if text == "default" {
            self = .none
            return
        }
        guard text.utf8.count == 7, text.hasPrefix("#"), let value = UInt32(text.dropFirst(), radix: 16)
        else { return nil }
        self = .rgb(UInt8(value >> 16), UInt8(value >> 8 & 255), UInt8(value & 255))
    }

    /// Relative luminance as WCAG 2.1 defines it, 0 to 1; nil for the terminal's own colour.
    public var luminance: Double? {
        guard case .rgb(let red, let green, let blue) = self else { return nil }
        func linear(_ byte: UInt8) -> Double {
            let share = Double(byte) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// Contrast ratio as WCAG 2.1 defines it, 1 to 21; nil when one of them is the terminal's own.
    public func contrast(with other: Color) -> Double? {
        guard let a = luminance, let b = other.luminance else { return nil }
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    /// A colour between this one (0) and another (1); the other one when either is the terminal's own.
    public func mixed(with other: Color, _ share: Double) -> Color {
        guard case .rgb(let r, let g, let b) = self, case .rgb(let s, let t, let u) = other else {
            return other
        }
        func mix(_ x: UInt8, _ y: UInt8) -> UInt8 {
            UInt8(max(0, min(255, (Double(x) + (Double(y) - Double(x)) * share).rounded())))
        }
        return .rgb(mix(r, s), mix(g, t), mix(b, u))
    }
}

/// How many colours a terminal shows.
public enum ColorDepth: Int, Sendable, Comparable, CaseIterable {
    case mono, sixteen, palette256, truecolor

    public static func < (a: ColorDepth, b: ColorDepth) -> Bool { a.rawValue < b.rawValue }

    /// What the environment says: `NO_COLOR` wins, then `COLORTERM`, then the terminal's own description.
    ///
    /// - Parameters:
    ///   - environment: the variables.
    ///   - described: the number of colours in the terminal's description; negative when it has none.
    /// - Returns: what can be used.
    public static func of(_ environment: [String: String], described: Int) -> ColorDepth {
        if let value = environment["NO_COLOR"], !value.isEmpty { return .mono }
        if environment["CLICOLOR"] == "0" { return .mono }
        let term = environment["TERM"] ?? ""
        guard term != "dumb", described >= 8 else { return .mono }
        let says = environment["COLORTERM"] ?? ""
        if says == "truecolor" || says == "24bit" || described > 256 { return .truecolor }
        return described >= 256 ? .palette256 : .sixteen
    }
}

/// Colours in the fewer ones that a terminal has.
enum Palette {
    /// Index of the nearest of the 216 cube colours or 24 grays of a 256-colour terminal.
    static func index256(_ r: UInt8, _ g: UInt8, _ b: UInt8) -> Int {
        let cube = [r, g, b].map(cubeLevel)
        let gray = max(0, min(23, (Int(r) + Int(g) + Int(b)) / 3 - 3) / 10)
        let grayValue = 8 + 10 * gray
        let cubeDistance = distance((r, g, b), (levels[cube[0]], levels[cube[1]], levels[cube[2]]))
        let grayDistance = distance((r, g, b), (grayValue, grayValue, grayValue))
        return grayDistance < cubeDistance ? 232 + gray : 16 + 36 * cube[0] + 6 * cube[1] + cube[2]
    }

    /// Index of the nearest of the sixteen colours, as xterm shows them.
    static func index16(_ r: UInt8, _ g: UInt8, _ b: UInt8) -> Int {
        sixteen.indices.min { distance((r, g, b), sixteen[$0]) < distance((r, g, b), sixteen[$1]) } ?? 7
    }

    private static let levels = [0, 95, 135, 175, 215, 255]
    private static let sixteen: [(Int, Int, Int)] = [
        (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205),
        (229, 229, 229),
        (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
        (255, 255, 255),
    ]

    private static func cubeLevel(_ byte: UInt8) -> Int {
        levels.indices.min { abs(levels[$0] - Int(byte)) < abs(levels[$1] - Int(byte)) } ?? 0
    }

    private static func distance(_ a: (UInt8, UInt8, UInt8), _ b: (Int, Int, Int)) -> Int {
        let (x, y, z) = (Int(a.0) - b.0, Int(a.1) - b.1, Int(a.2) - b.2)
        return 2 * x * x + 4 * y * y + 3 * z * z
    }
}
