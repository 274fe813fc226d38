import Foundation

/// The files that come with the program: recorded sessions and themes.
enum SharedFiles {
    /// The folder that holds `Sessions` and `Themes`: `$BENCHTOP_SHARE`, the installed one, or the
    /// repository that the program was built in.
    static var folder: URL? {
        let program = URL(filePath: CommandLine.executable).resolvingSymlinksInPath()
        let near = program.deletingLastPathComponent()
        var candidates = [near.appending(path: "../share/benchtop").standardized]
        var up = near
        for _ in 0..<5 {
            candidates.append(up)
            up = up.deletingLastPathComponent()
        }
        if let set = ProcessInfo.processInfo.environment["BENCHTOP_SHARE"], !set.isEmpty {
            candidates.insert(URL(filePath: set), at: 0)
        }
        return candidates.first {
            FileManager.default.fileExists(atPath: $0.appending(path: "Sessions").path)
        }
    }

    /// The recorded claim session of a method, if there is one.
    static func recorded(_ method: String) -> URL? {
        guard let file = folder?.appending(path: "Sessions/\(method).sqlite"),
            FileManager.default.fileExists(atPath: file.path)
        else { return nil }
        return file
    }
}

extension CommandLine {
    /// The path of the running program.
    fileprivate static var executable: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? arguments[0]
    }
}
