import Datasets

/// The sizes of a model of the Llama architecture, from its file's metadata.
public struct LlamaShape: Sendable, Equatable {
    /// Blocks, width of the residual stream, width inside the feed-forward layers.
    public let blocks, width, hidden: Int
    /// Heads of queries, heads of keys and values that groups of them share, and the width of each.
    public let heads, keyHeads, depth: Int
    /// The longest text that it was made for, in tokens.
    public let context: Int
    /// Different tokens.
    public let vocabulary: Int
    /// Added to the mean square before the root of RMSNorm.
    let epsilon: Float
    /// θ_i = scale · base^(-2i / turned) for the pairs of the first `turned` numbers of a head (Su et al. 2021).
    let ropeBase, ropeScale: Double
    let turned: Int

    /// Width of all keys of a token.
    var keys: Int { keyHeads * depth }

    /// Reads and checks them.
    ///
    /// - Throws: `FileError`.
    init(_ file: GGUFFile) throws {
        func refuse(_ what: String, _ allowed: String) -> FileError {
            FileError(file.path, line: nil, what, allowed: allowed)
        }
        let metadata = file.metadata, architecture = metadata["general.architecture"]?.text ?? ""
        guard architecture == "llama" else {
            throw refuse("its architecture is '\(architecture)'", "'llama'")
        }
        func size(_ name: String, _ initial: Int? = nil, upTo most: Int) throws -> Int {
            let found = metadata["llama.\(name)"]?.integer ?? initial
            guard let found, (1...most).contains(found) else {
                throw refuse("'llama.\(name)' is \(found.map(String.init) ?? "not there")", "1 to \(most)")
            }
            return found
        }
        blocks = try size("block_count", upTo: 1_000)
        width = try size("embedding_length", upTo: 1 << 16)
        hidden = try size("feed_forward_length", upTo: 1 << 18)
        heads = try size("attention.head_count", upTo: 1 << 10)
        keyHeads = try size("attention.head_count_kv", heads, upTo: heads)
        context = try size("context_length", upTo: 1 << 24)
        guard width % heads == 0, heads % keyHeads == 0 else {
            throw refuse(
                "\(width) numbers do not divide among \(heads) heads of \(keyHeads) groups", "sizes that do")
        }
        depth = try size("attention.key_length", width / heads, upTo: 1 << 10)
        turned = try size("rope.dimension_count", depth, upTo: depth)
        guard depth == width / heads, turned % 2 == 0 else {
            throw refuse("its heads are \(depth) wide", "\(width / heads), an even number")
        }
        vocabulary = file.tensors["token_embd.weight"]?.shape.last ?? 0
        epsilon = Float(metadata["llama.attention.layer_norm_rms_epsilon"]?.number ?? 1e-5)
        ropeBase = metadata["llama.rope.freq_base"]?.number ?? 10_000
        let scaling = metadata["llama.rope.scaling.type"]?.text ?? "none"
        guard scaling == "none" || scaling == "linear", ropeBase > 0, epsilon >= 0 else {
            throw refuse("it scales its positions by '\(scaling)'", "'none' and 'linear'")
        }
        ropeScale = scaling == "linear" ? 1 / (metadata["llama.rope.scaling.factor"]?.number ?? 1) : 1
    }
}
