// swift-tools-version: 6.1
import PackageDescription

/// Numeric targets are optimised in debug builds too: without it their tests take minutes.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
    name: "benchtop",
    products: [
        .executable(name: "benchtop", targets: ["benchtop"]),
        // For the benchmarks, which are a package of their own.
        .library(
            name: "BenchtopKit",
            targets: ["Tensors", "Methods", "MethodKit", "LanguageModels", "Store", "Checkpoints", "Base"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // What everything stands on: a lock, random streams, exact JSON, digests, the clock, the user's folders.
        .target(name: "Base", dependencies: ["CCrypto"], swiftSettings: optimised),

        // A crash of one thread, noticed by another.
        .target(name: "CCrash"),

        // The numbers: C kernels, tensors with gradients, and their files.
        .target(
            name: "CKernels", dependencies: ["CCrash"],
            cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])],
            linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp"), .linkedLibrary("m")]),
        .target(name: "Checkpoints", dependencies: ["Base"], swiftSettings: optimised),
        .target(
            name: "Tensors", dependencies: ["CKernels", "Checkpoints", "Base"], swiftSettings: optimised),

        // Measures of the literature: pure, in Double.
        .target(name: "Measures", swiftSettings: optimised),

        // The methods: the contract, users' files, and a folder an engine.
        .target(
            name: "MethodKit", dependencies: ["Base", "Checkpoints", "CPng"],
            swiftSettings: optimised),
        .target(
            name: "Datasets", dependencies: ["CPng", "CSndfile", "CKissFFT"], swiftSettings: optimised),
        .target(
            name: "Methods",
            dependencies: ["MethodKit", "Tensors", "Measures", "Datasets", "Checkpoints", "Base"],
            resources: [.copy("Resources")], swiftSettings: optimised),

        // Language models that are run from files, or asked over HTTP.
        .target(
            name: "LanguageModels",
            dependencies: ["MethodKit", "Datasets", "Checkpoints", "CKernels", "CCurl", "Base"],
            swiftSettings: optimised),

        // Sessions: what is stored, and who runs the trials.
        .target(
            name: "Store",
            dependencies: [
                "MethodKit", "Checkpoints", "Base", "CZlib", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: optimised),
        .target(
            name: "SessionControl",
            dependencies: ["MethodKit", "Store", "Base", "CCrash"]),
        // What the screen, replays and text output share: sessions, trials, curves, claims' effects, progress.
        .target(
            name: "SessionViews",
            dependencies: ["MethodKit", "Store", "SessionControl", "TextLayout", "Base"],
            swiftSettings: optimised),

        // Text in cells: widths, tables, small curves.
        .target(name: "TextLayout", dependencies: ["CWideCharacter"], swiftSettings: optimised),

        // The screen.
        .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(
            name: "Terminal",
            dependencies: [
                "CNcurses", "CCrash", "Base", "TextLayout", .product(name: "TOMLKit", package: "TOMLKit"),
            ],
            swiftSettings: optimised),

        .target(name: "Charts", dependencies: ["Terminal", "TextLayout"], swiftSettings: optimised),
        .target(
            name: "Panes",
            dependencies: [
                "Charts", "Terminal", "TextLayout", "MethodKit", "Store", "SessionControl", "SessionViews",
            ],
            swiftSettings: optimised),

        .executableTarget(
            name: "benchtop",
            dependencies: [
                "Panes", "SessionViews", "MethodKit", "Methods", "LanguageModels", "Datasets", "Store",
                "SessionControl",
                "Terminal", "TextLayout", "Tensors", "Checkpoints", "Base", "CAllocator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]),

        // Debian's libraries.
        .systemLibrary(name: "CCrypto"),
        .systemLibrary(name: "CPng"),
        .systemLibrary(name: "CSndfile"),
        .systemLibrary(name: "CCurl"),
        .systemLibrary(name: "CKissFFT"),
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CWideCharacter"),
        .systemLibrary(name: "CAllocator"),

        .testTarget(
            name: "CheckpointsTests", dependencies: ["Checkpoints", "Base"], swiftSettings: optimised),
        .testTarget(
            name: "TensorsTests", dependencies: ["Tensors", "CKernels", "CCrash", "Checkpoints", "Base"],
            resources: [.copy("Golden")],
            swiftSettings: optimised),
        .testTarget(
            name: "LanguageModelsTests",
            dependencies: ["LanguageModels", "MethodKit", "Measures", "Datasets", "CKernels", "Base"],
            resources: [.copy("Golden")], swiftSettings: optimised),
        .testTarget(name: "MeasuresTests", dependencies: ["Measures"], swiftSettings: optimised),
        .testTarget(name: "MethodKitTests", dependencies: ["MethodKit", "Checkpoints", "Base"]),
        .testTarget(
            name: "MethodsTests",
            dependencies: ["Methods", "MethodKit", "Tensors", "Measures", "Checkpoints", "Datasets", "Base"],
            resources: [.copy("Golden")], swiftSettings: optimised),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "Store", "MethodKit", "Checkpoints", "Base", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [.copy("Golden")], swiftSettings: optimised),
        // A disk that fails when told to.
        .target(
            name: "CFaultyDisk", path: "Tests/CFaultyDisk", linkerSettings: [.linkedLibrary("sqlite3")]),
        .testTarget(
            name: "SessionControlTests",
            dependencies: [
                "SessionControl", "MethodKit", "Store", "Base", "CCrash", "CFaultyDisk",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "SessionViewsTests",
            dependencies: ["SessionViews", "SessionControl", "MethodKit", "Methods", "Store", "Base"],
            swiftSettings: optimised),
        .testTarget(
            name: "ChartsTests", dependencies: ["Charts", "Terminal", "TextLayout"],
            resources: [.copy("Golden")],
            swiftSettings: optimised),
        .testTarget(
            name: "PanesTests",
            dependencies: [
                "Panes", "SessionViews", "Charts", "Terminal", "TextLayout", "Methods", "MethodKit",
                "SessionControl", "Store", "Base",
            ],
            resources: [.copy("Golden")], swiftSettings: optimised),
        // The real program in a terminal that only tests have.
        .systemLibrary(name: "CVterm", path: "Tests/CVterm"),
        .testTarget(
            name: "ScreenTests", dependencies: ["benchtop", "Terminal", "TextLayout", "Base", "CVterm"],
            swiftSettings: optimised),
        .testTarget(
            name: "CommandTests",
            dependencies: ["benchtop", "Store", "Checkpoints", "Base", "Datasets", "MethodKit"],
            swiftSettings: optimised
        ),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)
