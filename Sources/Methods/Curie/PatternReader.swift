import Datasets
import Foundation

extension Curie {
    /// Reads a paper's sentences by patterns, as somebody does who writes one expression after the other: each degree of
    /// care knows one pattern more, and makes fewer mistakes with those that it knows.
    struct PatternReader: Sendable {
        /// From 1 to 5.
        let care: Int

        /// What the patterns find. A record is right when it says what its sentence says of a fact.
        func read(_ paper: Paper) -> Extraction {
            var records: [Record] = [], sources: [Int?] = []
            for sentence in paper.sentences {
                guard let record = record(in: sentence.text) else { continue }
                records.append(record)
                sources.append(sentence.facts.first { Self.says(record, paper.told[$0]) })
            }
            return Extraction(records: records, sources: sources, facts: paper.facts.count)
        }

        /// The record that a sentence seems to hold; nil where no pattern fits.
        func record(in sentence: String) -> Record? {
            parts(sentence).map { record($0, passage: sentence) }
        }

        private static func says(_ record: Record, _ told: Record) -> Bool {
            Paper.schema.core.allSatisfy { record[$0] == told[$0] }
        }

        // MARK: Patterns

        private struct Parts {
            let material, property, value: Substring
            var descriptor: Substring = ""
        }

        /// The first pattern that fits.
        private func parts(_ text: String) -> Parts? {
            let text = text[...]
            if let found = found(text) { return found }
            if care >= 2, text.hasPrefix("| ") { return row(text) }
            if care >= 3, text.hasPrefix("For ") { return measured(text) }
            if care >= 4, let found = shown(text) { return found }
            if care >= 5, text.hasPrefix("We obtain ") { return obtained(text) }
            // Without care a pattern also takes what is none of a material's properties.
            return care <= 2 ? loose(text) : nil
        }

        /// "The … of … (…) was found to be …."
        private func found(_ text: Substring) -> Parts? {
            guard text.hasPrefix("The "), let property = text.dropFirst(4).cut(" of "),
                let material = property.rest.cut(" ("),
                let descriptor = material.rest.cut(") was found to be ")
            else { return nil }
            return Parts(
                material: material.part, property: property.part, value: descriptor.rest.dropLast(),
                descriptor: descriptor.part)
        }

        /// "| … | … | … |"
        private func row(_ text: Substring) -> Parts? {
            let cells = text.split(separator: "|").map { $0.drop { $0 == " " }.dropLast() }
            return cells.count == 3 ? Parts(material: cells[0], property: cells[1], value: cells[2]) : nil
        }

        /// "For … … we measured a … of …."; with little care the last word before "we" is the material.
        private func measured(_ text: Substring) -> Parts? {
            guard let head = text.dropFirst(4).cut(" we measured a "), let property = head.rest.cut(" of ")
            else {
                return nil
            }
            let descriptor =
                care < 4 ? nil : Materials.everyDescriptor.first { head.part.hasPrefix($0 + " ") }
            let material =
                descriptor.map { head.part.dropFirst($0.count + 1) } ?? head.part.split(separator: " ").last
                ?? ""
            return Parts(
                material: material, property: property.part, value: property.rest.dropLast(),
                descriptor: descriptor?[...] ?? "")
        }

        /// "…, …, shows a … of …, in line with earlier work (…)."; with little care the last number is taken.
        private func shown(_ text: Substring) -> Parts? {
            guard let material = text.cut(", "), let descriptor = material.rest.cut(", shows a "),
                let property = descriptor.rest.cut(" of "),
                let value = property.rest.cut(", in line with earlier work")
            else { return nil }
            let earlier = value.rest.cut("(")?.rest.dropLast(2)
            return Parts(
                material: material.part, property: property.part,
                value: care < 5 ? earlier ?? value.part : value.part,
                descriptor: descriptor.part)
        }

        /// "We obtain … for the … of … (…)."
        private func obtained(_ text: Substring) -> Parts? {
            guard let value = text.dropFirst(10).cut(" for the "), let property = value.rest.cut(" of "),
                let material = property.rest.cut(" (")
            else { return nil }
            return Parts(
                material: material.part, property: property.part, value: value.part,
                descriptor: material.rest.dropLast(2))
        }

        /// "… a … of …": whatever has a number there.
        private func loose(_ text: Substring) -> Parts? {
            guard let head = text.cut(" a "), let property = head.rest.cut(" of "),
                let first = property.rest.first, first.isNumber
            else { return nil }
            let value = property.rest.split(separator: " ").prefix(2).joined(separator: " ")
            return Parts(
                material: head.part.split(separator: " ").first ?? "", property: property.part,
                value: value[...])
        }

        // MARK: Values

        /// With little care a range loses its upper end.
        private func record(_ parts: Parts, passage: String) -> Record {
            let words = parts.value.split(separator: " ", maxSplits: 1)
            let ends = (words.first ?? "").split(separator: "-").compactMap { Double($0) }
            let low = ends.first ?? .nan, high = care >= 3 ? ends.last ?? low : low
            return Record([
                "material": .text(String(parts.material)), "property_name": .text(String(parts.property)),
                "descriptor": .text(String(parts.descriptor)), "value_low": .number(low),
                "value_high": .number(high),
                "unit": .text(words.count > 1 ? String(words[1]) : ""), "passage": .text(passage),
            ])
        }
    }
}

extension Substring {
    /// What stands before a separator, and what after it; nil where it is not.
    fileprivate func cut(_ separator: String) -> (part: Substring, rest: Substring)? {
        guard let place = firstRange(of: separator) else { return nil }
        return (self[..<place.lowerBound], self[place.upperBound...])
    }
}
