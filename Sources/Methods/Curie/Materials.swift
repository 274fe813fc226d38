import Base
import Foundation

extension Curie {
    /// What papers here speak of, and all the ways to write it.
    enum Materials {
        /// Forty materials; the first name is the one that the truth has.
        static let materials: [[String]] = [
            ["InN", "indium nitride"], ["GaN", "gallium nitride"],
            ["AlN", "aluminium nitride", "aluminum nitride"],
            ["GaAs", "gallium arsenide"], ["InAs", "indium arsenide"], ["AlAs", "aluminium arsenide"],
            ["GaP", "gallium phosphide"], ["InP", "indium phosphide"], ["GaSb", "gallium antimonide"],
            ["InSb", "indium antimonide"], ["ZnO", "zinc oxide", "zincite"],
            ["ZnS", "zinc sulfide", "zinc sulphide", "sphalerite"], ["ZnSe", "zinc selenide"],
            ["ZnTe", "zinc telluride"], ["CdS", "cadmium sulfide", "greenockite"],
            ["CdSe", "cadmium selenide"],
            ["CdTe", "cadmium telluride"], ["SiC", "silicon carbide", "carborundum"],
            ["TiO2", "titanium dioxide", "titania"], ["SnO2", "tin dioxide", "cassiterite"],
            ["SiO2", "silicon dioxide", "silica"], ["Al2O3", "aluminium oxide", "alumina", "sapphire"],
            ["MgO", "magnesium oxide", "magnesia"], ["BN", "boron nitride"], ["BP", "boron phosphide"],
            ["PbS", "lead sulfide", "galena"], ["PbSe", "lead selenide"], ["PbTe", "lead telluride"],
            ["Bi2Te3", "bismuth telluride"], ["Bi2Se3", "bismuth selenide"],
            ["MoS2", "molybdenum disulfide", "molybdenite"], ["WS2", "tungsten disulfide"],
            ["MoSe2", "molybdenum diselenide"], ["WSe2", "tungsten diselenide"],
            ["Cu2O", "cuprous oxide", "cuprite"],
            ["NiO", "nickel oxide"], ["Fe2O3", "ferric oxide", "hematite"],
            ["HfO2", "hafnium dioxide", "hafnia"],
            ["ZrO2", "zirconium dioxide", "zirconia"], ["SrTiO3", "strontium titanate"],
        ]

        /// A property: its names, the unit of the truth, units that it is written in, and the range of its values.
        struct Property: Sendable {
            let names, units: [String]
            let range: ClosedRange<Double>
        }

        /// Eight properties; the first of each list is what the truth has.
        static let properties: [Property] = [
            .init(names: ["band gap", "bandgap", "energy gap", "Eg"], units: ["eV", "meV"], range: 0.2...6),
            .init(
                names: ["lattice constant", "lattice parameter", "cell length"], units: ["Å", "nm", "pm"],
                range: 3...7),
            .init(
                names: ["thermal conductivity", "heat conductivity", "kappa"],
                units: ["W/mK", "W/cmK", "mW/cmK"],
                range: 1...400),
            .init(
                names: ["density", "mass density", "specific mass"], units: ["g/cm3", "kg/m3"], range: 2...11),
            .init(
                names: ["bulk modulus", "incompressibility", "K0"], units: ["GPa", "kbar", "MPa"],
                range: 20...450),
            .init(
                names: ["melting point", "melting temperature", "Tm"], units: ["K", "°C"], range: 600...3_500),
            .init(
                names: ["electron mobility", "carrier mobility", "Hall mobility"],
                units: ["cm2/Vs", "m2/Vs"],
                range: 50...9_000),
            .init(
                names: ["refractive index", "index of refraction", "n value"], units: [""], range: 1.4...4.2),
        ]

        /// What a sample is like; the judge may overlook it.
        static let descriptors = [
            "bulk", "thin film", "nanowire", "single crystal", "polycrystalline", "epitaxial layer", "powder",
            "at 300 K",
        ]
        static let descriptorsOtherwise = [
            "bulk sample", "film", "wire", "monocrystalline", "ceramic", "grown by epitaxy", "powdered",
            "room temperature",
        ]

        /// Both ways of all of them.
        static let everyDescriptor = descriptors + descriptorsOtherwise

        /// All groups of names, as a judge's table has them.
        static let synonyms = synonyms(without: Avoided())

        /// The groups that training papers show.
        static func synonyms(without avoided: Avoided) -> Synonyms {
            let groups = materials.enumerated().filter { !avoided.materials.contains($0.offset) }
            let names = properties.enumerated().filter { !avoided.properties.contains($0.offset) }
            return Synonyms(groups.map(\.element) + names.map(\.element.names))
        }
    }

    /// What a record says, without the words for it.
    struct Fact: Codable, Sendable, Equatable {
        /// Places in ``Materials``.
        var material, property, descriptor: Int
        /// In the property's first unit; equal where one value is given.
        var low, high: Double
        /// The unit that it is written in, by its place in the property's list; nil for whichever a writer likes.
        var unit: Int?

        /// Whether two facts have the same core: a descriptor may differ.
        func isSame(_ other: Fact) -> Bool {
            material == other.material && property == other.property && Quantity.isSame(low, other.low)
                && Quantity.isSame(high, other.high)
        }

        /// Any fact.
        static func any(using random: inout RandomStream) -> Fact {
            let property = random.below(Materials.properties.count)
            let (low, high) = values(of: property, using: &random)
            return Fact(
                material: random.below(Materials.materials.count), property: property,
                descriptor: random.below(Materials.descriptors.count), low: low, high: high)
        }

        /// One value, or in one case of five a range.
        static func values(of property: Int, using random: inout RandomStream) -> (Double, Double) {
            let range = Materials.properties[property].range
            let low = Fact.rounded(exp(random.uniform(log(range.lowerBound), log(range.upperBound))))
            guard random.chance(0.2) else { return (low, low) }
            return (low, Fact.rounded(low * random.uniform(1.05, 1.4)))
        }

        /// Three digits, as papers have them.
        static func rounded(_ value: Double, digits: Int = 3) -> Double {
            Double(String(format: "%.\(digits)g", value)) ?? value
        }
    }
}
