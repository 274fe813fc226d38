import Foundation
import MethodKit
import Store

/// What is to be run: a method's arms, each with the same seeds and inputs.
public struct SessionPlan: Sendable {
    /// The method.
    public let method: MethodInfo
    /// Raw values of the arms, the baseline first.
    public let arms: [String]
    /// One trial of each arm for each seed.
    public let seeds: [UInt64]
    /// The preset that the inputs started from.
    public let preset: String
    /// All inputs as the user would type them.
    public let inputs: [String: String]
    /// Why it is run.
    public let purpose: SessionPurpose
    /// What the user calls it; empty for none.
    public let name: String

    /// Checks the parts and puts them together.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - arms: raw values; nil takes all.
    ///   - seeds: at least one.
    ///   - preset: its name.
    ///   - typed: inputs that replace the preset's.
    ///   - purpose: why it is run.
    ///   - name: what the user calls it.
    /// - Throws: `ArmError`, `PresetError`, `InputError`, ``PlanError``.
    public init(
        _ method: MethodInfo, arms: [String]? = nil, seeds: [UInt64], preset: String,
        typed: [String: String] = [:], purpose: SessionPurpose, name: String = ""
    ) throws {
        let known = method.arms.map(\.name)
        for arm in arms ?? [] where !known.contains(arm) { throw ArmError(name: arm, known: known) }
        if arms?.isEmpty == true { throw PlanError.noArms(known: known) }
        if seeds.isEmpty { throw PlanError.noSeeds }
        self.method = method
        self.arms = arms.map { chosen in known.filter(chosen.contains) } ?? known
        self.seeds = seeds
        self.preset = preset
        self.inputs = try method.texts(preset: preset, typed: typed)
        try Self.checkFiles(method, inputs)
        self.purpose = purpose
        self.name = name
    }

    /// A file or folder that is not there is refused before anything is stored.
    private static func checkFiles(_ method: MethodInfo, _ inputs: [String: String]) throws {
        for spec in method.inputs where spec.kind.isPath {
            guard let path = inputs[spec.name], !path.isEmpty else { continue }
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            guard exists, FileManager.default.isReadableFile(atPath: path) else {
                throw InputError.noFile(name: spec.name, path: path)
            }
            if isFolder.boolValue, spec.kind != .folder {
                throw PlanError.isFolder(input: spec.name, path: path)
            }
        }
    }

    /// The trials, seed by seed, so that pairs are complete as early as can be.
    var trials: [NewTrial] {
        seeds.flatMap { seed in arms.map { NewTrial(arm: $0, seed: seed) } }
    }
}
