// swift-tools-version: 6.2
// Micro-benchmarks of the rooms, in a package of their own: who builds Needletail does not fetch what they need.
import PackageDescription

// What rooms share has `package` access, so that nothing is public for the sake of a benchmark. The compiler knows a
// package by its name alone, and SwiftPM names one after its folder: with the name of the folder above, the benchmarks
// see what the rooms see of each other.
let folders = Context.packageDirectory.split(separator: "/")
let name = String(folders[folders.count - 2]).lowercased()
let packageName = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })

let package = Package(
    name: "needletail-benchmarks",
    dependencies: [
        .package(path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.30.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "RoomBenchmarks",
            dependencies: [
                .product(name: "Rooms", package: name),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/RoomBenchmarks",
            packageAccess: false,
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .strictMemorySafety(),
                .enableUpcomingFeature("ExistentialAny"),
                .unsafeFlags(["-package-name", packageName]),
                .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
            ],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
