// The walls between the rooms: who may import whom.
import Testing

@Suite struct ImportTests {
    /// Every room and what it may import beside the Swift standard library.
    static let allowed: [String: Set<String>] = [
        "Platform": ["CLinux", "CJemalloc", "Glibc", "Synchronization"],
        "Bytes": ["Platform"],
        "Containers": ["Bytes", "Platform"],
        "RESP": ["Bytes", "Platform"],
        "Keyspace": ["Containers", "Bytes", "Platform"],
        "Commands": ["Keyspace", "RESP", "Containers", "Bytes", "Platform"],
        "Scripting": ["CLua", "CCrypto", "RESP", "Bytes", "Platform"],
        "Reactor": ["Platform", "Synchronization"],
        "Server": [
            "Reactor", "Scripting", "Commands", "Keyspace", "RESP", "Containers", "Bytes", "Platform",
            "Synchronization", "Logging",
        ],
        "needletail": ["Server", "Platform"],
        "LoadGenerator": ["Bytes", "Platform", "Histogram"],
        "needletail-bench": ["LoadGenerator", "Platform", "ArgumentParser"],
        "FuzzTargets": ["RESP", "Bytes", "Platform"],
        "request-parser-fuzz": ["FuzzTargets"],
    ]

    @Test(arguments: SourceTree.sources)
    func importsStayWithinTheWalls(file: SourceFile) throws {
        let allowed = try #require(Self.allowed[file.room], "room \(file.room) is not in the table of walls")
        let foreign = file.imports.subtracting(allowed)
        #expect(foreign.isEmpty, "\(file.path) imports \(foreign.sorted())")
    }

    @Test func theTreeIsThere() {
        #expect(SourceTree.sources.count > 10)
        #expect(SourceTree.sources.contains { $0.room == "Platform" })
    }

    @Test func importsAreRead() {
        let file = SourceFile(
            path: "Sources/X/X.swift",
            text: "// X\nimport A\n@testable import B\nprivate import C\nimport struct D.E\n"
                + "// import F\nlet x = \"import G\"\n")
        #expect(file.imports == ["A", "B", "C", "D"])
    }
}
