import Foundation
import FoundationXML

/// What a drawing says of itself: the Dublin Core title, subjects and licence in an SVG file's metadata.
public struct SVGMetadata: Sendable, Equatable {
    /// Empty where the file has none.
    public private(set) var title = "", subjects: [String] = []
    /// Addresses of its licences, as the file gives them.
    public private(set) var licences: [String] = []

    /// Whether there is a licence, and each dedicates the drawing to the public domain.
    public var isPublicDomain: Bool {
        !licences.isEmpty
            && licences.allSatisfy { $0.lowercased().filter(\.isLetter).hasSuffix("publicdomain") }
    }

    /// Reads the metadata from the bytes of an SVG file; what it does not say stays empty.
    public init(_ data: Data) {
        // The parser crashes on bytes that are no UTF-8, so those are replaced first.
        let parser = XMLParser(data: Data(String(decoding: data, as: UTF8.self).utf8)), reader = Reader()
        parser.delegate = reader
        // Its answer is no: the parser is stopped where the metadata ends.
        _ = parser.parse()
        self = reader.found
    }

    private init() {}

    /// Follows the parser through the elements.
    private final class Reader: NSObject, XMLParserDelegate {
        var found = SVGMetadata()
        /// Names of the open elements without their prefixes, and the text of the innermost.
        private var open: [Substring] = [], text = ""

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            open.append(Self.local(name))
            text = ""
            guard open.suffix(2) == ["Work", "license"] else { return }
            found.licences += attributes.filter { Self.local($0.key) == "resource" }.map(\.value)
        }

        func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if open.suffix(2) == ["Work", "title"] { found.title = words }
            if open.suffix(3) == ["subject", "Bag", "li"], !words.isEmpty { found.subjects.append(words) }
            // What follows is the drawing, which may be long.
            if open.last == "metadata" { parser.abortParsing() }
            open.removeLast()
            text = ""
        }

        private static func local(_ name: String) -> Substring { name.split(separator: ":").last ?? "" }
    }
}
