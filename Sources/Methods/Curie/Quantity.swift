import Datasets
import Foundation

extension Curie {
    /// Numbers with units: what a judge must know so that 700 meV and 0.7 eV are the same.
    enum Quantity {
        /// How a unit becomes its base unit: times `factor`, plus `offset`.
        struct Conversion: Sendable {
            let base: String
            let factor: Double
            var offset = 0.0
        }

        /// Units by how they are written, blanks and carets taken out.
        static let conversions: [String: Conversion] = [
            "eV": .init(base: "eV", factor: 1), "meV": .init(base: "eV", factor: 1e-3),
            "keV": .init(base: "eV", factor: 1e3), "Å": .init(base: "nm", factor: 0.1),
            "angstrom": .init(base: "nm", factor: 0.1), "nm": .init(base: "nm", factor: 1),
            "pm": .init(base: "nm", factor: 1e-3), "µm": .init(base: "nm", factor: 1e3),
            "um": .init(base: "nm", factor: 1e3), "mm": .init(base: "nm", factor: 1e6),
            "cm": .init(base: "nm", factor: 1e7), "m": .init(base: "nm", factor: 1e9),
            "W/mK": .init(base: "W/mK", factor: 1), "W/cmK": .init(base: "W/mK", factor: 100),
            "mW/cmK": .init(base: "W/mK", factor: 0.1), "g/cm3": .init(base: "g/cm3", factor: 1),
            "kg/m3": .init(base: "g/cm3", factor: 1e-3), "GPa": .init(base: "GPa", factor: 1),
            "MPa": .init(base: "GPa", factor: 1e-3), "kbar": .init(base: "GPa", factor: 0.1),
            "Pa": .init(base: "GPa", factor: 1e-9), "K": .init(base: "K", factor: 1),
            "°C": .init(base: "K", factor: 1, offset: 273.15),
            "C": .init(base: "K", factor: 1, offset: 273.15),
            "cm2/Vs": .init(base: "cm2/Vs", factor: 1), "m2/Vs": .init(base: "cm2/Vs", factor: 1e4),
            "s": .init(base: "s", factor: 1), "ms": .init(base: "s", factor: 1e-3),
            "ns": .init(base: "s", factor: 1e-9), "%": .init(base: "", factor: 0.01),
        ]

        /// A unit as the table has it.
        static func normalised(_ unit: String) -> String {
            // The Greek letter and the micro sign look alike, and keyboards have either.
            unit.filter { !" ^·*()".contains($0) }.replacing("²", with: "2").replacing("³", with: "3")
                .replacing("\u{3BC}", with: "\u{B5}")
        }

        /// A number in its base unit; one whose unit the table lacks stays as it is.
        static func canonical(_ number: Double, _ unit: String) -> (number: Double, unit: String) {
            let unit = normalised(unit)
            guard let conversion = conversions[unit] else { return (number, unit) }
            return (number * conversion.factor + conversion.offset, conversion.base)
        }

        /// A number in another unit of the same base; units must be in the table.
        static func converted(_ number: Double, from: String, to: String) -> Double {
            guard let target = conversions[normalised(to)] else { return number }
            return (canonical(number, from).number - target.offset) / target.factor
        }

        /// The number that a value is, or that its text spells.
        static func number(_ value: JSONValue) -> Double? {
            switch value {
            case .number(let number): number
            case .text(let text): Double(text.trimmingCharacters(in: .whitespaces))
            case .nothing, .flag, .list, .object: nil
            }
        }

        /// Whether two numbers are the same reading: within one per cent, which rounding explains.
        static func isSame(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 0.01 * max(abs(a), abs(b)) }
    }
}
