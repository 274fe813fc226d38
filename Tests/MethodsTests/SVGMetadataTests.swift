import Foundation
import Testing

@testable import Datasets

@Suite struct SVGMetadataTests {
    static let drawing = """
        <?xml version="1.0" encoding="ISO-8859-1"?>
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <title>not this</title>
        <metadata><rdf:RDF xmlns:rdf="r" xmlns:cc="c"><cc:Work>
          <dc:title>A  red
            &amp; yellow bee</dc:title>
          <dc:creator><cc:Agent><dc:title>nor this</dc:title></cc:Agent></dc:creator>
          <dc:subject><rdf:Bag><rdf:li>food</rdf:li><rdf:li/><rdf:li>insect</rdf:li></rdf:Bag></dc:subject>
          <cc:license rdf:resource="http://web.resource.org/cc/PublicDomain"/>
        </cc:Work></rdf:RDF></metadata>
        <rdf:li>no subject</rdf:li><not closed
        """

    @Test func titleSubjectsAndLicenceAreFound() {
        let found = SVGMetadata(Data(Self.drawing.utf8))
        #expect(found.title == "A red & yellow bee" && found.subjects == ["food", "insect"])
        #expect(found.licences == ["http://web.resource.org/cc/PublicDomain"] && found.isPublicDomain)
    }

    @Test(
        arguments: [
            ([], false), (["http://creativecommons.org/licenses/publicdomain/"], true),
            (["Public Domain"], true),
            ([""], false), (["http://creativecommons.org/licenses/GPL/2.0/"], false),
            (["Public Domain", "GPL"], false),
        ] as [([String], Bool)])
    func onlyADedicationIsPublicDomain(_ licences: [String], _ isFree: Bool) {
        let elements = licences.map { "<license resource='\($0)'/>" }.joined()
        let drawing = "<svg><metadata><Work>\(elements)</Work></metadata></svg>"
        #expect(SVGMetadata(Data(drawing.utf8)).isPublicDomain == isFree)
    }

    /// The metadata is what can be read of it; there is nothing to refuse.
    @Test func anyBytesAreReadToWhereTheyMakeSense() throws {
        try Fuzz.check(Array(Self.drawing.utf8), seed: 12) { bytes in
            let found = SVGMetadata(Data(bytes))
            #expect(!found.title.contains { $0.isNewline || $0 == "\t" })
            if found.title.isEmpty { throw FileError("a.svg", line: nil, "it has no title", allowed: "one") }
        }
    }
}
