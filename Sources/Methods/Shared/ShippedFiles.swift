import Foundation

/// Data that comes with the program.
enum ShippedFiles {
    /// A folder of it: installed beside the program, else in the package.
    static func folder(_ name: String) -> String {
        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let installed = program.appending(path: "../share/benchtop/\(name)").standardized.path
        guard !FileManager.default.fileExists(atPath: installed) else { return installed }
        return Bundle.module.bundleURL.appending(path: name).path
    }
}
