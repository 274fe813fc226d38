import CKernels
import Checkpoints
import Datasets
import Foundation

/// Sentences as unit vectors, by an encoder of BERT's architecture whose last states are averaged: MiniLM (Wang et al.
/// 2020) as Sentence-BERT (Reimers & Gurevych 2019) uses it.
///
/// The nearer two sentences are in meaning, the nearer their vectors' product is to 1. It belongs to the thread that made
/// it.
public final class SentenceEncoder {
    /// Numbers of a vector.
    public let width: Int
    let tokeniser: WordPieceTokeniser
    private let embeddings: Embeddings
    private let blocks: [Block]
    private let heads: Int

    /// Tokens of a sentence that are read; the rest is left out, as the model's authors do.
    static let longest = 256
    /// Tokens whose sentences pass together.
    private static let together = 1_024
    private static let epsilon: Float = 1e-12

    private struct Embeddings {
        let words, positions: [Float]
        /// Of the first of the two kinds of text; sentences are no pairs.
        let kind: [Float]
        let norm: Norm
    }

    private struct Norm { let gain, bias: [Float] }

    /// y = x W' + b
    private struct Layer { let weights, bias: [Float] }

    private struct Block {
        let query, key, value, output, up, down: Layer
        let attentionNorm, outputNorm: Norm
    }

    /// An encoder from its weights.
    ///
    /// - Parameters:
    ///   - weights: a safetensors file with the names that BERT's tensors have.
    ///   - vocabulary: the pieces, one a line.
    ///   - heads: of its attention, which the weights do not tell; MiniLM has twelve.
    /// - Throws: `FileError` when a file cannot be read, or a tensor is missing or has another shape.
    public init(weights: URL, vocabulary: URL, heads: Int = 12) throws {
        let pieces = try Self.read(vocabulary)
        tokeniser = try WordPieceTokeniser(String(decoding: pieces, as: UTF8.self), path: vocabulary.path)
        let file = try Tensors(weights)
        width = file.width
        self.heads = heads
        guard width % heads == 0 else {
            throw FileError(
                weights.path, line: nil, "its width is \(width)", allowed: "a multiple of \(heads)")
        }
        embeddings = try file.embeddings(of: tokeniser.count, Self.longest)
        blocks = try (0..<file.blocks).map { try file.block($0) }
    }

    private static func read(_ file: URL) throws -> Data {
        do { return try Data(contentsOf: file, options: .alwaysMapped) } catch {
            throw FileError(file.path, line: nil, "it cannot be read", allowed: "a file that can be")
        }
    }

    /// The vectors of sentences, each of length 1: [sentences][width]
    public func embed(_ sentences: [String]) -> [[Float]] {
        var vectors: [[Float]] = [], waiting: [[Int]] = []
        for (index, sentence) in sentences.enumerated() {
            waiting.append(tokeniser.tokens(of: sentence, longest: Self.longest))
            guard index == sentences.count - 1 || waiting.reduce(0, { $0 + $1.count }) >= Self.together else {
                continue
            }
            vectors += pass(waiting)
            waiting = []
        }
        return vectors
    }

    // MARK: One pass

    /// Rows of all sentences lie beside each other; only attention keeps them apart.
    private func pass(_ sentences: [[Int]]) -> [[Float]] {
        let x = read(sentences), rows = x.count / width
        let query = Floats(rows * width), key = Floats(rows * width), value = Floats(rows * width)
        let mixed = Floats(rows * width), weights = Floats(Self.longest * Self.longest)
        let hidden = Floats(rows * (blocks.first.map { $0.up.bias.count } ?? 0))
        for block in blocks {
            apply(block.query, x, rows, to: query)
            apply(block.key, x, rows, to: key)
            apply(block.value, x, rows, to: value)
            var first = 0
            for sentence in sentences {
                let from = first * width
                attend(
                    sentence.count, query.pointer + from, key.pointer + from, value.pointer + from,
                    weights.pointer, to: mixed.pointer + from)
                first += sentence.count
            }
            apply(block.output, mixed, rows, to: query)
            add(query, to: x, block.attentionNorm)
            apply(block.up, x, rows, to: hidden)
            // GELU by the error function, as BERT has it.
            for place in 0..<rows * block.up.bias.count {
                let value = hidden.pointer[place]
                hidden.pointer[place] = 0.5 * value * (1 + erff(value * Float(0.5).squareRoot()))
            }
            apply(block.down, hidden, rows, to: query)
            add(query, to: x, block.outputNorm)
        }
        return means(x, sentences.map(\.count))
    }

    /// The normed sums of words, places and kind: [rows, width]
    private func read(_ sentences: [[Int]]) -> Floats {
        let x = Floats(sentences.reduce(0) { $0 + $1.count } * width)
        var row = 0
        for sentence in sentences {
            for (place, token) in sentence.enumerated() {
                let y = x.pointer + row * width
                for number in 0..<width {
                    y[number] =
                        embeddings.words[token * width + number]
                        + embeddings.positions[place * width + number] + embeddings.kind[number]
                }
                row += 1
            }
        }
        normalise(x, embeddings.norm)
        return x
    }

    private func apply(_ layer: Layer, _ x: Floats, _ rows: Int, to y: Floats) {
        var plan = bt_linear_plan()
        (plan.rows, plan.outputs) = (rows, layer.bias.count)
        plan.inputs = layer.weights.count / layer.bias.count
        bt_linear(&plan, x.pointer, layer.weights, layer.bias, nil, nil, y.pointer)
    }

    /// softmax(q k' / sqrt(depth)) v of one sentence, head by head.
    private func attend(
        _ count: Int, _ query: UnsafePointer<Float>, _ key: UnsafePointer<Float>,
        _ value: UnsafePointer<Float>,
        _ weights: UnsafeMutablePointer<Float>, to y: UnsafeMutablePointer<Float>
    ) {
        let depth = width / heads, scale = 1 / Float(depth).squareRoot()
        for head in 0..<heads {
            let from = head * depth
            bt_gemm(
                0, 1, count, count, depth, scale, query + from, width, key + from, width, 0, weights, count)
            bt_softmax(count, count, weights, weights)
            bt_gemm(0, 0, count, depth, count, 1, weights, count, value + from, width, 0, y + from, width)
        }
    }

    /// x = norm(x + y)
    private func add(_ y: Floats, to x: Floats, _ norm: Norm) {
        bt_add(x.count, x.pointer, y.pointer, x.pointer)
        normalise(x, norm)
    }

    private func normalise(_ x: Floats, _ norm: Norm) {
        let rows = x.count / width, mean = Floats(rows), rstd = Floats(rows)
        bt_layer_norm(
            rows, width, Self.epsilon, x.pointer, norm.gain, norm.bias, x.pointer, mean.pointer, rstd.pointer)
    }

    /// The mean over each sentence's rows, made as long as 1.
    private func means(_ x: Floats, _ counts: [Int]) -> [[Float]] {
        var first = 0
        return counts.map { count in
            var mean = [Float](repeating: 0, count: width)
            for row in first..<first + count {
                for number in 0..<width { mean[number] += x.pointer[row * width + number] }
            }
            first += count
            let length = max(1e-12, mean.reduce(0) { $0 + $1 * $1 }.squareRoot())
            return mean.map { $0 / length }
        }
    }

    // MARK: The file

    /// The tensors of a file by BERT's names.
    private struct Tensors {
        let path: String
        let file: Safetensors
        let width: Int
        /// How many blocks follow each other.
        var blocks: Int {
            (0...).first { file.tensors["encoder.layer.\($0).attention.self.query.weight"] == nil } ?? 0
        }

        init(_ place: URL) throws {
            path = place.path
            do { file = try Safetensors(SentenceEncoder.read(place)) } catch let error as SafetensorsError {
                throw FileError(path, line: nil, "\(error)", allowed: "a safetensors file")
            }
            let words = file.tensors["embeddings.word_embeddings.weight"]?.shape ?? []
            guard words.count == 2, words[1] > 0 else {
                throw FileError(
                    path, line: nil, "there are no word embeddings in it",
                    allowed: "an encoder of BERT's architecture")
            }
            width = words[1]
        }

        /// A tensor of a shape; -1 is any length.
        func numbers(_ name: String, _ shape: [Int]) throws -> [Float] {
            guard let entry = file.tensors[name], entry.shape.count == shape.count,
                zip(entry.shape, shape).allSatisfy({ $1 < 0 ? $0 > 0 : $0 == $1 }), let floats = entry.floats
            else {
                let found = file.tensors[name].map { "\($0.type) \($0.shape)" } ?? "nothing"
                throw FileError(
                    path, line: nil, "of '\(name)' it has \(found)", allowed: "F32 \(shape)")
            }
            return floats
        }

        func norm(_ name: String) throws -> Norm {
            Norm(gain: try numbers("\(name).weight", [width]), bias: try numbers("\(name).bias", [width]))
        }

        func layer(_ name: String, outputs: Int, inputs: Int) throws -> Layer {
            Layer(
                weights: try numbers("\(name).weight", [outputs, inputs]),
                bias: try numbers("\(name).bias", [outputs]))
        }

        func embeddings(of words: Int, _ longest: Int) throws -> Embeddings {
            let positions = try numbers("embeddings.position_embeddings.weight", [-1, width])
            guard positions.count >= longest * width else {
                throw FileError(
                    path, line: nil, "it has \(positions.count / width) places", allowed: "\(longest) or more"
                )
            }
            return Embeddings(
                words: try numbers("embeddings.word_embeddings.weight", [words, width]), positions: positions,
                kind: Array(
                    try numbers("embeddings.token_type_embeddings.weight", [-1, width]).prefix(width)),
                norm: try norm("embeddings.LayerNorm"))
        }

        func block(_ index: Int) throws -> Block {
            let name = "encoder.layer.\(index)", attention = "\(name).attention"
            let hidden = try numbers("\(name).intermediate.dense.bias", [-1]).count
            func own(_ part: String) throws -> Layer {
                try layer("\(attention).\(part)", outputs: width, inputs: width)
            }
            return Block(
                query: try own("self.query"), key: try own("self.key"), value: try own("self.value"),
                output: try own("output.dense"),
                up: try layer("\(name).intermediate.dense", outputs: hidden, inputs: width),
                down: try layer("\(name).output.dense", outputs: width, inputs: hidden),
                attentionNorm: try norm("\(attention).output.LayerNorm"),
                outputNorm: try norm("\(name).output.LayerNorm"))
        }
    }
}
