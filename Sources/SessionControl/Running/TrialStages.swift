import MethodKit

/// The cache of shared stages as one trial sees it: what it computes is claimed in its name.
///
/// The name is what makes a crash harmless to others: a crashed thread never comes back to end its claim, so the
/// claims of its trial are given back for it.
final class TrialStages: StageCache {
    private let files: StageFiles

    init(_ files: StageFiles) { self.files = files }

    func result(
        for key: StageKey, isStopped: () -> Bool, _ compute: () throws -> StageResult
    ) throws -> StageResult {
        try files.result(for: key, claimant: self, isStopped: isStopped, compute)
    }

    /// The trial's thread has crashed: nobody is to wait for it.
    func releaseAll() { files.release(all: self) }
}
