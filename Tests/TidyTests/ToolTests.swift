// The scripts under tools, and the one of the benchmarks: each can be run and says what it does.
import Foundation
import Testing

@Suite struct ToolTests {
    /// Files under tools that begin with `#!`, and the one of the benchmarks.
    static let scripts =
        SourceTree.paths(under: "tools").filter { SourceTree.text(of: $0)?.hasPrefix("#!") == true }
        + ["Benchmarks/run"]

    @Test func thereAreScripts() {
        for name in ["run", "test", "compare", "sanitize", "model/check"] {
            #expect(Self.scripts.contains("tools/\(name)"))
        }
    }

    @Test(arguments: scripts)
    func scriptsAnswerHelp(path: String) throws {
        let file = SourceTree.root.appendingPathComponent(path)
        try #require(FileManager.default.isExecutableFile(atPath: file.path), "\(path) is not executable")
        let process = Process()
        let output = Pipe()
        process.executableURL = file
        process.arguments = ["--help"]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(path) --help: \(text)")
        #expect(text.contains("usage: tools/") || text.contains("usage:"), "\(path) --help says nothing")
    }
}
