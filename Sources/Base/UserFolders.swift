import Foundation

/// The user's own folders, as the XDG Base Directory Specification places them, each with `benchtop` in it.
///
/// A variable that is set wins; one that is empty or not an absolute path counts as not set, as the specification says.
public enum UserFolders {
    /// What the user configures by hand: `$XDG_CONFIG_HOME/benchtop`.
    public static var configuration: URL { folder("XDG_CONFIG_HOME", else: ".config") }
    /// What must survive: `$XDG_DATA_HOME/benchtop`.
    public static var data: URL { folder("XDG_DATA_HOME", else: ".local/share") }
    /// What the program remembers between starts: `$XDG_STATE_HOME/benchtop`.
    public static var state: URL { folder("XDG_STATE_HOME", else: ".local/state") }
    /// What can be made or fetched again: `$XDG_CACHE_HOME/benchtop`.
    public static var cache: URL { folder("XDG_CACHE_HOME", else: ".cache") }

    private static func folder(_ variable: String, else usual: String) -> URL {
        let set = ProcessInfo.processInfo.environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return URL(filePath: set ?? "\(NSHomeDirectory())/\(usual)").appending(path: "benchtop")
    }
}
