// swift-tools-version: 6.1
import PackageDescription

/// A package of its own, so that testing the program does not build it.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "benchtop", path: "../..")],
    targets: [
        .executableTarget(
            name: "bench", dependencies: [.product(name: "BenchtopKit", package: "benchtop")],
            resources: [.copy("reference.py")])
    ],
    swiftLanguageModes: [.v6]
)
