import Foundation
import MethodKit

extension Version1 {
    /// Events and checkpoints as schema 1 stored them: the shapes that Swift gave to the cases of enums, whose names
    /// are now frozen here.
    enum Format {
        /// What the column `body` of an event held.
        struct TimedEvent: Decodable {
            let event: MethodKit.TimedEvent

            private struct Plain: Decodable {
                let step: Int, elapsed: Double, event: Event
            }

            init(from decoder: any Decoder) throws {
                let plain = try Plain(from: decoder)
                event = MethodKit.TimedEvent(
                    step: plain.step, elapsed: plain.elapsed, event: plain.event.value)
            }
        }

        /// What the column `head` of a checkpoint held.
        struct Head: Decodable {
            let step: Int, stage: String, isFinal: Bool, stageStep: Int, elapsed: Double
            let points: [Int], events: Int, edits: Int
        }

        /// A key of any name.
        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(_ name: String) { stringValue = name }
            init?(stringValue: String) { self.init(stringValue) }
            init?(intValue: Int) { nil }
        }

        /// The one key of an enum's case and the container of its values, which have the names `_0` and so on where
        /// they had none.
        private static func values(
            _ decoder: any Decoder
        ) throws -> (name: String, values: KeyedDecodingContainer<Key>) {
            let container = try decoder.container(keyedBy: Key.self)
            guard container.allKeys.count == 1, let key = container.allKeys.first else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "one case is expected"))
            }
            return (key.stringValue, try container.nestedContainer(keyedBy: Key.self, forKey: key))
        }

        private static func unknown(_ name: String, _ decoder: any Decoder) -> DecodingError {
            .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no case '\(name)'"))
        }

        private static let only = Key("_0"), second = Key("_1"), name = Key("name")

        private struct Event: Decodable {
            let value: TrialEvent

            init(from decoder: any Decoder) throws {
                let (kind, values) = try Format.values(decoder)
                switch kind {
                case "stage":
                    value = .stage(
                        name: try values.decode(String.self, forKey: Format.name),
                        unit: try values.decode(String.self, forKey: Key("unit")),
                        total: try values.decode(Int.self, forKey: Key("total")))
                case "log":
                    value = .log(
                        try values.decode(LogLevel.self, forKey: only),
                        try values.decode(String.self, forKey: second))
                case "artifact":
                    value = .artifact(
                        name: try values.decode(String.self, forKey: Format.name),
                        try values.decode(Kept.self, forKey: second).value)
                case "edit": value = .edit(try values.decode(Edit.self, forKey: only))
                default: throw unknown(kind, decoder)
                }
            }
        }

        /// An artifact. What most kinds hold has the keys that it had.
        private struct Kept: Decodable {
            let value: Artifact

            init(from decoder: any Decoder) throws {
                let (kind, values) = try Format.values(decoder)
                func content<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
                    try values.decode(type, forKey: only)
                }
                value =
                    switch kind {
                    case "text": .text(try content())
                    case "table": .table(try content())
                    case "heatMap": .heatMap(try content())
                    case "image": .image(try content(Pixels.self).value)
                    case "frames": .frames(try content(Film.self).value)
                    case "mesh": .mesh(try content())
                    case "meshes": .meshes(try content())
                    case "animation": .animation(try content())
                    case "tree": .tree(try content())
                    case "graph": .graph(try content())
                    case "reliability": .reliability(try content())
                    case "tensor": .tensor(try content(Numbers.self).value)
                    default: throw unknown(kind, decoder)
                    }
            }
        }

        /// A picture, whose pixels stood in the JSON.
        private struct Pixels: Decodable {
            let width: Int, height: Int, channels: Int, pixels: Data

            var value: Picture { Picture(width: width, height: height, channels: channels, pixels: pixels) }
        }

        private struct Film: Decodable {
            let pictures: [Pixels], rate: Double

            var value: Frames { Frames(pictures.map(\.value), rate: rate) }
        }

        /// An array, whose values stood in the JSON.
        private struct Numbers: Decodable {
            let shape: [Int], values: [Float]

            var value: NumberArray { NumberArray(shape: shape, values: values) }
        }

        // MARK: Records of shared stages

        private struct Record: Decodable {
            let metrics: [Int], steps: [Int], values: [UInt64], eventSteps: [Int], events: [Event]
        }

        /// A shared stage's record in today's form.
        ///
        /// - Throws: `DecodingError`.
        static func record(_ bytes: Data) throws -> Data {
            guard !bytes.isEmpty else { return bytes }
            let old = try PropertyListDecoder().decode(Record.self, from: bytes)
            let points = zip(old.metrics, zip(old.steps, old.values)).map {
                Point(metric: $0, step: $1.0, elapsed: 0, value: Double(bitPattern: $1.1))
            }
            let events = zip(old.eventSteps, old.events).map {
                MethodKit.TimedEvent(step: $0, elapsed: 0, event: $1.value)
            }
            return try StageRecord(points: points, events: events).encoded()
        }
    }
}
