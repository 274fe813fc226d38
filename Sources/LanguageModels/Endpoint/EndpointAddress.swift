import Foundation

/// Where an endpoint lies, taken apart: `http://host:port/v1`, with the model's name behind a `#` where the server has
/// several.
struct EndpointAddress: Equatable {
    /// Without the route and the name: `http://host:port/v1`.
    let base: String
    /// As the server names the model; nil takes its first.
    let model: String?
    /// Whether all goes to the chat route, because the address names it.
    let isChat: Bool

    init(_ url: URL) {
        var parts = URLComponents(url: url, resolvingAgainstBaseURL: false) ?? URLComponents()
        model = parts.fragment.flatMap { $0.isEmpty ? nil : $0 }
        parts.fragment = nil
        var base = parts.string ?? url.absoluteString
        while base.hasSuffix("/") { base.removeLast() }
        isChat = base.hasSuffix("/chat/completions")
        for route in ["/chat/completions", "/completions"] where base.hasSuffix(route) {
            base.removeLast(route.count)
        }
        // A bare host has the API where all servers have it.
        self.base = parts.path.allSatisfy { $0 == "/" } ? base + "/v1" : base
    }

    /// The address of a route: `completions`, `chat/completions`, `models`.
    func route(_ name: String) -> String { "\(base)/\(name)" }

    /// The key that the server wants, from the environment only: `BENCHTOP_API_KEY`, and `OPENAI_API_KEY` for OpenAI's
    /// own server, so that it is sent to nobody else.
    func key(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        if let key = environment["BENCHTOP_API_KEY"], !key.isEmpty { return key }
        guard URL(string: base)?.host == "api.openai.com" else { return nil }
        return environment["OPENAI_API_KEY"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether an address is one of this machine's own.
    static func isLocal(_ url: String) -> Bool {
        guard let host = URL(string: url)?.host else { return false }
        return host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
    }
}
