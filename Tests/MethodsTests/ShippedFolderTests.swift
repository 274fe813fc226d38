import Foundation
import Testing

@testable import Methods

@Suite struct ShippedFolderTests {
    /// The package and the Makefile take all folders that there are; Swift names each once.
    @Test func everyFolderOfThePackageHasItsName() throws {
        let there = try FileManager.default.contentsOfDirectory(atPath: ShippedFolder.packaged.path)
        #expect(Set(there) == Set(ShippedFolder.allCases.map(\.rawValue)))
        #expect(throws: Never.self) {
            for folder in ShippedFolder.allCases {
                _ = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            }
        }
    }
}
