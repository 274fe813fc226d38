import Base
import Foundation
import MethodKit

/// A checkpoint without its bytes, under one checksum; the columns beside it only serve to find it.
///
/// Stored as JSON with the keys below, for ever: none is renamed, and one that is added later is optional.
struct CheckpointHead: Codable, Equatable {
    let step: Int
    let stage: String
    let isFinal: Bool
    let stageStep: Int
    let elapsed: Double
    let points: [Int]
    let events: Int
    let edits: Int
    /// Digest of the state.
    let state: String
    /// Digest of what a shared stage has said; nil when it has said nothing.
    let record: String?
    /// Digests of what the state holds and never changes; nil for none.
    let frozen: [String]?

    private enum CodingKeys: String, CodingKey {
        case step = "step"
        case stage = "stage"
        case isFinal = "final"
        case stageStep = "stage_step"
        case elapsed = "elapsed"
        case points = "points"
        case events = "events"
        case edits = "edits"
        case state = "state"
        case record = "record"
        case frozen = "frozen"
    }

    init(_ checkpoint: Checkpoint) {
        (step, stage, isFinal) = (checkpoint.step, checkpoint.stage, checkpoint.isFinal)
        (stageStep, elapsed) = (checkpoint.stageStep, checkpoint.elapsed)
        (points, events, edits) = (checkpoint.points, checkpoint.events, checkpoint.edits)
        state = Digest(of: checkpoint.state).hex
        record = checkpoint.record.isEmpty ? nil : Digest(of: checkpoint.record).hex
        frozen = checkpoint.frozen.isEmpty ? nil : checkpoint.frozen.map(\.digest.hex)
    }

    /// Everything that the checkpoint refers to.
    var digests: [Digest] {
        ([state] + [record].compactMap { $0 } + (frozen ?? [])).compactMap(Digest.init(hex:))
    }

    func encoded() throws -> Data {
        let encoder = JSONEncoder.exact
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
