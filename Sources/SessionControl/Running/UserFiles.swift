import Base
import Foundation
import MethodKit
import Store

/// The user's own files and folders that a session reads, with their digests: whoever goes on with it, or runs it again,
/// must find the same bytes there.
enum UserFiles {
    /// Refuses a file or folder that is not there, before anything is stored.
    ///
    /// - Throws: `InputError`, ``PlanError``.
    static func check(_ specs: [InputSpec], _ inputs: [String: String]) throws {
        for (spec, path) in named(specs, inputs) {
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

    private static func named(_ specs: [InputSpec], _ inputs: [String: String]) -> [(InputSpec, String)] {
        specs.filter(\.kind.isPath).compactMap { spec in
            inputs[spec.name].flatMap { $0.isEmpty ? nil : (spec, $0) }
        }
    }

    /// The files of the language models that inputs name.
    private static func models(
        _ specs: [InputSpec], _ inputs: [String: String], _ models: any ModelProvider
    ) -> [(InputSpec, String)] {
        specs.filter { $0.kind == .model }.compactMap { spec in
            inputs[spec.name].flatMap(InputModel.init(text:)).flatMap(models.file).map { (spec, $0) }
        }
    }

    /// The files that these inputs name, as they are now; those of language models among them.
    ///
    /// - Throws: `InputError` when one cannot be read.
    static func now(
        _ specs: [InputSpec], _ inputs: [String: String], _ provider: any ModelProvider
    ) throws -> [String: SessionFile] {
        var files: [String: SessionFile] = [:]
        for (spec, path) in named(specs, inputs) + models(specs, inputs, provider) {
            let file = URL(filePath: path)
            guard let digest = try? Digest(ofFile: file) else {
                throw InputError.noFile(name: spec.name, path: path)
            }
            files[spec.name] = SessionFile(digest: digest.hex, path: file.standardizedFileURL.path)
        }
        return files
    }

    /// Refuses a session of which a file is gone or has changed since it was started.
    ///
    /// - Throws: ``ResumeError``.
    static func check(_ session: SessionRecord) throws {
        for (input, file) in session.files.sorted(by: { $0.key < $1.key }) {
            guard let digest = try? Digest(ofFile: URL(filePath: file.path)) else {
                throw ResumeError.missingFile(session.shortID, input: input, path: file.path)
            }
            guard digest.hex == file.digest else {
                throw ResumeError.changedFile(session.shortID, input: input, path: file.path)
            }
        }
    }
}
