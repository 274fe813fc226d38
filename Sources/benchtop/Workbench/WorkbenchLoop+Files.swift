import Foundation
import MethodKit
import Panes
import SessionViews
import Store

/// What the loop writes into files of the user's: on a queue of its own, since a disk may be slow and a session large.
extension WorkbenchLoop {
    private static var folder: URL { URL(filePath: FileManager.default.currentDirectoryPath) }

    /// Writes an artifact into the current folder, under a name that is not taken.
    func export(_ name: String, _ artifact: Artifact) {
        let base = [bench.view?.record.method ?? "", name].filter { !$0.isEmpty }.joined(separator: "-")
        let folder = Self.folder
        bench.say("writing \(base)…")
        background.write {
            var number = 1, files = try artifact.files(named: base)
            while files.contains(where: {
                FileManager.default.fileExists(atPath: folder.appending(path: $0.name).path)
            }) {
                number += 1
                files = try artifact.files(named: "\(base)-\(number)")
            }
            for file in files { try file.contents.write(to: folder.appending(path: file.name)) }
            let names = files.map(\.name).prefix(3).joined(separator: ", ") + (files.count > 3 ? " …" : "")
            return { $0.bench.say("written: \(names)") }
        }
    }

    /// Appends a choice to a file, which is made when there is none.
    func choose(_ choice: Choice, _ file: String) {
        background.write {
            let line = Data((try Records.line(choice) + "\n").utf8)
            if !FileManager.default.fileExists(atPath: file) {
                _ = FileManager.default.createFile(atPath: file, contents: nil)
            }
            guard let handle = FileHandle(forWritingAtPath: file) else {
                throw Failure("'\(file)' cannot be written.", Status.refused)
            }
            defer { try? handle.close() }
            try handle.seekToEnd()
            try handle.write(contentsOf: line)
            let side = choice.chosen == .a ? "left" : "right"
            return { loop in
                let next = loop.bench.useChoices(in: file) ? "; the next run learns from it" : ""
                loop.bench.say("Pair \(choice.pair): the \(side) one, in \(file)\(next).")
            }
        }
    }

    /// Writes a session into a store file of its own in the current folder.
    func share(_ key: SessionKey) throws {
        let session = try library.record(key), store = try library.store(of: key)
        let name = Names.file("\(session.method)-\(session.shortID)") + ".sqlite"
        let file = Self.folder.appending(path: name)
        guard !FileManager.default.fileExists(atPath: file.path) else {
            throw Failure("There is a file '\(name)' here already.", Status.refused)
        }
        guard sharing.insert(name).inserted else { return bench.say("\(name) is being written…") }
        bench.say("writing \(name)…")
        background.write {
            let written = Result { try store.export(session: key.id, to: file.path, checkpoints: false) }
            return { loop in
                loop.sharing.remove(name)
                try written.get()
                loop.bench.say("written: \(name); 'benchtop replay \(name)' plays it anywhere.")
            }
        }
    }
}
