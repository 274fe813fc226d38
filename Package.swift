// swift-tools-version: 6.1
import PackageDescription

/// Numeric targets are optimised in debug builds too: without it their tests take minutes.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
    name: "benchtop",
    products: [
        .executable(name: "benchtop", targets: ["benchtop"]),
        // For the benchmarks, which are a package of their own.
        .library(name: "BenchtopKit", targets: ["Tensors", "Methods", "MethodKit", "Store", "Checkpoints"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // The numbers: C kernels, tensors with gradients, and their files.
        .target(
            name: "CKernels",
            cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])],
            linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp"), .linkedLibrary("m")]),
        .target(name: "Checkpoints", swiftSettings: optimised),
        .target(name: "Tensors", dependencies: ["CKernels", "Checkpoints"], swiftSettings: optimised),

        // The methods: the contract, users' files, and a folder an engine.
        .target(
            name: "MethodKit", dependencies: ["Checkpoints", "CCrypto", "CPng"], swiftSettings: optimised),
        .target(name: "Datasets", dependencies: ["CPng"], swiftSettings: optimised),
        .target(
            name: "Methods", dependencies: ["MethodKit", "Tensors", "Datasets", "Checkpoints"],
            resources: [.copy("Resources/ImageText"), .copy("Resources/Meshes")], swiftSettings: optimised),

        // Sessions: what is stored, and who runs the trials.
        .target(name: "CCrash"),
        .target(
            name: "Store",
            dependencies: [
                "MethodKit", "CCrypto", "CZlib", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: optimised),
        .target(
            name: "SessionControl",
            dependencies: ["MethodKit", "Store", "Checkpoints", "CCrash"]),

        // The screen.
        .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(
            name: "Terminal",
            dependencies: [
                "CNcurses", "CCrash", "Checkpoints", .product(name: "TOMLKit", package: "TOMLKit"),
            ],
            swiftSettings: optimised),

        .target(name: "Charts", dependencies: ["Terminal"], swiftSettings: optimised),
        .target(
            name: "Panes",
            dependencies: ["Charts", "Terminal", "MethodKit", "Store", "SessionControl"],
            swiftSettings: optimised),

        .executableTarget(
            name: "benchtop",
            dependencies: [
                "Panes", "MethodKit", "Methods", "Datasets", "Store", "SessionControl", "Terminal", "Tensors",
                "Checkpoints",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]),

        // Debian's libraries.
        .systemLibrary(name: "CCrypto"),
        .systemLibrary(name: "CPng"),
        .systemLibrary(name: "CZlib"),

        .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints"], swiftSettings: optimised),
        .testTarget(
            name: "TensorsTests", dependencies: ["Tensors", "Checkpoints"], resources: [.copy("Golden")],
            swiftSettings: optimised),
        .testTarget(name: "MethodKitTests", dependencies: ["MethodKit", "Checkpoints"]),
        .testTarget(
            name: "MethodsTests",
            dependencies: ["Methods", "MethodKit", "Tensors", "Checkpoints", "Datasets"],
            resources: [.copy("Golden")], swiftSettings: optimised),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "Store", "MethodKit", "Checkpoints", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: optimised),
        .testTarget(
            name: "SessionControlTests",
            dependencies: [
                "SessionControl", "MethodKit", "Store", "Checkpoints",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "ChartsTests", dependencies: ["Charts", "Terminal"], resources: [.copy("Golden")],
            swiftSettings: optimised),
        .testTarget(
            name: "PanesTests",
            dependencies: ["Panes", "Charts", "Terminal", "Methods", "MethodKit", "SessionControl", "Store"],
            resources: [.copy("Golden")], swiftSettings: optimised),
        // The real program in a terminal that only tests have.
        .systemLibrary(name: "CVterm", path: "Tests/CVterm"),
        .testTarget(
            name: "ScreenTests", dependencies: ["benchtop", "Terminal", "Checkpoints", "CVterm"],
            swiftSettings: optimised),
        .testTarget(
            name: "CommandTests",
            dependencies: ["benchtop", "Store", "Checkpoints", "Datasets", "MethodKit"],
            swiftSettings: optimised
        ),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)
