extension MethodInfo {
    /// A tool, or what a finished trial can be applied to.
    public struct Tool: Sendable {
        /// What the user types.
        public let name: String
        /// What it does with the file.
        public let help: String
        /// The inputs that nothing else reads, the file that it works on first.
        public let owns: [String]
        /// The method's inputs that it reads besides.
        public let reads: [String]
        /// Whether it starts from a finished trial's state.
        public let isApplied: Bool
        /// The path of a shipped file on which it is tried.
        public let sample: @Sendable () -> String

        /// The input that names the file that it works on.
        public var file: String { owns.first ?? "" }
        /// All inputs that it reads.
        public var inputs: [String] { owns + reads }
    }

    /// The tools, in the order of declaration.
    public var tools: [Tool] { Self.tools(method).filter { !$0.isApplied } }

    /// What a finished trial can be applied to; nil when it cannot.
    public var apply: Tool? { Self.tools(method).first(where: \.isApplied) }

    /// The tool, or what is applied, under a name.
    ///
    /// - Throws: ``ToolError``.
    public func tool(_ name: String) throws -> Tool {
        let all = Self.tools(method)
        guard let found = all.first(where: { $0.name == name }) else {
            throw ToolError.unknown(name: name, known: tools.map(\.name))
        }
        return found
    }

    /// The texts of all inputs of a tool: defaults, then the preset, then what was typed.
    ///
    /// - Throws: ``InputError``, also for an input that the tool does not read and when it has no file; ``PresetError``,
    ///   ``ToolError``.
    public func texts(tool name: String, preset: String?, typed: [String: String]) throws -> [String: String]
    {
        try texts(tool(name), over: texts(preset: preset, typed: [:]), typed: typed)
    }

    /// The texts of all inputs with which a finished trial is applied to a file.
    ///
    /// - Parameters:
    ///   - stored: the trial's own inputs, as they were at its end.
    ///   - typed: what the user sets.
    /// - Returns: the texts by name.
    /// - Throws: ``InputError``, ``ToolError``.
    public func texts(applying stored: [String: String], typed: [String: String]) throws -> [String: String] {
        guard let apply else { throw ToolError.notApplied(method: card.id) }
        return try texts(apply, over: texts(stored: stored), typed: typed)
    }

    private func texts(
        _ tool: Tool, over base: [String: String], typed: [String: String]
    ) throws -> [String: String] {
        let texts = try Self.checked(method, base.merging(typed) { $1 })
        if let stray = inputs.map(\.name).first(where: { texts[$0] != base[$0] && !tool.inputs.contains($0) })
        {
            throw InputError.unread(name: stray, tool: tool.name, reads: tool.inputs)
        }
        if texts[tool.file]?.isEmpty ?? true {
            throw InputError.noToolFile(name: tool.file, tool: tool.name)
        }
        return texts
    }

    /// Refuses an input of a run that only a tool reads.
    func checkRun(_ texts: [String: String], typed: [String: String]) throws {
        let initial = Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.initial) })
        for tool in Self.tools(method) {
            for name in tool.owns where typed[name] != nil && texts[name] != initial[name] {
                throw InputError.ofTool(name: name, tool: tool.name, isApplied: tool.isApplied)
            }
        }
    }

    private static func checked<M: Method>(_ method: M.Type, _ texts: [String: String]) throws -> [String:
        String]
    {
        try M.Inputs().setting(texts).texts
    }

    private static func tools<M: Method>(_ method: M.Type) -> [Tool] {
        M.allTools.map {
            Tool(
                name: $0.name, help: $0.help, owns: M.Inputs.names(of: $0.owns),
                reads: M.Inputs.names(of: $0.reads), isApplied: $0.isApplied, sample: $0.sample)
        }
    }
}

/// A tool that the method does not have.
public enum ToolError: InputRefusal, CustomStringConvertible, Equatable {
    /// No tool has that name.
    case unknown(name: String, known: [String])
    /// What the method learns is not applied to files.
    case notApplied(method: String)
    /// A trial is applied that is no finished one of this method and version.
    case notTrained

    public var description: String {
        switch self {
        case .unknown(let name, let known):
            "No tool is called '\(name)'\(Names.suggestion(for: name, among: known)); this method has "
                + (known.isEmpty ? "none." : "\(known.joined(separator: ", ")).")
        case .notApplied(let method): "What \(method) learns is not applied to files; it has no 'apply'."
        case .notTrained: "Only a finished trial can be applied to a file, and its last state is missing."
        }
    }
}
