// swift-tools-version: 6.2
// The rooms of Needletail, ground floor first. A room may import only rooms above it in this list.
import PackageDescription

/// Tests under a sanitizer run on the system's allocator, which the sanitizer replaces by its own:
/// `NEEDLETAIL_ALLOCATOR=system` leaves jemalloc out.
let usesJemalloc = Context.environment["NEEDLETAIL_ALLOCATOR"] != "system"

/// `NEEDLETAIL_FUZZ=1` builds everything with coverage for libFuzzer, and the fuzzers themselves: tools/fuzz.
let fuzzes = Context.environment["NEEDLETAIL_FUZZ"] == "1"

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
        // Exclusivity is checked by the compiler where it can be; the checks at run time cost 40 % of a GET.
        .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
    ]
    + (usesJemalloc ? [] : [.define("SYSTEM_ALLOCATOR")])
    + (fuzzes ? [.unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library"])] : [])

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// One library room and its test target.
func room(_ name: String, _ dependencies: Target.Dependency...) -> [Target] {
    room(name, dependencies: dependencies)
}

func room(_ name: String, dependencies: [Target.Dependency]) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: settings),
        .testTarget(
            name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies + ["TestSupport"],
            swiftSettings: settings),
    ]
}

/// One fuzzer over a function of FuzzTargets.
func fuzzer(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzTargets"], swiftSettings: settings,
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"]), .linkedLibrary("stdc++")])
}

let package = Package(
    name: "needletail",
    products: [
        .executable(name: "needletail", targets: ["needletail"]),
        .executable(name: "needletail-bench", targets: ["needletail-bench"]),
        // For Benchmarks/ alone: nothing in the rooms is public.
        .library(
            name: "Rooms",
            targets: ["Platform", "Bytes", "Containers", "RESP", "Keyspace", "Commands", "Reactor", "Server"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.1.4"),
    ],
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CJemalloc"),
        .systemLibrary(name: "CLua"),
        .systemLibrary(name: "CCrypto"),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
        .executableTarget(name: "needletail", dependencies: ["Server"], swiftSettings: settings),
        .executableTarget(
            name: "needletail-bench", dependencies: ["LoadGenerator", argumentParser], swiftSettings: settings),
    ]
        + room("Platform", dependencies: ["CLinux"] + (usesJemalloc ? ["CJemalloc"] : []))
        + room("Bytes", "Platform")
        + room("Containers", "Bytes", "Platform")
        + room("RESP", "Bytes", "Platform")
        + room("Keyspace", "Containers", "Bytes", "Platform")
        + room("Commands", "Keyspace", "RESP", "Containers", "Bytes", "Platform")
        + room("Scripting", "CLua", "CCrypto", "RESP", "Bytes", "Platform")
        + room("Reactor", "Platform")
        + room("LoadGenerator", "Bytes", "Platform", histogram)
        + room("FuzzTargets", "RESP", "Bytes", "Platform")
        + (fuzzes ? [fuzzer("request-parser-fuzz")] : [])
        + room(
            "Server", "Reactor", "Scripting", "Commands", "Keyspace", "RESP", "Containers", "Bytes", "Platform",
            logging)
)
