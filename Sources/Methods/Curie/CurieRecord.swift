import Datasets
import Foundation
import Measures

extension Curie {
    /// A record of any schema: what was extracted, or what should have been.
    struct Record: Sendable, Equatable {
        /// By the fields' names.
        let fields: [String: JSONValue]

        init(_ fields: [String: JSONValue]) { self.fields = fields }

        /// A record that JSON holds; nil for what is no object.
        init?(_ value: JSONValue) {
            guard case .object(let fields) = value else { return nil }
            self.fields = fields
        }

        subscript(name: String) -> JSONValue { fields[name] ?? .nothing }

        /// The record with these fields alone.
        func only(_ names: [String]) -> Record { Record(fields.filter { names.contains($0.key) }) }

        /// The record as one line of JSON.
        var json: String { JSONValue.object(fields).json }
    }

    /// What a field of a record holds, and so how it is compared.
    enum FieldKind: String, CaseIterable, Sendable {
        /// A name that must be the same thing; a table of synonyms may say so.
        case name
        /// A number that must be the same quantity, in whatever unit.
        case number
        /// The unit of the record's numbers.
        case unit
        /// Free text, which is not held against a match.
        case text
        /// Left out.
        case ignored
    }

    /// The kinds of the fields of a set of records.
    struct Schema: Sendable, Equatable {
        private(set) var kinds: [String: FieldKind] = [:]

        /// Fields by their kinds, in the alphabet's order.
        func names(_ kind: FieldKind) -> [String] {
            kinds.filter { $0.value == kind }.map(\.key).sorted()
        }

        /// All that are compared, in the alphabet's order.
        var names: [String] { kinds.filter { $0.value != .ignored }.map(\.key).sorted() }

        /// All but free text.
        var core: [String] { names.filter { kinds[$0] != .text } }

        /// The kinds without free text.
        var coreAlone: Schema { Schema(kinds.filter { $0.value != .text }) }

        /// A field's kind; nil for one that is not known.
        subscript(name: String) -> FieldKind? {
            get { kinds[name] }
            set { kinds[name] = newValue }
        }

        init(_ kinds: [String: FieldKind]) { self.kinds = kinds }

        /// The kinds that the values suggest: numbers where all are, a unit by its name, a name where texts are short.
        ///
        /// The benchmark takes `index`, `paper_id` and `synonyms` out of the truth before it is judged.
        init(of records: [Record]) {
            var values: [String: [JSONValue]] = [:]
            for record in records {
                for (name, value) in record.fields where value != .nothing {
                    values[name, default: []].append(value)
                }
            }
            for (name, values) in values { kinds[name] = Self.kind(name, values) }
        }

        private static let bookkeeping: Set<String> = [
            "index", "paper_id", "record_id", "arxiv_id", "synonyms", "json_extracted_index",
        ]
        /// Longer texts are passages.
        private static let longestName = 6

        private static func kind(_ name: String, _ values: [JSONValue]) -> FieldKind {
            if bookkeeping.contains(name) { return .ignored }
            if ["unit", "units"].contains(name.lowercased()) { return .unit }
            let quantities = values.allSatisfy { Quantity.number($0) != nil }
            if quantities { return .number }
            let words = values.map { ROUGE.tokens($0.plain).count }
            return (words.max() ?? 0) <= longestName ? .name : .text
        }
    }
}
