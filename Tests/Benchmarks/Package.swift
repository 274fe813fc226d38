// swift-tools-version: 6.1
import PackageDescription

/// A package of its own, so that testing the program does not build it.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "benchtop", path: "../..")],
    targets: [
        // What a core can do at most: multiplications and additions in registers.
        .target(name: "peak", cSettings: [.unsafeFlags(["-O3"])]),
        .executableTarget(
            name: "bench", dependencies: ["peak", .product(name: "BenchtopKit", package: "benchtop")],
            resources: [.copy("reference")]),
    ],
    swiftLanguageModes: [.v6]
)
